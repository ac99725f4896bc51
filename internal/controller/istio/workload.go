package istio

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// foreignEndpoints are WorkloadEntries that a Service selects: its requests then go to an address that is no pod of its (pilot/pkg/features
// PILOT_ENABLE_K8S_SELECT_WORKLOAD_ENTRIES, on by default).
func (r *reader) foreignEndpoints() {
	for _, e := range r.entries {
		for _, s := range r.Objects.Kind("", "Service") {
			selector := labelsAt(s, "spec.selector")
			if s.Namespace != e.object.Namespace || len(selector) == 0 || !subsetOf(selector, e.spec.Labels) {
				continue
			}
			r.Posture.Ways = append(r.Posture.Ways, posture.Way{
				Subject: gatewayapi.SubjectOf(e.object), Via: "endpoints", Service: gatewayapi.SubjectOf(s),
				Pods: e.spec.Labels, Selector: selector, By: gatewayapi.RefOf(e.object, "spec.labels"),
				Why: fmt.Sprintf("the Service's selector takes it, so that its requests go to %s as well", e.spec.Address),
			})
		}
	}
}

// opened are the Sidecars that let calls of a namespace leave for hosts that the mesh does not know, in a mesh that does not: past its egress
// gateways. Where the mesh itself lets them (the default), a Sidecar that says so changes nothing.
func (r *reader) opened() []posture.Hatch {
	closed := false
	for _, m := range r.meshes {
		closed = closed || m.config.OutboundTrafficPolicy.Mode == registryOnly
	}
	var out []posture.Hatch
	for _, s := range r.sidecars {
		if p := s.spec.OutboundTrafficPolicy; !closed || p == nil || p.Mode == registryOnly {
			continue
		}
		out = append(out, posture.Hatch{
			Subject: gatewayapi.SubjectOf(s.object), By: gatewayapi.RefOf(s.object, "spec.outboundTrafficPolicy"), Gateways: []posture.Subject{},
			Why: "its pods may call hosts that the mesh does not know, which the mesh's outboundTrafficPolicy REGISTRY_ONLY refuses",
		})
	}
	return out
}

const registryOnly = "REGISTRY_ONLY" // mesh/v1alpha1/config.proto; ALLOW_ANY is the default
