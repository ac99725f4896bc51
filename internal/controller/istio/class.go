package istio

import (
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// labelDefaults is on a ConfigMap of the control plane's namespace that holds the defaults of a GatewayClass; AKS makes one, named
// istio-gateway-class-defaults (pilot/pkg/config/kube/gatewaycommon/gateway_utils.go, AKS articles/aks/istio-gateway-api.md).
const labelDefaults = "gateway.istio.io/defaults-for-class"

// classDefaults is what lies over the Service of every Gateway of a class, under the Gateway's own parameters. Of several ConfigMaps the
// oldest counts (deploymentcontroller.go render), which Git does not tell.
func (r *reader) classDefaults(g *gatewayapi.Gateway) (out serviceOverlay, from *object.Object) {
	home, _ := r.home()
	for _, o := range r.Objects.Kind("", "ConfigMap") {
		if o.Namespace != home || o.Labels[labelDefaults] != string(g.Spec.GatewayClassName) {
			continue
		}
		if from != nil {
			r.Unknown(o, "value", object.Key("metadata.labels", labelDefaults),
				from.String()+" has the defaults of the class too: the older counts, and Git does not tell which")
			continue
		}
		from = o
		r.overlay(g, o, &out)
	}
	return out, from
}

// overlay lays a ConfigMap over what is known of a Gateway's Service: what it says replaces what was said, a null takes it away. What it
// lays over the proxies' Deployment can change anything about them, beside where they run and what they need.
func (r *reader) overlay(g *gatewayapi.Gateway, o *object.Object, out *serviceOverlay) {
	if err := yaml.Unmarshal([]byte(o.Text("data.service")), out); err != nil {
		r.Unknown(o, "value", "data.service", "the overlay of the Service cannot be read: "+err.Error())
	}
	var deployment map[string]any
	if err := yaml.Unmarshal([]byte(o.Text("data.deployment")), &deployment); err == nil && harmless("", deployment) {
		return
	}
	hatch := posture.Hatch{
		Subject: gatewayapi.SubjectOf(o), By: gatewayapi.RefOf(o, "data.deployment"), Gateways: []posture.Subject{gatewayapi.SubjectOf(g.Object)},
		Why: "it is laid over the Deployment of the gateway's proxies",
	}
	if !slices.ContainsFunc(r.Posture.Hatches, func(h posture.Hatch) bool { return h.By == hatch.By && h.Gateways[0] == hatch.Gateways[0] }) {
		r.Posture.Hatches = append(r.Posture.Hatches, hatch)
	}
}

// places are the fields of a Deployment that say how many proxies there are, where they run and what they need.
var places = []string{
	"spec.replicas", "spec.minReadySeconds", "spec.strategy", "spec.template.spec.affinity", "spec.template.spec.nodeSelector",
	"spec.template.spec.tolerations", "spec.template.spec.topologySpreadConstraints", "spec.template.spec.terminationGracePeriodSeconds",
	"spec.template.spec.priorityClassName", "spec.template.spec.containers.name", "spec.template.spec.containers.resources",
	"spec.template.spec.containers.resizePolicy",
}

// harmless reports whether an overlay of the Deployment holds places alone.
func harmless(path string, value any) bool {
	if slices.Contains(places, path) {
		return true
	}
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if !harmless(strings.TrimPrefix(path+"."+key, "."), inner) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(inner any) bool { return !harmless(path, inner) })
	default:
		return false
	}
}
