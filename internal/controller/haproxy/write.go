package haproxy

import (
	"cmp"
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// routeVersion is the one that the controller reads TLSRoutes in (k8s/gate/object-types/object_types.go).
const routeVersion = gatewayapi.Group + "/v1alpha2"

// writeGateway writes the Gateway. There is nothing beside it: the pods have the certificates.
func writeGateway(cluster controller.Cluster, g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	spec := gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(cmp.Or(g.ClassName, cluster.Controller.GatewayClassName, profile().Classes[0]))}
	for _, l := range g.Listeners {
		if l.Mode != gatewayapi.Passthrough {
			return nil, fmt.Errorf("listener %s of gateway %s/%s ends TLS: %s", l.Name, g.Namespace, g.Name, asksNobody)
		}
		spec.Listeners = append(spec.Listeners, gatewayapi.ProviderListener(g.Port, l))
	}
	return []any{gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, spec)}, nil
}

// writeExposure writes the route beside the Gateway, and with the Service its grant and the pods' NetworkPolicy.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	if e.Mode != gatewayapi.Passthrough {
		return nil, fmt.Errorf("exposure %s: %s", e.Name, asksNobody)
	}
	proxies := kubernetes.GatewayPods{Namespace: cluster.Controller.DataPlaneNamespace, Labels: cluster.Controller.DataPlanePods}
	objects := kubernetes.WriteExposure(cluster, e, proxies, false)
	for i, o := range objects {
		if route, ok := o.(gatewayapi.Resource[gatewayv1.TLSRouteSpec]); ok {
			route.APIVersion = routeVersion
			objects[i] = route
		}
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
