package kubernetes

import (
	"maps"
	"slices"
	"strconv"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// HealthProbe is where the proxies answer Azure's load balancer without a client certificate.
type HealthProbe struct {
	Port int // of the Service; 0: whether the listener's own port accepts a connection is all that is asked
	Path string
	// Nodes: with externalTrafficPolicy Local every node tells by itself whether it has a pod; annotations of ports would be in the way.
	Nodes bool
}

// LoadBalancerAnnotations are those of the Service in front of a gateway's proxies, with the gateway's own over them. Where the controller
// has no field for spec.loadBalancerClass, LoadBalancerType goes with them.
//
// On AWS the targets are the pods and the load balancer keeps the client's address. On Azure the probe is named: by default a port whose
// appProtocol is https is probed by HTTPS, without a client certificate, so that every node would look dead
// (cloud-provider-azure, pkg/provider/azure_loadbalancer_healthprobe.go buildHealthProbeRulesForPort).
func LoadBalancerAnnotations(cloud string, g controller.Gateway, probe HealthProbe) map[string]string {
	out := map[string]string{}
	switch cloud {
	case "eks":
		out[awsScheme] = g.Scheme
		out[awsTargetType] = "ip"
		out[awsTargetAttributes] = preserved + "true"
	case "aks":
		if g.Scheme == posture.SchemeInternal {
			out[azureInternal] = "true"
		}
		switch at, protocol, path := azureProbeKeys(g.Port); {
		case probe.Nodes:
		case probe.Port == 0:
			out[protocol] = "Tcp"
		default:
			out[protocol], out[at], out[path] = "Http", strconv.Itoa(probe.Port), probe.Path
		}
	}
	maps.Copy(out, g.Annotations)
	return out
}

// NoProbe takes away annotations of Azure that say how a port is probed, in an overlay of the Service.
func NoProbe(port int) map[string]any {
	at, protocol, path := azureProbeKeys(port)
	return map[string]any{at: nil, protocol: nil, path: nil}
}

// LoadBalancerType is the annotation that leaves a Service to the AWS Load Balancer Controller; nothing in other clouds.
func LoadBalancerType(cloud string) map[string]string {
	if cloud != "eks" {
		return nil
	}
	return map[string]string{awsType: "external"}
}

// LoadBalancerClass is spec.loadBalancerClass of a cloud; "" for its default.
func LoadBalancerClass(cloud string) string {
	if cloud == "eks" {
		return ClassAWS
	}
	return ""
}

// SourceRanges is the union over all listeners: a Service has one list for all its ports. One listener without any opens it.
func SourceRanges(listeners []controller.Listener) []string {
	var out []string
	for _, l := range listeners {
		if len(l.SourceCIDRs) == 0 {
			return nil
		}
		out = append(out, l.SourceCIDRs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
