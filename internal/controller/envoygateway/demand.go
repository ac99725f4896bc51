package envoygateway

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// demands adds to an entry's routes what SecurityPolicies ask of requests beside a token, by the order of precedence that tokens has: a
// policy of a rule before that of its route, and that before the listener's. Of several of one scope what all of them ask counts.
func (r *reader) demands(l *gatewayapi.Listener, e *posture.Entry) {
	winners, _ := attached(r, r.securityPolicies, l)
	_, _, counted := r.authorized(l, e) // then they are among the entry's source addresses
	listener := common(winners, nil, counted)
	for i, route := range e.Routes {
		if route.Ref.Kind == "TLSRoute" || route.Ref.Kind == "TCPRoute" {
			continue // they see no requests
		}
		var whole, parts []policy[securityPolicySpec]
		for _, p := range r.securityPolicies {
			switch all, some := r.targets(p, route.Ref); {
			case all:
				whole = append(whole, p)
			case some:
				parts = append(parts, p)
			}
		}
		asks := listener
		if len(whole) > 0 {
			asks = common(whole, listener, false)
		}
		o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
		for j := range route.Asks {
			own := &e.Routes[i].Asks[j]
			name := o.Text(own.By.Field + ".name")
			some := slices.DeleteFunc(slices.Clone(parts), func(p policy[securityPolicySpec]) bool { return !r.targetsRule(p, route.Ref, name) })
			least := asks
			if len(some) > 0 {
				least = common(some, asks, false)
			}
			own.Demands = slices.Concat(own.Demands, least)
		}
	}
}

// targetsRule reports whether a policy is for a rule of a route, by its name.
func (r *reader) targetsRule(p policy[securityPolicySpec], route posture.Ref, rule string) bool {
	return slices.ContainsFunc(p.targets.references(), func(ref gatewayv1.LocalPolicyTargetReferenceWithSectionName) bool {
		return string(ref.Kind) == route.Kind && string(ref.Name) == route.Name && p.object.Namespace == route.Namespace && rule != "" && string(deref(ref.SectionName, "")) == rule
	})
}

// common is what all policies of a scope ask, each laid over what is above it when it has a mergeType.
func common(policies []policy[securityPolicySpec], above []posture.Demand, counted bool) []posture.Demand {
	var out []posture.Demand
	for i, p := range policies {
		asks := asksOf(p, counted)
		if p.spec.MergeType != "" {
			for _, a := range above {
				if !slices.ContainsFunc(asks, func(d posture.Demand) bool { return d.By.Field == a.By.Field }) {
					asks = append(asks, a)
				}
			}
		}
		if i == 0 {
			out = asks
			continue
		}
		out = slices.DeleteFunc(out, func(d posture.Demand) bool {
			return !slices.ContainsFunc(asks, func(a posture.Demand) bool { return a.What == d.What && slices.Equal(a.Sources, d.Sources) })
		})
	}
	return out
}

// asksOf is what one policy asks: somebody's password, key or session, the consent of a server, or what its authorization says.
func asksOf(p policy[securityPolicySpec], counted bool) []posture.Demand {
	var out []posture.Demand
	add := func(field string, value any) {
		if value != nil {
			out = append(out, posture.Demand{By: gatewayapi.RefOf(p.object, "spec."+field), What: field + " " + gatewayapi.JSON(value)})
		}
	}
	add("apiKeyAuth", p.spec.APIKeyAuth)
	add("basicAuth", p.spec.BasicAuth)
	add("oidc", p.spec.OIDC)
	// What lets requests through when the server does not answer asks nothing (api/v1alpha1/ext_auth_types.go).
	if said, ok := p.spec.ExtAuth.(map[string]any); !ok || said["failOpen"] != true {
		add("extAuth", p.spec.ExtAuth)
	}
	a := p.spec.Authorization
	if a == nil {
		return out
	}
	d := posture.Demand{By: gatewayapi.RefOf(p.object, "spec.authorization"), What: "authorization"}
	switch cidrs, only := onlySources(a); {
	case !only:
		d.What += " " + gatewayapi.JSON(a)
	case counted:
		return out
	default:
		d.Sources = cidrs
	}
	return append(out, d)
}
