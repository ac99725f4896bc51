// Package kubernetes reads what core Kubernetes objects say, and writes those that every controller needs.
package kubernetes

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// GatewayPods is where a gateway's proxies run.
type GatewayPods struct {
	Namespace string
	Labels    map[string]string
}

// Read is what core Kubernetes says of a cluster.
func Read(cluster controller.Cluster, objects *object.Set) posture.Posture { return posture.Posture{} }

// IngressPeers is who may reach pods on a port according to NetworkPolicies. Port 0 is any port.
func IngressPeers(objects *object.Set, namespace string, podLabels map[string]string, port int) posture.Setting[posture.Peers] {
	return posture.Setting[posture.Peers]{Value: posture.Peers{Everybody: true}}
}

// WriteDirect writes the overlay of a consumer that calls for itself.
func WriteDirect(cluster controller.Cluster, consumer controller.Consumer) ([]any, error) {
	return nil, nil
}

// Direct reads the exits that WriteDirect writes.
func Direct(cluster controller.Cluster, objects *object.Set) []posture.Exit { return nil }

// Certificate is the object that makes a certificate's Secret, nil for one that exists.
func Certificate(certificate controller.Certificate, name string) any { return nil }

// CABundle is a ConfigMap with a trust domain's roots.
func CABundle(name, namespace, pem string) any { return nil }

// BackendNetworkPolicy admits only the gateway's proxies to the exposure's pods.
func BackendNetworkPolicy(exposure controller.Exposure, gateway GatewayPods) any { return nil }
