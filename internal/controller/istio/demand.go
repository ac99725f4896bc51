package istio

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// authorization is what the AuthorizationPolicies of a Gateway refuse beside what its entries hold: the rules of DENY policies, what CUSTOM
// ones have another server decide, and what narrows the rules of ALLOW policies for a host. Nothing counts on it; it is compared with the base.
func (r *reader) authorization(g *gatewayapi.Gateway, w workload) {
	out := posture.Authorization{Over: gatewayapi.RefOf(g.Object, "")}
	add := func(o *object.Object, statement string) {
		if out.By.Kind == "" {
			out.By = gatewayapi.RefOf(o, "spec.rules")
		}
		out.Deny = append(out.Deny, statement)
	}
	narrowed := map[string][]string{} // by the hosts of ALLOW rules; an empty text stands for a rule that nothing narrows
	var first *object.Object
	for _, p := range r.policies {
		if !r.attached(p.object, p.spec.policyTarget, w) || strings.EqualFold(p.object.Annotations[annotationDryRun], "true") {
			continue
		}
		for _, rule := range p.spec.Rules {
			switch cmp.Or(p.spec.Action, "ALLOW") {
			case "DENY":
				if !counted(rule) {
					add(p.object, "DENY "+gatewayapi.JSON(rule))
				}
			case "CUSTOM":
				add(p.object, "CUSTOM "+gatewayapi.JSON(map[string]any{"provider": p.spec.Provider, "rule": rule}))
			case "ALLOW":
				if first == nil {
					first = p.object
				}
				hosts, rest := narrowing(rule)
				narrowed[hosts] = append(narrowed[hosts], rest)
			}
		}
	}
	for hosts, rest := range narrowed {
		if slices.Contains(rest, "") || slices.Contains(narrowed[""], "") {
			continue // a rule for these hosts lets every request of those that it names through
		}
		slices.Sort(rest)
		add(first, "ALLOW for "+cmp.Or(hosts, "every host")+" only "+strings.Join(slices.Compact(rest), " or "))
	}
	if len(out.Deny) > 0 {
		slices.Sort(out.Deny)
		r.Posture.Authorizations = append(r.Posture.Authorizations, out)
	}
}

// counted reports a DENY rule that refuses whoever is not on a list, or has no token: that is among the entry's identities, or its token.
func counted(rule authorizationRule) bool {
	if len(rule.To) > 0 || len(rule.When) > 0 || len(rule.From) == 0 {
		return false
	}
	return !slices.ContainsFunc(rule.From, func(from ruleFrom) bool {
		if from.Source == nil {
			return true
		}
		rest := *from.Source
		rest.NotPrincipals, rest.NotRequestPrincipals = nil, nil
		return !rest.empty()
	})
}

// narrowing is what an ALLOW rule asks of requests beside the client's identity and its token, and the hosts that it is for. Only what
// identities and tokens count of a rule is left out: one field of a source (source), one condition that names the client (conditions), and
// of a token its principal and audiences (tokenPrincipals, accepted).
func narrowing(rule authorizationRule) (hosts, rest string) {
	var kept authorizationRule
	var names []string
	for _, from := range rule.From {
		if from.Source == nil {
			continue
		}
		source := *from.Source
		source.RequestPrincipals = nil
		switch {
		case len(source.Principals) > 0:
			source.Principals = nil
		case len(source.ServiceAccounts) > 0:
			source.ServiceAccounts = nil
		case len(source.Namespaces) > 0:
			source.Namespaces = nil
		default:
			source.TrustDomains = nil
		}
		if !source.empty() {
			kept.From = append(kept.From, ruleFrom{&source})
		}
	}
	for _, to := range rule.To {
		if to.Operation == nil {
			continue
		}
		operation := *to.Operation
		names = append(names, operation.Hosts...)
		operation.Hosts = nil
		if text := gatewayapi.JSON(operation); text != "{}" {
			kept.To = append(kept.To, ruleTo{&operation})
		}
	}
	if len(kept.To) < len(rule.To) {
		kept.To = nil // they are alternatives
	}
	named := false
	for _, when := range rule.When {
		switch client := slices.Contains(clientConditions, when.Key); {
		case len(when.NotValues) > 0, client && named:
			kept.When = append(kept.When, when)
		case client:
			named = true
		case when.Key == "connection.sni":
			names = append(names, when.Values...)
		case when.Key == whenPrincipal, when.Key == whenAudiences:
		default:
			kept.When = append(kept.When, when)
		}
	}
	slices.Sort(names)
	if text := gatewayapi.JSON(kept); text != "{}" {
		rest = text
	}
	return strings.Join(slices.Compact(names), ", "), rest
}
