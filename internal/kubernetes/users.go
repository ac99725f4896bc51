package kubernetes

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Proxies are the pods of an egress gateway, and the port that they listen on. Partial is as in IngressPeers.
type Proxies struct {
	Namespace string
	Labels    map[string]string
	Partial   bool
	Port      int
}

// EgressUsers is who may use the exits of an egress gateway: whoever reaches its proxies borrows their certificate. A NetworkPolicy around
// them counts only in a cluster that names its engine. At is what is named where nothing decides.
func EgressUsers(cluster controller.Cluster, objects *object.Set, proxies Proxies, at posture.Ref) posture.Setting[posture.Users] {
	out := unheld(posture.Users{Everybody: true, Principals: []string{}, Pods: []string{}}, at, "")
	if !HasEngine(cluster) {
		out.Why = "the cluster names no networkPolicyEngine, so nothing closes the egress gateway"
		return out
	}
	peers := IngressPeers(objects, proxies.Namespace, proxies.Labels, proxies.Partial, proxies.Port)
	out.Why = peers.Why
	if peers.By.Kind != "" {
		out.By = peers.By
	}
	if !peers.Value.Everybody {
		out.Value.Everybody, out.Value.Pods, out.Enforcer = false, peers.Value.Admitted, posture.ByNetwork
	}
	return out
}
