package vpclattice

import (
	"cmp"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// Sources are the addresses that Lattice reaches targets from: link-local ones, which are the managed prefix lists
// com.amazonaws.<region>.vpc-lattice and com.amazonaws.<region>.ipv6.vpc-lattice
// (docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html). A region whose list held more would be shut out, not let in.
var sources = []string{"169.254.171.0/24", "fd00:ec2:80::/64"}

// writeGateway writes the Gateway. Its name alone says which service network it is, so no object of Lattice is made; every listener admits
// the TLSRoutes of the namespace of its exposure's Service, because a route must be there (target.go).
func writeGateway(cluster controller.Cluster, g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	spec := gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(cmp.Or(g.ClassName, cluster.Controller.GatewayClassName, profile().Classes[0]))}
	for _, l := range g.Listeners {
		if l.Mode != gatewayapi.Passthrough {
			return nil, fmt.Errorf("listener %s of gateway %s/%s ends TLS: %s", l.Name, g.Namespace, g.Name, endsOldTLS)
		}
		out := gatewayapi.ProviderListener(g.Port, l)
		out.AllowedRoutes.Namespaces = &gatewayv1.RouteNamespaces{
			From:     pointer(gatewayv1.NamespacesFromSelector),
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": l.ServiceNamespace}},
		}
		spec.Listeners = append(spec.Listeners, out)
	}
	return []any{gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, spec)}, nil
}

// writeExposure writes the route beside the Service: a backendRef that crossed namespaces would need no grant here, and grants nothing. Its
// target group is TCP without a TargetGroupPolicy, and with any (pkg/gateway/model_build_targetgroup.go buildTargetGroupSpec).
func writeExposure(e controller.Exposure) ([]any, error) {
	if e.Mode != gatewayapi.Passthrough {
		return nil, fmt.Errorf("exposure %s: %s", e.Name, endsOldTLS)
	}
	parent := gatewayapi.ParentListener(e.GatewayName, e.Listener)
	if e.GatewayNamespace != e.Service.Namespace {
		parent.Namespace = pointer(gatewayv1.Namespace(e.GatewayNamespace))
	}
	beside := e
	beside.GatewayNamespace = e.Service.Namespace // the route's namespace: its backendRefs name none
	objects := []any{gatewayapi.Make(gatewayapi.Version, "TLSRoute", gatewayapi.Meta{Name: e.Name, Namespace: e.Service.Namespace}, gatewayv1.TLSRouteSpec{
		CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{parent}},
		Hostnames:       []gatewayv1.Hostname{gatewayv1.Hostname(e.Hostname)}, // one, and required: it is the name of the Lattice service
		Rules:           []gatewayv1.TLSRouteRule{{BackendRefs: gatewayapi.Backends(beside)}},
	})}
	if e.NetworkPolicy {
		objects = append(objects, kubernetes.BackendNetworkPolicyFrom(e, sources))
	}
	return objects, nil
}

// writeConsumer writes what pods that call by themselves need. The controller takes no part in it.
func writeConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	if s.Via != "direct" {
		return nil, fmt.Errorf("consumer %s: %s", s.Name, noEgress)
	}
	return kubernetes.WriteDirect(c, s)
}

// claims are the Lattice services of exposures, whose names hold the beginnings of a route's name and namespace
// (pkg/utils/common.go LatticeServiceName): two that begin alike would be one.
func claims(_ controller.Cluster, intent any) []controller.Claim {
	e, ok := intent.(controller.Exposure)
	if !ok {
		return nil
	}
	return []controller.Claim{{What: "Lattice service " + cut(e.Name, 20) + "-" + cut(e.Service.Namespace, 18), Why: "that of exposure " + e.Name}}
}

// cut is pkg/utils/common.go Truncate.
func cut(name string, length int) string {
	return strings.Trim(name[:min(len(name), length)], "-")
}
