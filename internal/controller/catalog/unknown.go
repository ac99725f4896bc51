package catalog

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// wellKnown are the controllers that gatespan has a name for, by what points to them: the controllerName of a GatewayClass and the
// usual names of classes. One that is not modelled yet is at least called by its name.
var wellKnown = map[string]string{
	"gateway.envoyproxy.io/gatewayclass-controller": "envoy-gateway",
	"istio.io/gateway-controller":                   "istio",
	"istio":                                         "istio",
	"approuting-istio":                              "istio",
	"traefik.io/gateway-controller":                 "traefik",
	"traefik":                                       "traefik",
	"gateway.nginx.org/nginx-gateway-controller":    "nginx",
	"nginx":                          "nginx",
	"gate.haproxy.org/hug":           "haproxy",
	"haproxy.org/gateway-controller": "the HAProxy Kubernetes Ingress Controller",
	"haproxy":                        "haproxy",
	"application-networking.k8s.aws/gateway-api-controller": "vpc-lattice",
	"amazon-vpc-lattice":                     "vpc-lattice",
	"alb.networking.azure.io/alb-controller": "agc",
	"azure-alb-external":                     "agc",
	"gateway.k8s.aws/alb":                    "aws-lb",
	"gateway.k8s.aws/nlb":                    "aws-lb",
}

// unmodelled are the Gateways of classes that no controller of the catalog owns, as Gateway API alone describes them, and the kinds
// that no controller knows in the groups that belong to one.
func unmodelled(cluster controller.Cluster, profiles []controller.Profile, objects *object.Set) posture.Posture {
	owned := func(class string) bool {
		return slices.ContainsFunc(profiles, func(p controller.Profile) bool { return gatewayapi.Owns(cluster, p, objects, class) })
	}
	w := gatewayapi.LoadFunc(cluster, controller.Profile{Kinds: kinds(profiles)}, objects, func(class string) bool { return !owned(class) })
	for _, g := range w.Gateways {
		for _, l := range g.Listeners {
			e := w.Entry(l)
			e.Served.Why = "what its controller makes of it is not known"
			w.Posture.Entries = append(w.Posture.Entries, e)
		}
	}
	for _, o := range objects.Kind(gatewayapi.Group, "Gateway") {
		if class := o.Text("spec.gatewayClassName"); !owned(class) {
			w.Unknown(o, "controller", "spec.gatewayClassName", stranger(objects, cluster, class))
		}
	}
	unknownKinds(w, profiles)
	for _, o := range objects.Kind(gatewayapi.Group, "ReferenceGrant") {
		w.CheckFields(o, &gatewayv1.ReferenceGrant{})
	}
	w.Posture.Ways = gatewayapi.UnseenGateways(objects)
	return w.Posture
}

// stranger says what is known of a class whose controller is not modelled.
func stranger(objects *object.Set, cluster controller.Cluster, class string) string {
	name := ""
	for _, o := range objects.Kind(gatewayapi.Group, "GatewayClass") {
		if o.Name == class {
			name = cmp.Or(name, o.Text("spec.controllerName"))
		}
	}
	if name == "" && cluster.Controller.GatewayClassName == class {
		name = cluster.Controller.Name
	}
	if known := cmp.Or(wellKnown[name], wellKnown[class]); known != "" && (name == "" || wellKnown[name] != "") {
		return fmt.Sprintf("class %s belongs to %s, which gatespan does not model", class, known)
	}
	if name != "" {
		return fmt.Sprintf("class %s belongs to %s, which gatespan does not know", class, name)
	}
	return fmt.Sprintf("no GatewayClass %s is in Git, and nothing says which controller it belongs to", class)
}

// coreKinds are the kinds of Gateway API whose meaning gatewayapi knows.
var coreKinds = []string{"BackendTLSPolicy", "GRPCRoute", "Gateway", "GatewayClass", "HTTPRoute", "ListenerSet", "ReferenceGrant", "TCPRoute", "TLSRoute", "UDPRoute"}

// kinds are the known kinds of every group that belongs to Gateway API or to a controller.
func kinds(profiles []controller.Profile) map[string][]string {
	out := map[string][]string{gatewayapi.Group: coreKinds, "gateway.networking.x-k8s.io": nil}
	for _, p := range profiles {
		for group, list := range p.Kinds {
			out[group] = append(slices.Clone(out[group]), list...)
		}
	}
	return out
}

// Kinds are all that gatespan has a meaning for, of whatever group.
func Kinds() []string {
	out := []string{
		"ConfigMap", "Secret", "Service", "Namespace", "ServiceAccount", "Deployment", "StatefulSet", "DaemonSet", "Pod", "Job", "CronJob",
		"Ingress", "NetworkPolicy", "Endpoints", "EndpointSlice", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
	}
	var profiles []controller.Profile
	for _, known := range All() {
		profiles = append(profiles, known.Profile())
	}
	for _, list := range kinds(profiles) {
		out = append(out, list...)
	}
	return out
}

func unknownKinds(w *gatewayapi.World, profiles []controller.Profile) {
	known := kinds(profiles)
	for _, o := range w.Objects.All() {
		if list, ours := known[o.Group()]; ours && !slices.Contains(list, o.Kind) {
			w.Unknown(o, "kind", "kind", fmt.Sprintf("what a %s of %s does is not known", o.Kind, o.Group()))
		}
	}
}
