package istio

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// workload is what policies select: the proxies of one Gateway. Gateway is empty for a classic one.
type workload struct {
	namespace, gateway string
	labels             map[string]string
}

// attached reports whether a policy counts for a workload, as ShouldAttachPolicy does (pilot/pkg/model/policyattachment.go): by
// targetRefs to the Gateway in its own namespace, otherwise by selector, in its namespace or the root namespace.
func (r *reader) attached(o *object.Object, t policyTarget, w workload) bool {
	refs := t.TargetRefs
	if len(refs) == 0 && t.TargetRef != nil {
		refs = []policyTargetReference{*t.TargetRef}
	}
	if len(refs) > 0 {
		return w.gateway != "" && o.Namespace == w.namespace && slices.ContainsFunc(refs, func(ref policyTargetReference) bool {
			return ref.Group == gatewayapi.Group && ref.Kind == "Gateway" && ref.Name == w.gateway && (ref.Namespace == "" || ref.Namespace == w.namespace)
		})
	}
	if o.Namespace != w.namespace && o.Namespace != r.rootNamespace() {
		return false
	}
	return t.Selector == nil || subsetOf(t.Selector.MatchLabels, w.labels)
}

// identities is whom the AuthorizationPolicies of a workload let through to one of its hosts. Several ALLOW policies add up; without any,
// everybody may. Whatever narrows a rule further (paths, addresses, tokens) is left out, so that the answer is never too strict; a
// CUSTOM policy can only refuse more. A policy in dry run decides nothing (pilot/pkg/security/authz/builder/builder.go isDryRun).
func (r *reader) identities(w workload, hosts []string, l *gatewayapi.Listener) posture.Setting[posture.Identities] {
	everybody := posture.Identities{Everybody: true, Accepted: []posture.Identity{}}
	at := posture.Ref{}
	if l != nil {
		at = l.Ref("")
	}
	var allows []item[authorizationPolicySpec]
	for _, p := range r.policies {
		if r.attached(p.object, p.spec.policyTarget, w) && !strings.EqualFold(p.object.Annotations[annotationDryRun], "true") {
			switch cmp.Or(p.spec.Action, "ALLOW") {
			case "ALLOW":
				allows = append(allows, p)
			case "DENY", "AUDIT", "CUSTOM":
			default:
				r.Unknown(p.object, "value", "spec.action", fmt.Sprintf("%q is no action that is known", p.spec.Action))
			}
		}
	}
	if len(allows) == 0 {
		return r.denied(w, posture.Setting[posture.Identities]{Value: everybody, Enforcer: posture.ByNobody, By: at, Why: "no AuthorizationPolicy with action ALLOW is for its Gateway"})
	}
	out := by(posture.Identities{Accepted: []posture.Identity{}}, gatewayapi.Nearest(allows[0].object, "spec.rules"), "")
	matched := false
	for _, p := range allows {
		for i, rule := range p.spec.Rules {
			if !admitsHost(rule, hosts) {
				continue
			}
			field := object.Item("spec.rules", i)
			found, all, why := r.sources(p.object.Namespace, rule)
			if all {
				return r.denied(w, posture.Setting[posture.Identities]{Value: everybody, Enforcer: posture.ByNobody, By: gatewayapi.Nearest(p.object, field+".from"), Why: why})
			}
			if !matched {
				matched = true
				out.By = gatewayapi.RefOf(p.object, field+".from")
			}
			out.Value.Accepted = append(out.Value.Accepted, found...)
		}
	}
	out.Why = "an AuthorizationPolicy names them"
	if !matched {
		out.Why = "no rule of its AuthorizationPolicies is for its host: nobody is let through"
	}
	slices.SortFunc(out.Value.Accepted, compareIdentity)
	out.Value.Accepted = slices.Compact(out.Value.Accepted)
	return out
}

func compareIdentity(a, b posture.Identity) int {
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Match, b.Match), cmp.Compare(a.Value, b.Value))
}

// denied narrows what is open to everybody by a DENY policy that refuses whoever is not on a list. DENY policies of another form refuse
// more, and are left out.
func (r *reader) denied(w workload, open posture.Setting[posture.Identities]) posture.Setting[posture.Identities] {
	for _, p := range r.policies {
		if p.spec.Action != "DENY" || !r.attached(p.object, p.spec.policyTarget, w) || strings.EqualFold(p.object.Annotations[annotationDryRun], "true") {
			continue
		}
		for i, rule := range p.spec.Rules {
			if len(rule.To) > 0 || len(rule.When) > 0 {
				continue
			}
			for j, from := range rule.From {
				s := from.Source
				if s == nil || len(s.NotPrincipals) == 0 {
					continue
				}
				rest := *s
				rest.NotPrincipals = nil
				if !rest.empty() {
					continue
				}
				found, all := r.principals(s.NotPrincipals)
				if all {
					continue
				}
				field := object.Item(object.Item("spec.rules", i)+".from", j) + ".source.notPrincipals"
				return by(posture.Identities{Accepted: found}, gatewayapi.RefOf(p.object, field), "an AuthorizationPolicy refuses all others")
			}
		}
	}
	return open
}

func (s ruleSource) empty() bool {
	for _, list := range [][]string{
		s.Principals, s.NotPrincipals, s.RequestPrincipals, s.NotRequestPrincipals, s.Namespaces, s.NotNamespaces, s.ServiceAccounts,
		s.NotServiceAccounts, s.TrustDomains, s.NotTrustDomains, s.IPBlocks, s.NotIPBlocks, s.RemoteIPBlocks, s.NotRemoteIPBlocks,
	} {
		if len(list) > 0 {
			return false
		}
	}
	return true
}

// admitsHost reports whether a rule may be for one of a listener's hosts. Hosts are compared without case, with the port that clients may
// send (pilot/pkg/security/authz/model/generator.go hostGenerator).
func admitsHost(rule authorizationRule, hosts []string) bool {
	if len(hosts) == 0 {
		return true
	}
	admits := func(patterns []string, port bool) bool {
		return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
			return slices.ContainsFunc(hosts, func(host string) bool { return meets(pattern, host, port) })
		})
	}
	for _, c := range rule.When {
		if c.Key == "connection.sni" && len(c.Values) > 0 && !admits(c.Values, false) {
			return false
		}
	}
	return len(rule.To) == 0 || slices.ContainsFunc(rule.To, func(to ruleTo) bool { return to.Operation == nil || admits(to.Operation.Hosts, true) })
}

// meets reports whether a pattern of an AuthorizationPolicy ("*" at one end) and a listener's host ("*." in front) have a name in common.
func meets(pattern, host string, port bool) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if port {
		if name, _, found := strings.Cut(pattern, ":"); found {
			pattern = name
		}
	}
	wildcard, isWildcard := strings.CutPrefix(host, "*")
	prefix, isPrefix := strings.CutSuffix(pattern, "*")
	suffix, isSuffix := strings.CutPrefix(pattern, "*")
	switch {
	case pattern == "*", pattern == host:
		return true
	case isSuffix && isWildcard:
		return strings.HasSuffix(suffix, wildcard) || strings.HasSuffix(wildcard, suffix)
	case isSuffix:
		return strings.HasSuffix(host, suffix)
	case isPrefix && isWildcard:
		return true
	case isPrefix:
		return strings.HasPrefix(host, prefix)
	case isWildcard:
		return strings.HasSuffix(pattern, wildcard)
	default:
		return false
	}
}

// sources is whom a rule admits; all when it does not tell clients apart by their certificate.
func (r *reader) sources(namespace string, rule authorizationRule) (found []posture.Identity, all bool, why string) {
	conditions, conditional := r.conditions(namespace, rule.When)
	if len(rule.From) == 0 {
		if conditional {
			return conditions, false, ""
		}
		return nil, true, "a rule names no source: everybody is let through"
	}
	for _, from := range rule.From {
		ids, everybody := r.source(namespace, from.Source)
		switch {
		case everybody && conditional:
			found = append(found, conditions...)
		case everybody:
			return nil, true, "a source of a rule does not tell clients apart by their certificate"
		default:
			found = append(found, ids...)
		}
	}
	return found, false, ""
}

// clientConditions are the keys of conditions that name the client; of several in one rule the first counts.
var clientConditions = []string{"source.principal", "source.namespace", "source.serviceAccount", "source.trustDomain"}

// conditions reads `when` keys that name the client.
func (r *reader) conditions(namespace string, when []ruleCondition) (found []posture.Identity, ok bool) {
	for _, c := range when {
		if len(c.Values) == 0 {
			continue
		}
		var source ruleSource
		switch c.Key {
		case "source.principal":
			source.Principals = c.Values
		case "source.namespace":
			source.Namespaces = c.Values
		case "source.serviceAccount":
			source.ServiceAccounts = c.Values
		case "source.trustDomain":
			source.TrustDomains = c.Values
		default:
			continue
		}
		if ids, all := r.source(namespace, &source); !all {
			return ids, true
		}
	}
	return nil, false
}

func (r *reader) source(namespace string, s *ruleSource) (found []posture.Identity, all bool) {
	regex := func(value string) posture.Identity {
		return posture.Identity{Type: "uri", Match: "regex", Value: value}
	}
	switch {
	case s == nil:
		return nil, true
	case len(s.Principals) > 0:
		return r.principals(s.Principals)
	case len(s.ServiceAccounts) > 0:
		for _, v := range s.ServiceAccounts {
			ns, sa, ok := strings.Cut(v, "/")
			if !ok {
				ns, sa = namespace, v
			}
			found = append(found, regex(fmt.Sprintf("spiffe://.+/ns/%s/(.+/|)sa/%s(/.+)?", regexp.QuoteMeta(ns), regexp.QuoteMeta(sa))))
		}
	case len(s.Namespaces) > 0:
		for _, v := range s.Namespaces {
			found = append(found, regex(".*/ns/"+strings.ReplaceAll(regexp.QuoteMeta(v), `\*`, ".*")+"/.*"))
		}
	case len(s.TrustDomains) > 0:
		for _, v := range s.TrustDomains {
			if strings.Contains(v, "*") {
				found = append(found, regex("spiffe://"+strings.ReplaceAll(regexp.QuoteMeta(v), `\*`, "[^/]*")+"/.*"))
				continue
			}
			found = append(found, posture.Identity{Type: "uri", Match: "prefix", Value: "spiffe://" + v + "/"})
		}
	default:
		return nil, true
	}
	return found, false
}

// principals brings principals into the form of certificates: Istio puts spiffe:// in front of what it compares
// (pilot/pkg/security/authz/matcher/string.go StringMatcherWithPrefix). A principal of the mesh's trust domain, and any of
// "cluster.local", stands for all of the mesh's trust domains (pilot/pkg/security/trustdomain/bundle.go).
func (r *reader) principals(values []string) (found []posture.Identity, all bool) {
	for _, v := range values {
		switch {
		case v == "*":
			return nil, true
		case strings.HasPrefix(v, "*"):
			found = append(found, posture.Identity{Type: "uri", Match: "suffix", Value: v[1:]})
		case strings.HasSuffix(v, "*"):
			found = append(found, posture.Identity{Type: "uri", Match: "prefix", Value: "spiffe://" + v[:len(v)-1]})
		default:
			for _, p := range r.aliases(v) {
				found = append(found, posture.Identity{Type: "uri", Match: "exact", Value: "spiffe://" + p})
			}
		}
	}
	return found, false
}

func (r *reader) aliases(principal string) []string {
	domain, rest, _ := strings.Cut(principal, "/")
	domains := r.trustDomains()
	if strings.Count(principal, "/") != 4 || domain != defaultTrustDomain && !slices.Contains(domains, domain) {
		return []string{principal}
	}
	var out []string
	for _, d := range domains {
		out = append(out, d+"/"+rest)
	}
	return out
}
