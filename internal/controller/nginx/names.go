package nginx

import (
	"cmp"
	"fmt"
	"maps"

	"github.com/gatespan/gatespan/internal/controller"
)

// maxName is how long names of Services may be: longer ones are cut, and get a hash in place of the Gateway's name in a label
// (internal/framework/controller/resource.go truncateAndHashName).
const maxName = 63

// class is the GatewayClass of what is written.
func class(c controller.Cluster, own string) string {
	return cmp.Or(own, c.Controller.GatewayClassName, className)
}

// resourceName is what the controller calls the Service and Deployment of a Gateway's proxies, in the Gateway's own namespace
// (state/graph/gateway.go buildGateways).
func resourceName(gateway, class string) (string, error) {
	name := gateway + "-" + class
	if len(name) > maxName {
		return "", fmt.Errorf("%s is longer than %d characters, and NGINX Gateway Fabric would cut it", name, maxName)
	}
	return name, nil
}

// proxyLabels select the proxies of one Gateway, in its namespace (provisioner/objects.go buildLabelsAndAnnotations).
func proxyLabels(gateway string) map[string]string {
	return map[string]string{"gateway.networking.k8s.io/gateway-name": gateway}
}

// labels are those of the proxies as far as Git tells: spec.infrastructure cannot replace the controller's own, of which two more name the
// installation.
func (c proxyConfig) labels() map[string]string {
	out := map[string]string{}
	if i := c.gateway.Spec.Infrastructure; i != nil {
		for k, v := range i.Labels {
			out[string(k)] = string(v)
		}
	}
	maps.Copy(out, proxyLabels(c.gateway.Object.Name))
	out["app.kubernetes.io/name"] = c.gateway.Object.Name + "-" + string(c.gateway.Spec.GatewayClassName)
	return out
}

// claims are the Services of Gateways: resourceName joins two names of the fleet.
func claims(cluster controller.Cluster, intent any) []controller.Claim {
	return controller.GatewayServices("NGINX Gateway Fabric", intent, func(gateway, own string) string {
		name, err := resourceName(gateway, class(cluster, own))
		if err != nil {
			return "" // the writer refuses it
		}
		return name
	})
}
