package istio

import (
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hatches are what can undo everything else: EnvoyFilter, ProxyConfig, WasmPlugin and TrafficExtension of a gateway's namespace or of the root
// namespace. They select workloads by labels or targetRefs; one that selects others is none of a gateway's.
func (r *reader) hatches() {
	for _, kind := range []struct{ group, kind, why string }{
		{networkingGroup, "EnvoyFilter", "it rewrites the configuration of proxies"},
		{networkingGroup, "ProxyConfig", "it sets environment variables of proxies"},
		{extensionsGroup, "WasmPlugin", "it runs code in proxies"},
		{extensionsGroup, "TrafficExtension", "it runs code in proxies"},
	} {
		for _, o := range r.Objects.Kind(kind.group, kind.kind) {
			if kind.kind == "ProxyConfig" && o.Get("spec.environmentVariables") == nil {
				continue // concurrency and the variant of the image
			}
			var touched []posture.Subject
			target := targetOf(o)
			for _, g := range r.Gateways {
				w := workload{namespace: g.Object.Namespace, gateway: g.Object.Name, labels: podLabels(g)}
				if r.attached(o, target, w) {
					touched = append(touched, gatewayapi.SubjectOf(g.Object))
				}
			}
			for _, g := range r.classic {
				if r.attached(o, target, workload{namespace: g.object.Namespace, labels: g.spec.Selector}) {
					touched = append(touched, gatewayapi.SubjectOf(g.object))
				}
			}
			if len(touched) > 0 {
				r.Posture.Hatches = append(r.Posture.Hatches, posture.Hatch{
					Subject: gatewayapi.SubjectOf(o), By: gatewayapi.RefOf(o, "spec"), Gateways: touched, Why: kind.why,
				})
			}
		}
	}
	r.Posture.Hatches = append(r.Posture.Hatches, r.opened()...)
}

// targetOf reads selector and targetRefs of kinds that are not decoded further.
func targetOf(o *object.Object) policyTarget {
	var out policyTarget
	for _, field := range []string{"spec.selector.matchLabels", "spec.workloadSelector.labels"} { // ProxyConfig: selector, as policies
		if o.Get(field) != nil {
			out.Selector = &workloadSelector{MatchLabels: labelsAt(o, field)}
		}
	}
	list, _ := o.Get("spec.targetRefs").([]any)
	for i := range list {
		at := object.Item("spec.targetRefs", i)
		out.TargetRefs = append(out.TargetRefs, policyTargetReference{
			Group: o.Text(at + ".group"), Kind: o.Text(at + ".kind"), Name: o.Text(at + ".name"), Namespace: o.Text(at + ".namespace"),
		})
	}
	return out
}
