package istio

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the route, the grant that it needs, the hop to the pods, and who may reach the pods.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	// The proxies run in the Gateway's namespace (manifests/…/files/kube-gateway.yaml). Istio sends hostname as SNI and checks
	// subjectAltNames only (pilot/pkg/config/kube/gateway/backend_policies.go, pilot/pkg/networking/core/cluster_tls.go
	// setAutoSniAndAutoSanValidation).
	proxies := kubernetes.GatewayPods{Namespace: e.GatewayNamespace, Labels: gatewayPodLabels(e.GatewayName)}
	return kubernetes.WriteExposure(cluster, e, proxies, true), nil
}
