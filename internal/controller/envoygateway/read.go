package envoygateway

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// reader is one reading of a cluster: what Gateway API says, and the controller's own objects, decoded.
type reader struct {
	*gatewayapi.World
	clientPolicies   []policy[clientTrafficPolicySpec]
	securityPolicies []policy[securityPolicySpec]
	extensions       []policy[extensionPolicySpec]
	proxies          map[object.ID]envoyProxy
	backends         map[object.ID]backend
}

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(c, profile(), set), proxies: map[object.ID]envoyProxy{}, backends: map[object.ID]backend{}}
	if len(r.Gateways) == 0 {
		return r.Posture // nothing of this controller: its other kinds have no effect
	}
	r.decode()
	for _, g := range r.Gateways {
		p := r.proxy(g)
		for _, l := range g.Listeners {
			e := r.Entry(l)
			r.protect(l, &e)
			r.tokens(l, &e)
			r.demands(l, &e)
			r.address(l, p, &e)
			r.hops(p, &e)
			r.crowded(l, &e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
	}
	r.hatches()
	r.sort()
	return r.Posture
}

// securityKinds are what a SecurityPolicy may be for (api/v1alpha1/securitypolicy_types.go, the rules of targetRef and targetRefs).
var securityKinds = [...]string{"Gateway", "ListenerSet", "HTTPRoute", "GRPCRoute", "TCPRoute"}

// decode reads the controller's own objects strictly. An object that the API server would refuse is left out: then the cluster
// has none, or an older one that Git does not show.
func (r *reader) decode() {
	r.clientPolicies = decodePolicies(r, kindClientTrafficPolicy, func(s clientTrafficPolicySpec) policyTargets { return s.policyTargets })
	r.securityPolicies = decodePolicies(r, kindSecurityPolicy, func(s securityPolicySpec) policyTargets { return s.policyTargets })
	for _, p := range r.securityPolicies {
		for i, ref := range p.targets.references() {
			if !slices.Contains(securityKinds[:], string(ref.Kind)) {
				r.Unknown(p.object, "value", p.targets.field(i)+".kind", fmt.Sprintf("the API server takes no SecurityPolicy for a %s, so what it asks is asked of nobody", ref.Kind))
			}
		}
	}
	r.extensions = decodePolicies(r, kindExtensionPolicy, func(s extensionPolicySpec) policyTargets { return s.policyTargets })
	decodePolicies(r, kindBackendTrafficPolicy, func(s backendTrafficPolicySpec) policyTargets { return s.policyTargets })
	for _, o := range r.Objects.Kind(Group, kindEnvoyProxy) {
		var d decoded[envoyProxySpec]
		if r.CheckFields(o, &d) {
			r.proxies[o.ID()] = envoyProxy{o, d.Spec}
		}
	}
	for _, o := range r.Objects.Kind(Group, kindBackend) {
		var d decoded[backendSpec]
		if r.CheckFields(o, &d) {
			r.backends[o.ID()] = backend{o, d.Spec}
		}
	}
}

func decodePolicies[S any](r *reader, kind string, targets func(S) policyTargets) []policy[S] {
	var out []policy[S]
	for _, o := range r.Objects.Kind(Group, kind) {
		var d decoded[S]
		if r.CheckFields(o, &d) {
			out = append(out, policy[S]{o, d.Spec, targets(d.Spec)})
		}
	}
	return out
}

// sort orders everything by its subject, whatever the order in which it was found.
func (r *reader) sort() {
	p := &r.Posture
	slices.SortStableFunc(p.References, func(a, b posture.Reference) int { return cmp.Or(compareRefs(a.From, b.From), compareRefs(a.To, b.To)) })
	slices.SortStableFunc(p.Hatches, func(a, b posture.Hatch) int { return cmp.Or(compareRefs(a.By, b.By), cmp.Compare(a.Why, b.Why)) })
	slices.SortStableFunc(p.Unknowns, func(a, b posture.Unknown) int {
		return cmp.Or(compareRefs(a.By, b.By), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Why, b.Why))
	})
	slices.SortStableFunc(p.Assumptions, func(a, b posture.Assumption) int { return cmp.Or(compareRefs(a.By, b.By), cmp.Compare(a.Text, b.Text)) })
}

func compareRefs(a, b posture.Ref) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Field, b.Field))
}
