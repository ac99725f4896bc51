package istio

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the route, the grant that it needs, the hop to the pods, and who may reach the pods.
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
		// Istio sends hostname as SNI and checks subjectAltNames only (pilot/pkg/config/kube/gateway/backend_policies.go,
		// pilot/pkg/networking/core/cluster_tls.go setAutoSniAndAutoSanValidation).
		objects = append(objects, gatewayapi.WriteBackendTLSPolicy(e, ca, true))
		if e.BackendTrust.PEM != "" {
			objects = append(objects, kubernetes.CABundle(ca, e.Service.Namespace, e.BackendTrust.PEM))
		}
	}
	if e.NetworkPolicy {
		// The proxies run in the Gateway's namespace (manifests/…/files/kube-gateway.yaml).
		objects = appendObject(objects, kubernetes.BackendNetworkPolicy(e, kubernetes.GatewayPods{
			Namespace: e.GatewayNamespace, Labels: gatewayPodLabels(e.GatewayName),
		}))
	}
	return objects, nil
}
