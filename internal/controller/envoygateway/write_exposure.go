package envoygateway

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the way from a listener to the pods: the route beside the Gateway, and with the Service the grant that
// names it, the TLS of the hop and the pods' NetworkPolicy.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	proxies := kubernetes.GatewayPods{
		Namespace: dataPlaneNamespace(cluster, e.GatewayNamespace), Labels: proxyLabels(e.GatewayNamespace, e.GatewayName),
	}
	return kubernetes.WriteExposure(cluster, e, proxies, false), nil
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
