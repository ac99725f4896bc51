package vpclattice

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// viaExport is the way of an exported Service.
const viaExport = "service-export"

// exports are the ways that ServiceExports open: each makes target groups of a Service's pods, which routes of any cluster or account can
// lead to, past the Gateway here (docs/api-types/service-export.md).
func (r *reader) exports() {
	for _, o := range r.Objects.Kind(Group, kindServiceExport) {
		var d decoded[serviceExportSpec]
		if !r.CheckFields(o, &d) {
			continue
		}
		name := cmp.Or(o.Annotations[serviceNameAnnotation], o.Name)
		var ports []string
		for _, p := range d.Spec.ExportedPorts {
			ports = append(ports, strconv.Itoa(p.Port))
		}
		way := posture.Way{
			Subject: gatewayapi.SubjectOf(o), Via: viaExport, By: gatewayapi.Nearest(o, "spec.exportedPorts"),
			Service: posture.Subject{Kind: "Service", Namespace: o.Namespace, Name: name},
			Why:     fmt.Sprintf("a ServiceExport makes a target group of %s that routes of other clusters can lead to", cmp.Or(strings.Join(ports, ", "), "its ports")),
		}
		if service := r.Objects.Find("", "Service", o.Namespace, name); service != nil {
			way.Selector = service.Texts("spec.selector")
		}
		r.Posture.Ways = append(r.Posture.Ways, way)
	}
}
