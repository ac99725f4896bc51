package envoygateway

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the way from a listener to the pods: the route beside the Gateway, and with the Service the grant that
// names it, the TLS of the hop and the pods' NetworkPolicy.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	objects := []any{gatewayapi.WriteRoute(e)}
	if e.GatewayNamespace != e.Service.Namespace {
		objects = append(objects, gatewayapi.WriteGrant(cluster, e))
	}
	if e.Mode != gatewayapi.Passthrough {
		ca := e.BackendTrust.ConfigMap
		if e.BackendTrust.PEM != "" {
			ca = e.Name + "-backend-ca"
		}
		objects = append(objects, gatewayapi.WriteBackendTLSPolicy(e, ca, false))
		if e.BackendTrust.PEM != "" {
			objects = append(objects, kubernetes.CABundle(ca, e.Service.Namespace, e.BackendTrust.PEM))
		}
	}
	if e.NetworkPolicy {
		objects = appendObject(objects, kubernetes.BackendNetworkPolicy(e, kubernetes.GatewayPods{
			Namespace: dataPlaneNamespace(cluster, e.GatewayNamespace),
			Labels:    proxyLabels(e.GatewayNamespace, e.GatewayName),
		}))
	}
	return objects, nil
}

// proxyLabels select the proxies of one Gateway. Source: internal/gatewayapi/translator.go OwningGateway…Label.
func proxyLabels(namespace, name string) map[string]string {
	return map[string]string{
		"gateway.envoyproxy.io/owning-gateway-name":      name,
		"gateway.envoyproxy.io/owning-gateway-namespace": namespace,
	}
}

// dataPlaneNamespace is where the proxies of a Gateway run: the controller's namespace, or in gateway namespace mode the Gateway's.
func dataPlaneNamespace(c controller.Cluster, gatewayNamespace string) string {
	if c.Controller.DataPlaneNamespace != "" {
		return c.Controller.DataPlaneNamespace
	}
	return gatewayNamespace
}
