package awslb

import (
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// tokens is the least that any rule of any route asks of a request. A ListenerRuleConfiguration with an action jwt-validation makes the
// load balancer check signature, issuer and expiry, on HTTPS listeners alone (model_build_listener.go buildListenerRules). What signs a
// user in (authenticate-oidc, authenticate-cognito) may let everybody through, and counts for nothing.
func (r *reader) tokens(e *posture.Entry) {
	if e.Protocol != "HTTPS" || len(e.Routes) == 0 {
		return
	}
	var least *posture.Setting[posture.JWT]
	for _, route := range e.Routes {
		o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
		if o == nil {
			continue
		}
		rules, _ := o.Get("spec.rules").([]any)
		for i := range rules {
			asked := r.token(o, object.Item("spec.rules", i))
			switch {
			case least == nil, asked.Value.Value == posture.JWTNone:
				least = &asked
			case least.Value.Value != posture.JWTNone:
				least.Value.Issuers = union(least.Value.Issuers, asked.Value.Issuers)
				least.Value.Audiences = union(least.Value.Audiences, asked.Value.Audiences)
				least.Value.Keys = union(least.Value.Keys, asked.Value.Keys)
			}
			if least.Value.Value == posture.JWTNone {
				e.JWT = *least
				return
			}
		}
	}
	if least != nil {
		e.JWT = *least
	}
}

// token is what one rule of a route asks. A rule takes one ListenerRuleConfiguration of the route's namespace; one that is missing, or a
// second one, leaves it without backends (pkg/gateway/routeutils/backend.go listenerRuleConfigLoader).
func (r *reader) token(route *object.Object, rule string) posture.Setting[posture.JWT] {
	none := posture.JWT{Value: posture.JWTNone, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}
	filters, _ := route.Get(rule + ".filters").([]any)
	for i := range filters {
		at := object.Item(rule+".filters", i) + ".extensionRef"
		if route.Text(at+".group") != Group || route.Text(at+".kind") != kindRule {
			continue
		}
		id := object.ID{Group: Group, Kind: kindRule, Namespace: route.Namespace, Name: route.Text(at + ".name")}
		r.Resolve(route, at, id, "closed")
		for j, a := range r.rules[id].Actions {
			if a.Type == "jwt-validation" && a.JWTValidation != nil {
				by := posture.Ref{APIVersion: version, Kind: kindRule, Namespace: id.Namespace, Name: id.Name, Field: object.Item("spec.actions", j) + ".jwtValidationConfig"}
				if o := r.Objects.Find(Group, kindRule, id.Namespace, id.Name); o != nil {
					by.APIVersion = o.APIVersion
				}
				return posture.Setting[posture.JWT]{
					Value: posture.JWT{Value: posture.JWTRequired, Issuers: []string{a.JWTValidation.Issuer}, Audiences: audiences(a.JWTValidation.AdditionalClaims), Keys: []string{a.JWTValidation.JWKSEndpoint}},
					By:    by, Enforcer: posture.ByGateway, Why: "a ListenerRuleConfiguration validates tokens",
				}
			}
		}
	}
	return unheld(none, gatewayapi.Nearest(route, rule), "the rule refers to no ListenerRuleConfiguration that validates tokens")
}

func audiences(claims []jwtClaim) []string {
	out := []string{}
	for _, c := range claims {
		if c.Name == "aud" {
			out = append(out, c.Values...)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(append(out, []string{}...))))
}

// union joins two lists of alternatives; an empty one stands for everything.
func union(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return []string{}
	}
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}
