package envoygateway

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// jwtSettings is spec.jwt of a SecurityPolicy. Source: api/v1alpha1/jwt_types.go.
type jwtSettings struct {
	Optional  bool          `json:"optional,omitempty"`
	FailOpen  bool          `json:"failOpen,omitempty"`
	Providers []jwtProvider `json:"providers"`
}

type jwtProvider struct {
	Name           string      `json:"name"`
	Issuer         string      `json:"issuer,omitempty"`
	Audiences      []string    `json:"audiences,omitempty"`
	RemoteJWKS     *remoteJWKS `json:"remoteJWKS,omitempty"`
	LocalJWKS      any         `json:"localJWKS,omitempty"`
	ClaimToHeaders any         `json:"claimToHeaders,omitempty"`
	RecomputeRoute any         `json:"recomputeRoute,omitempty"`
	ExtractFrom    any         `json:"extractFrom,omitempty"`
}

type remoteJWKS struct {
	URI                   string `json:"uri"`
	BackendRef            any    `json:"backendRef,omitempty"`
	BackendRefs           any    `json:"backendRefs,omitempty"`
	BackendSettings       any    `json:"backendSettings,omitempty"`
	CacheDuration         any    `json:"cacheDuration,omitempty"`
	FailedRefetchDuration any    `json:"failedRefetchDuration,omitempty"`
}

// tokenPolicy asks requests to a listener for a token, beside the certificate that its ClientTrafficPolicy asks clients for. It is on the
// listener, so that a route is asked for it as soon as it attaches.
func tokenPolicy(g controller.Gateway, l controller.Listener) any {
	return gatewayapi.Make(version, kindSecurityPolicy, gatewayapi.Meta{Name: g.Name + "-" + l.Name, Namespace: g.Namespace}, securityPolicySpec{
		policyTargets: targetListener(g.Name, l),
		JWT: &jwtSettings{Providers: []jwtProvider{{
			Name: "token", Issuer: l.JWT.Issuer, Audiences: l.JWT.Audiences, RemoteJWKS: &remoteJWKS{URI: l.JWT.JWKSURI},
		}}},
	})
}

// tokens is the least that a listener's routes ask of a request. A policy of a route, or of one of its rules, replaces the listener's as a
// whole unless mergeType lays it over that (internal/gatewayapi/securitypolicy.go processSecurityPolicyForRoute); TLSRoutes and TCPRoutes
// see no requests. Of policies of one scope the oldest counts, which Git does not tell: the weakest is taken.
func (r *reader) tokens(l *gatewayapi.Listener, e *posture.Entry) {
	if l.Spec.Protocol != gatewayv1.HTTPSProtocolType && l.Spec.Protocol != gatewayv1.HTTPProtocolType {
		return
	}
	policies, replaced := attached(r, r.securityPolicies, l)
	listener := e.JWT
	listener.Why = "no SecurityPolicy asks requests for a token"
	for i, p := range policies {
		if asks := token(p, replaced); i == 0 {
			listener = asks
		} else {
			listener = posture.LeastJWT(listener, asks)
		}
	}
	if len(e.Routes) == 0 {
		e.JWT = listener
		return
	}
	for i, route := range e.Routes {
		if asks := r.routeTokens(route.Ref, policies, listener); i == 0 {
			e.JWT = asks
		} else {
			e.JWT = posture.LeastJWT(e.JWT, asks)
		}
	}
}

// routeTokens is the least that a route's rules ask for.
func (r *reader) routeTokens(route posture.Ref, above []policy[securityPolicySpec], listener posture.Setting[posture.JWT]) posture.Setting[posture.JWT] {
	var whole, parts []policy[securityPolicySpec]
	for _, p := range r.securityPolicies {
		switch all, some := r.targets(p, route); {
		case all:
			whole = append(whole, p)
		case some:
			parts = append(parts, p)
		}
	}
	out := listener
	for i, p := range whole {
		if asks := token(p, above); i == 0 {
			out = asks
		} else {
			out = posture.LeastJWT(out, asks)
		}
	}
	for _, p := range parts { // rules that no policy names are as the route
		out = posture.LeastJWT(out, token(p, append(slices.Clone(above), whole...)))
	}
	return out
}

// targets reports whether a policy is for all of a route, or for a rule of it.
func (r *reader) targets(p policy[securityPolicySpec], route posture.Ref) (all, some bool) {
	for _, ref := range p.targets.references() {
		if string(ref.Kind) == route.Kind && string(ref.Name) == route.Name && p.object.Namespace == route.Namespace {
			if ref.SectionName != nil {
				some = true
				continue
			}
			return true, true
		}
	}
	all = r.targetsRoute(p.object, policyTargets{TargetSelectors: p.targets.TargetSelectors}, route)
	return all, all || some
}

// token is what a policy asks for, laid over those above it when it has a mergeType: what any of them weakens counts, and providers are
// alternatives.
func token(p policy[securityPolicySpec], above []policy[securityPolicySpec]) posture.Setting[posture.JWT] {
	const field = "spec.jwt"
	own, o := p.spec, p.object
	merged := jwtSettings{}
	if own.JWT != nil {
		merged = *own.JWT
	}
	if own.MergeType != "" {
		for _, a := range above {
			if a.spec.JWT == nil {
				continue
			}
			if own.JWT == nil {
				o = a.object
			}
			merged.Optional, merged.FailOpen = merged.Optional || a.spec.JWT.Optional, merged.FailOpen || a.spec.JWT.FailOpen
			merged.Providers = append(slices.Clone(merged.Providers), a.spec.JWT.Providers...)
		}
	}
	none := posture.JWT{Value: posture.JWTNone, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}
	weak := func(value, below, why string) posture.Setting[posture.JWT] {
		none.Value = value
		return posture.Setting[posture.JWT]{Value: none, Enforcer: posture.ByNobody, By: gatewayapi.Nearest(o, field+below), Why: why}
	}
	switch {
	case len(merged.Providers) == 0:
		return weak(posture.JWTNone, "", fmt.Sprintf("%s counts, and asks for no token", p.object))
	case merged.FailOpen:
		return weak(posture.JWTNone, ".failOpen", "failOpen lets requests through whose token is not valid")
	case merged.Optional:
		return weak(posture.JWTOptional, ".optional", "optional lets requests without a token through")
	}
	out := posture.JWT{Value: posture.JWTRequired, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}
	anyIssuer, anyAudience := false, false
	for _, provider := range merged.Providers {
		anyIssuer = anyIssuer || provider.Issuer == ""
		anyAudience = anyAudience || len(provider.Audiences) == 0
		out.Issuers = append(out.Issuers, provider.Issuer)
		out.Audiences = append(out.Audiences, provider.Audiences...)
		out.Keys = append(out.Keys, provider.keys())
	}
	out.Issuers, out.Audiences = sortedUnless(anyIssuer, out.Issuers), sortedUnless(anyAudience, out.Audiences)
	out.Keys = sortedUnless(false, out.Keys)
	return byGatewayItself(out, gatewayapi.Nearest(o, object.Item(field+".providers", 0)), "a SecurityPolicy requires a token of its providers")
}

// keys is where a provider's keys are from: an address, which a backend of the cluster may answer for, or an object.
func (p jwtProvider) keys() string {
	r := p.RemoteJWKS
	switch {
	case r == nil:
		return "the cluster: " + gatewayapi.JSON(p.LocalJWKS)
	case r.BackendRef != nil || r.BackendRefs != nil:
		return r.URI + " at " + gatewayapi.JSON([]any{r.BackendRef, r.BackendRefs})
	}
	return r.URI
}

// sortedUnless is a list without duplicates, or an empty one when it stands for everything.
func sortedUnless(all bool, list []string) []string {
	if all {
		return []string{}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
