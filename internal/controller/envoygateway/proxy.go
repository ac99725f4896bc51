package envoygateway

import (
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
)

type envoyProxy struct {
	object *object.Object
	spec   envoyProxySpec
}

// proxyConfig is what runs a Gateway's proxies: its own EnvoyProxy, its class's, or both when they are merged. What the
// controller's own configuration says beneath them (EnvoyProxyDefaultSpec) is not in Git.
type proxyConfig struct {
	gateway *gatewayapi.Gateway
	chain   []envoyProxy // most specific first
	merged  bool         // one set of proxies for all Gateways of the class
}

// proxy finds the EnvoyProxies of a Gateway. A Gateway's replaces the class's unless mergeType says otherwise; with
// mergeGateways it counts for nothing. Sources: internal/gatewayapi/contexts.go attachEnvoyProxy, envoyproxy_merge.go.
func (r *reader) proxy(g *gatewayapi.Gateway) proxyConfig {
	out := proxyConfig{gateway: g}
	var class *envoyProxy
	if o := r.Objects.Find(gatewayapi.Group, "GatewayClass", "", string(g.Spec.GatewayClassName)); o != nil && o.Text("spec.parametersRef.kind") == kindEnvoyProxy {
		class = r.parameters(o, "spec.parametersRef", o.Text("spec.parametersRef.namespace"), o.Text("spec.parametersRef.name"))
		out.merged = class != nil && class.spec.MergeGateways
	}
	if i := g.Spec.Infrastructure; i != nil && i.ParametersRef != nil && !out.merged && string(i.ParametersRef.Group) == Group && i.ParametersRef.Kind == kindEnvoyProxy {
		if own := r.parameters(g.Object, "spec.infrastructure.parametersRef", g.Object.Namespace, i.ParametersRef.Name); own != nil {
			out.chain = append(out.chain, *own)
			if own.spec.MergeType == "" || own.spec.MergeType == "Replace" {
				return out
			}
		}
	}
	if class != nil {
		out.chain = append(out.chain, *class)
	}
	if len(out.chain) == 0 {
		r.Assume(g.Object, "spec.infrastructure.parametersRef", "no EnvoyProxy is in Git; the controller's own default (EnvoyProxyDefaultSpec) adds none of the settings that weaken a gateway")
	}
	return out
}

func (r *reader) parameters(owner *object.Object, field, namespace, name string) *envoyProxy {
	id := object.ID{Group: Group, Kind: kindEnvoyProxy, Namespace: namespace, Name: name}
	r.Resolve(owner, field, id, closed)
	p, ok := r.proxies[id]
	if !ok {
		return nil
	}
	return &p
}

// first returns the most specific EnvoyProxy for which a value is set.
func first[T any](c proxyConfig, get func(envoyProxySpec) (T, bool)) (value T, from *object.Object) {
	for _, p := range c.chain {
		if v, ok := get(p.spec); ok {
			return v, p.object
		}
	}
	return value, nil
}

func service(s envoyProxySpec) proxyService {
	if s.Provider == nil || s.Provider.Kubernetes == nil || s.Provider.Kubernetes.EnvoyService == nil {
		return proxyService{}
	}
	return *s.Provider.Kubernetes.EnvoyService
}

const serviceField = "spec.provider.kubernetes.envoyService"

// annotations are those of the proxies' Service: the EnvoyProxy's over those of Gateway spec.infrastructure
// (internal/infrastructure/kubernetes/proxy/resource_provider.go Service).
func (c proxyConfig) annotations() map[string]kubernetes.Annotation {
	out := map[string]kubernetes.Annotation{}
	if i := c.gateway.Spec.Infrastructure; i != nil {
		for k, v := range i.Annotations {
			out[string(k)] = kubernetes.Annotation{Value: string(v), By: gatewayapi.RefOf(c.gateway.Object, object.Key("spec.infrastructure.annotations", string(k)))}
		}
	}
	for _, p := range slices.Backward(c.chain) {
		for k, v := range service(p.spec).Annotations {
			out[k] = kubernetes.Annotation{Value: v, By: gatewayapi.RefOf(p.object, object.Key(serviceField+".annotations", k))}
		}
	}
	return out
}

// labels select the proxies: those of the Gateway, or of the class when Gateways are merged (OwningGateway…Label in
// internal/gatewayapi/translator.go), with the fixed ones of EnvoyAppLabel in internal/infrastructure/kubernetes/proxy.
func (c proxyConfig) labels() map[string]string {
	out := map[string]string{
		"app.kubernetes.io/name": "envoy", "app.kubernetes.io/component": "proxy", "app.kubernetes.io/managed-by": "envoy-gateway",
	}
	if i := c.gateway.Spec.Infrastructure; i != nil {
		for k, v := range i.Labels {
			out[string(k)] = string(v)
		}
	}
	for _, p := range slices.Backward(c.chain) {
		if k := p.spec.Provider; k != nil && k.Kubernetes != nil && k.Kubernetes.EnvoyDeployment != nil && k.Kubernetes.EnvoyDeployment.Pod != nil {
			maps.Copy(out, k.Kubernetes.EnvoyDeployment.Pod.Labels)
		}
	}
	if c.merged {
		out["gateway.envoyproxy.io/owning-gatewayclass"] = string(c.gateway.Spec.GatewayClassName)
		return out
	}
	maps.Copy(out, proxyLabels(c.gateway.Object.Namespace, c.gateway.Object.Name))
	return out
}

// port is where the proxies listen for a listener's port.
func (c proxyConfig) port(listener int) int {
	same, _ := first(c, func(s envoyProxySpec) (bool, bool) {
		on := s.Provider != nil && s.Provider.Kubernetes != nil && s.Provider.Kubernetes.UseListenerPortAsContainerPort
		return on, on
	})
	if same {
		return listener
	}
	return containerPort(listener)
}
