package nginx

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type nginxProxy struct {
	object *object.Object
	spec   nginxProxySpec
}

// proxyConfig is what configures a Gateway's proxies: its own NginxProxy over its class's, field by field down to lists and plain values
// (state/graph/nginxproxy.go buildEffectiveNginxProxy).
type proxyConfig struct {
	gateway *gatewayapi.Gateway
	chain   []nginxProxy // most specific first
}

// proxy finds the NginxProxies of a Gateway. One that is not there, or not valid, is left out, and the Gateway is served without it.
func (r *reader) proxy(g *gatewayapi.Gateway) proxyConfig {
	out := proxyConfig{gateway: g}
	const field = "spec.infrastructure.parametersRef"
	if i := g.Spec.Infrastructure; i != nil && i.ParametersRef != nil {
		if string(i.ParametersRef.Group) != Group || i.ParametersRef.Kind != kindNginxProxy {
			r.Unknown(g.Object, "value", field, fmt.Sprintf("NGINX Gateway Fabric takes a NginxProxy there, and ignores a %s", i.ParametersRef.Kind))
		} else {
			id := object.ID{Group: Group, Kind: kindNginxProxy, Namespace: g.Object.Namespace, Name: i.ParametersRef.Name}
			r.Resolve(g.Object, field, id, ignored)
			if p, ok := r.proxies[id]; ok {
				out.chain = append(out.chain, p)
			}
		}
	}
	class := r.Objects.Find(gatewayapi.Group, "GatewayClass", "", string(g.Spec.GatewayClassName))
	if class != nil {
		id := object.ID{Group: Group, Kind: kindNginxProxy, Namespace: class.Text("spec.parametersRef.namespace"), Name: class.Text("spec.parametersRef.name")}
		if p, ok := r.proxies[id]; ok && class.Text("spec.parametersRef.kind") == kindNginxProxy {
			out.chain = append(out.chain, p)
			return out
		}
		if class.Get("spec.parametersRef") == nil {
			return out
		}
	}
	r.Assume(g.Object, "spec.gatewayClassName",
		"the NginxProxy of the class, which the Helm chart makes, is not in Git; it is taken to patch nothing and to leave the check of SNI against Host on")
	return out
}

// first returns the most specific NginxProxy for which a value is set.
func first[T any](c proxyConfig, get func(nginxProxySpec) (T, bool)) (value T, from *object.Object) {
	for _, p := range c.chain {
		if v, ok := get(p.spec); ok {
			return v, p.object
		}
	}
	return value, nil
}

const serviceField = "spec.kubernetes.service"

func service(s nginxProxySpec) proxyService {
	if s.Kubernetes == nil || s.Kubernetes.Service == nil {
		return proxyService{}
	}
	return *s.Kubernetes.Service
}

func serviceText(c proxyConfig, get func(proxyService) string) (string, *object.Object) {
	return first(c, func(s nginxProxySpec) (string, bool) { v := get(service(s)); return v, v != "" })
}

// address fills in where a listener can be reached from, and takes back what a load balancer in front of it undoes. The Service is a load
// balancer that keeps the client's address unless a NginxProxy says otherwise, with the annotations of Gateway spec.infrastructure
// (provisioner/objects.go buildNginxService, buildLabelsAndAnnotations).
func (r *reader) address(p proxyConfig, e *posture.Entry) {
	g := p.gateway.Object
	b := kubernetes.LoadBalancer{
		Cloud: r.Cluster.Cloud, Type: "LoadBalancer", TrafficPolicy: "Local", Annotations: map[string]kubernetes.Annotation{},
		ExternalIPs: len(p.gateway.Spec.Addresses) > 0, By: gatewayapi.Nearest(g, "spec.infrastructure"),
	}
	if i := p.gateway.Spec.Infrastructure; i != nil {
		for k, v := range i.Annotations {
			b.Annotations[string(k)] = kubernetes.Annotation{Value: string(v), By: gatewayapi.RefOf(g, object.Key("spec.infrastructure.annotations", string(k)))}
		}
	}
	if kind, from := serviceText(p, func(s proxyService) string { return s.Type }); from != nil {
		b.Type, b.By = kind, gatewayapi.RefOf(from, serviceField+".type")
		if !slices.Contains([]string{"ClusterIP", "NodePort", "LoadBalancer"}, kind) {
			r.Unknown(from, "value", serviceField+".type", fmt.Sprintf("%q is no type of Service that NGINX Gateway Fabric makes", kind))
		}
	}
	if class, from := serviceText(p, func(s proxyService) string { return s.LoadBalancerClass }); from != nil {
		b.Class, b.ClassBy = class, gatewayapi.RefOf(from, serviceField+".loadBalancerClass")
	}
	if policy, from := serviceText(p, func(s proxyService) string { return s.ExternalTrafficPolicy }); from != nil {
		b.TrafficPolicy = policy
	}
	e.SourceCIDRs.Why = "no loadBalancerSourceRanges restrict source addresses"
	if len(p.chain) > 0 {
		e.SourceCIDRs.By = gatewayapi.Nearest(p.chain[0].object, serviceField+".loadBalancerSourceRanges")
	}
	if ranges, from := first(p, func(s nginxProxySpec) ([]string, bool) {
		v := service(s).LoadBalancerSourceRanges
		return v, len(v) > 0
	}); from != nil {
		b.SourceRanges, b.SourceRangesBy = ranges, gatewayapi.RefOf(from, serviceField+".loadBalancerSourceRanges")
	}
	b.Apply(e)
}
