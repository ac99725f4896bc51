package nginx

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the way from a listener to the pods: the route beside the Gateway, and with the Service the grant that names it, the
// TLS of the hop and the pods' NetworkPolicy. The route takes from requests what clients could claim about their certificate.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	if e.Mode == gatewayapi.Passthrough && len(e.Service.Weights) > 1 {
		// state/graph/tlsroute.go: a TLSRoute has one backend.
		return nil, fmt.Errorf("exposure %s: a TLSRoute of NGINX Gateway Fabric has one backend, so requests cannot be split over Services", e.Name)
	}
	objects := kubernetes.WriteExposure(cluster, e, kubernetes.GatewayPods{Namespace: e.GatewayNamespace, Labels: proxyLabels(e.GatewayName)}, false)
	objects[0] = gatewayapi.WriteRouteWithout(e, identityHeaders[:]) // in the place of the plain route
	return objects, nil
}
