package istio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

const kindRequestAuthentication = "RequestAuthentication"

// requestAuthenticationSpec is security/v1beta1/request_authentication.proto.
type requestAuthenticationSpec struct {
	policyTarget
	JWTRules []jwtRule `json:"jwtRules,omitempty"`
}

type jwtRule struct {
	Issuer                string   `json:"issuer"`
	Audiences             []string `json:"audiences,omitempty"`
	JWKSURI               string   `json:"jwksUri,omitempty"`
	OldJWKSURI            any      `json:"jwks_uri,omitempty"`
	JWKS                  any      `json:"jwks,omitempty"`
	FromHeaders           any      `json:"fromHeaders,omitempty"`
	FromParams            any      `json:"fromParams,omitempty"`
	FromCookies           any      `json:"fromCookies,omitempty"`
	OutputPayloadToHeader any      `json:"outputPayloadToHeader,omitempty"`
	ForwardOriginalToken  any      `json:"forwardOriginalToken,omitempty"`
	OutputClaimToHeaders  any      `json:"outputClaimToHeaders,omitempty"`
	SpaceDelimitedClaims  any      `json:"spaceDelimitedClaims,omitempty"`
	Timeout               any      `json:"timeout,omitempty"`
}

// Conditions of AuthorizationPolicies on the claims of a token (pilot/pkg/security/authz/model/model.go).
const (
	whenPrincipal = "request.auth.principal"
	whenAudiences = "request.auth.audiences"
)

// requestAuthentication verifies the tokens that listeners ask for; that a request must have one is the AuthorizationPolicy's to say
// (clientPolicy). It is the whole Gateway's: of several listeners with one issuer the audiences are joined here and told apart there, and
// their keys must be the same, because a token of an issuer is taken with any of its keys.
func requestAuthentication(g controller.Gateway) (any, error) {
	var rules []jwtRule
	for _, l := range g.Listeners {
		if l.JWT == nil || l.Mode == gatewayapi.Passthrough {
			continue
		}
		i := slices.IndexFunc(rules, func(r jwtRule) bool { return r.Issuer == l.JWT.Issuer })
		if i < 0 {
			i = len(rules)
			rules = append(rules, jwtRule{Issuer: l.JWT.Issuer, JWKSURI: l.JWT.JWKSURI})
		}
		if rules[i].JWKSURI != l.JWT.JWKSURI {
			return nil, fmt.Errorf("listener %s: issuer %s has keys at %s and at %s: on one Gateway of Istio an issuer has one set of keys", l.Name, l.JWT.Issuer, rules[i].JWKSURI, l.JWT.JWKSURI)
		}
		rules[i].Audiences = append(rules[i].Audiences, l.JWT.Audiences...)
	}
	if len(rules) == 0 {
		return nil, nil
	}
	for i := range rules {
		slices.Sort(rules[i].Audiences)
		rules[i].Audiences = slices.Compact(rules[i].Audiences)
	}
	return gatewayapi.Make(securityVersion, kindRequestAuthentication, gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, requestAuthenticationSpec{
		policyTarget: targetGateway(g.Name), JWTRules: rules,
	}), nil
}

// askForToken narrows a rule to requests with a token: its principal is <issuer>/<subject>.
func askForToken(rule *authorizationRule, jwt *controller.JWT) {
	if len(rule.From) == 0 {
		rule.From = []ruleFrom{{Source: &ruleSource{}}}
	}
	rule.From[0].Source.RequestPrincipals = []string{jwt.Issuer + "/*"}
	rule.When = append(rule.When, ruleCondition{Key: whenAudiences, Values: jwt.Audiences})
}

// tokens is what the least of all ways through a workload's AuthorizationPolicies asks of a request to one of its hosts. A
// RequestAuthentication alone refuses tokens that are not valid, and lets requests without one through (security/v1beta1/
// request_authentication.proto). ALLOW policies are alternatives; a DENY policy that refuses whoever has no token closes them all.
func (r *reader) tokens(w workload, hosts []string, at posture.Ref) posture.Setting[posture.JWT] {
	none := unheld(posture.JWT{Value: posture.JWTNone, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}, at, "no RequestAuthentication is for its Gateway")
	var verified []jwtRule
	for _, a := range r.tokenRules {
		if r.attached(a.object, a.spec.policyTarget, w) {
			verified = append(verified, a.spec.JWTRules...)
			none.By, none.Why = gatewayapi.Nearest(a.object, "spec.jwtRules"), "a RequestAuthentication alone lets requests without a token through"
			none.Value.Value = posture.JWTOptional
		}
	}
	if denied, ok := r.deniedWithoutToken(w, verified); ok {
		return denied
	}
	var out *posture.Setting[posture.JWT]
	for _, p := range r.policies {
		if cmp.Or(p.spec.Action, "ALLOW") != "ALLOW" || !r.attached(p.object, p.spec.policyTarget, w) || strings.EqualFold(p.object.Annotations[annotationDryRun], "true") {
			continue
		}
		for i, rule := range p.spec.Rules {
			if !admitsHost(rule, hosts) {
				continue
			}
			asks := none
			field := object.Item("spec.rules", i)
			if principals, ok := tokenPrincipals(rule); ok {
				asks = by(accepted(verified, principals, rule), gatewayapi.Nearest(p.object, field), "an AuthorizationPolicy admits requests with a token alone")
			} else {
				asks.Value.Value = posture.JWTNone
				asks.By, asks.Why = gatewayapi.Nearest(p.object, field), "a rule of an AuthorizationPolicy admits requests without a token"
			}
			if out != nil {
				asks = posture.LeastJWT(*out, asks)
			}
			out = &asks
		}
	}
	if out == nil {
		return none
	}
	return *out
}

// deniedWithoutToken is a DENY policy that refuses every request without a token.
func (r *reader) deniedWithoutToken(w workload, verified []jwtRule) (posture.Setting[posture.JWT], bool) {
	for _, p := range r.policies {
		if p.spec.Action != "DENY" || !r.attached(p.object, p.spec.policyTarget, w) || strings.EqualFold(p.object.Annotations[annotationDryRun], "true") {
			continue
		}
		for i, rule := range p.spec.Rules {
			if len(rule.To) > 0 || len(rule.When) > 0 {
				continue
			}
			for _, from := range rule.From {
				if from.Source == nil || !slices.Equal(from.Source.NotRequestPrincipals, []string{"*"}) {
					continue
				}
				rest := *from.Source
				rest.NotRequestPrincipals = nil
				if rest.empty() {
					asks := accepted(verified, []string{"*"}, authorizationRule{})
					return by(asks, gatewayapi.Nearest(p.object, object.Item("spec.rules", i)), "an AuthorizationPolicy refuses requests without a token"), true
				}
			}
		}
	}
	return posture.Setting[posture.JWT]{}, false
}

// tokenPrincipals are the principals of tokens that a rule admits, when none of its sources admits a request without one.
func tokenPrincipals(rule authorizationRule) ([]string, bool) {
	for _, c := range rule.When {
		if c.Key == whenPrincipal && len(c.Values) > 0 {
			return c.Values, true
		}
	}
	var out []string
	for _, from := range rule.From {
		if from.Source == nil || len(from.Source.RequestPrincipals) == 0 {
			return nil, false
		}
		out = append(out, from.Source.RequestPrincipals...)
	}
	return out, len(out) > 0
}

// accepted is which tokens are verified and then admitted. The audiences of the rule narrow those of the RequestAuthentications; where
// neither names any, every one is.
func accepted(verified []jwtRule, principals []string, rule authorizationRule) posture.JWT {
	out := posture.JWT{Value: posture.JWTRequired, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}
	anyAudience := false
	for _, v := range verified {
		if !slices.ContainsFunc(principals, func(p string) bool { return issues(v.Issuer, p) }) {
			continue
		}
		out.Issuers = append(out.Issuers, v.Issuer)
		out.Audiences = append(out.Audiences, v.Audiences...)
		out.Keys = append(out.Keys, v.keys())
		anyAudience = anyAudience || len(v.Audiences) == 0
	}
	if anyAudience {
		out.Audiences = []string{}
	}
	for _, c := range rule.When {
		if c.Key == whenAudiences && len(c.Values) > 0 {
			out.Audiences = slices.Clone(c.Values)
		}
	}
	if len(out.Issuers) == 0 { // no token of theirs is verified, so nobody is let through
		out.Issuers = append(out.Issuers, principals...)
	}
	slices.Sort(out.Issuers)
	slices.Sort(out.Audiences)
	slices.Sort(out.Keys)
	out.Issuers, out.Audiences, out.Keys = slices.Compact(out.Issuers), slices.Compact(out.Audiences), slices.Compact(out.Keys)
	return out
}

// keys is where a rule's keys are from: itself, an address, or else what the issuer publishes about itself (request_authentication.proto,
// jwks_uri).
func (v jwtRule) keys() string {
	switch {
	case v.JWKS != nil && v.JWKS != "":
		return "the rule itself: " + gatewayapi.JSON(v.JWKS)
	case v.JWKSURI != "":
		return v.JWKSURI
	case v.OldJWKSURI != nil:
		return fmt.Sprint(v.OldJWKSURI)
	}
	return strings.TrimSuffix(v.Issuer, "/") + "/.well-known/openid-configuration"
}

// issues reports whether some principal of an issuer, <issuer>/<subject>, may meet a pattern.
func issues(issuer, pattern string) bool {
	prefix, isPrefix := strings.CutSuffix(pattern, "*")
	own := issuer + "/"
	switch {
	case strings.HasPrefix(pattern, "*"):
		return true
	case isPrefix:
		return strings.HasPrefix(own, prefix) || strings.HasPrefix(prefix, own)
	default:
		return strings.HasPrefix(pattern, own)
	}
}
