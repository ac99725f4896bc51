package istio

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// rule is one DestinationRule, or what a BackendTLSPolicy amounts to (pilot/pkg/config/kube/gateway/backend_policies.go).
type rule struct {
	object   *object.Object
	host     string // fully qualified
	spec     destinationRuleSpec
	policy   bool       // made of a BackendTLSPolicy
	anchors  caOfPolicy // of a BackendTLSPolicy
	tlsField string     // of a BackendTLSPolicy: the field that stands for all its TLS settings
}

type caOfPolicy struct {
	anchors []posture.Anchor
	field   string
}

// choice is the TLS setting that one rule gives a port, with the field that decided it. Without tls it is plaintext, or the mesh's.
type choice struct {
	rule  *rule
	tls   *clientTLS
	field string
	why   string
}

func (c choice) ofPort() bool { return strings.Contains(c.field, ".portLevelSettings") }

func (c choice) at(below string) posture.Ref {
	if c.rule.policy {
		return gatewayapi.RefOf(c.rule.object, c.rule.tlsField)
	}
	return gatewayapi.Nearest(c.rule.object, c.field+below)
}

// destinationRules decodes them, and adds one for each target of each BackendTLSPolicy.
func (r *reader) destinationRules() []*rule {
	var out []*rule
	for _, i := range decode[destinationRuleSpec](r, networkingGroup, kindDestinationRule) {
		out = append(out, &rule{object: i.object, host: qualified(i.spec.Host, i.object.Namespace), spec: i.spec})
	}
	return append(out, r.policyRules()...)
}

// qualified resolves a short host in the rule's own namespace (pilot/pkg/model/config.go ResolveShortnameToFQDN).
func qualified(host, namespace string) string {
	if host == "*" || host == "" || strings.ContainsAny(host, ".:") {
		return host
	}
	return serviceHost(host, namespace)
}

func (r *rule) exports() []string {
	if r.spec.WorkloadSelector != nil {
		return []string{"."} // push_context.go setDestinationRules
	}
	return r.spec.ExportTo
}

func (r *rule) visible(namespace string) bool {
	e := r.exports()
	return len(e) == 0 || slices.Contains(e, "*") || slices.Contains(e, namespace) || r.object.Namespace == namespace && slices.Contains(e, ".")
}

func (r *rule) privateOnly() bool {
	e := r.exports()
	return len(e) == 1 && (e[0] == "." || e[0] == r.object.Namespace)
}

// matching returns the rules of the most specific host among candidates.
func matching(candidates []*rule, host string) []*rule {
	best := ""
	for _, c := range candidates {
		if (c.host == host || wildcardMatches(c.host, host)) && (best == "" || moreSpecific(c.host, best)) {
			best = c.host
		}
	}
	var out []*rule
	for _, c := range candidates {
		if best != "" && c.host == best {
			out = append(out, c)
		}
	}
	return out
}

func wildcardMatches(pattern, host string) bool {
	suffix, found := strings.CutPrefix(pattern, "*")
	return found && strings.HasSuffix(host, suffix)
}

// moreSpecific: a host without wildcard before any with one, then the longer.
func moreSpecific(a, b string) bool {
	aw, bw := strings.HasPrefix(a, "*"), strings.HasPrefix(b, "*")
	if aw != bw {
		return bw
	}
	return len(a) > len(b)
}

// choices are the TLS settings that may be in force for one port of a host, seen from a workload: more than one where the age of objects
// decides, which Git does not tell. Source: push_context.go destinationRule, destination_rule.go, sidecar.go DestinationRule.
//
//  1. rules of the workload's own namespace; then exported ones of the Service's namespace; then of the root namespace
//  2. of these, those with the most specific host
//  3. a rule whose workloadSelector matches before one without selector
func (r *reader) choices(host, serviceNamespace string, w workload, port int) []choice {
	root := r.rootNamespace()
	var pool []*rule
	tiers := []func(*rule) bool{
		func(d *rule) bool {
			return d.object.Namespace == w.namespace && d.visible(w.namespace) && (w.namespace != root || d.privateOnly())
		},
		func(d *rule) bool { return d.object.Namespace == serviceNamespace && !d.privateOnly() },
		func(d *rule) bool { return d.object.Namespace == root && !d.privateOnly() },
	}
	for i, tier := range tiers {
		var candidates []*rule
		for _, d := range r.rules {
			if tier(d) {
				candidates = append(candidates, d)
			}
		}
		pool = matching(candidates, host)
		if i > 0 {
			pool = slices.DeleteFunc(pool, func(d *rule) bool { return !d.visible(w.namespace) })
		}
		if len(pool) > 0 {
			break
		}
	}
	var selected, others []*rule
	for _, d := range pool {
		switch {
		case d.spec.WorkloadSelector == nil:
			others = append(others, d)
		case d.object.Namespace == w.namespace && subsetOf(d.spec.WorkloadSelector.MatchLabels, w.labels):
			selected = append(selected, d)
		}
	}
	if len(selected) > 0 && slices.ContainsFunc(selected, func(d *rule) bool { return d.spec.TrafficPolicy != nil }) {
		// A rule without selector in the same export set fills in a policy only where there is none.
		others = nil
	}
	return r.merged(append(selected, others...), port)
}

// merged lets DestinationRules that people wrote out-rank what BackendTLSPolicies amount to, field by field (destination_rule.go
// mergeBackendPolicyTrafficPolicy, from 1.31; before, the order decided).
func (r *reader) merged(rules []*rule, port int) []choice {
	var user, made []choice
	for _, d := range rules {
		if d.spec.TrafficPolicy == nil {
			continue
		}
		c := d.choose(d.spec.TrafficPolicy, "spec.trafficPolicy", port)
		if d.policy && c.tls == nil {
			continue // for another port; Istio makes one rule of all policies for a host (backend_policies.go)
		}
		if d.policy {
			made = append(made, c)
		} else {
			user = append(user, c)
		}
	}
	// A policy for the port by its name hides one for the whole Service.
	if slices.ContainsFunc(made, choice.ofPort) {
		made = slices.DeleteFunc(made, func(c choice) bool { return !c.ofPort() })
	}
	sure := atLeast(r.Cluster, "1.31")
	if len(user) == 0 || len(made) == 0 {
		return append(user, made...)
	}
	var out []choice
	for _, c := range user {
		if c.tls == nil && sure && (!c.ofPort() || made[0].ofPort()) {
			out = append(out, made...) // the gap is filled
			continue
		}
		out = append(out, c)
	}
	if !sure {
		out = append(out, made...)
	}
	return out
}

// choose: settings of the port replace those of the destination wholesale, also where they say nothing of TLS
// (pilot/pkg/networking/util/util.go GetPortLevelTrafficPolicy).
func (d *rule) choose(p *trafficPolicy, field string, port int) choice {
	for i, level := range p.PortLevelSettings {
		if level.Port != nil && level.Port.Number == port {
			at := object.Item(field+".portLevelSettings", i)
			c := choice{rule: d, tls: level.TLS, field: at + ".tls"}
			if level.TLS == nil {
				c.why = "the settings of the port replace those of the destination and say nothing of TLS"
			}
			return c
		}
	}
	c := choice{rule: d, tls: p.TLS, field: field + ".tls"}
	if p.TLS == nil {
		c.why = "the rule says nothing of TLS"
	}
	return c
}
