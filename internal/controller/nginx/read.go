package nginx

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// reader is one reading of a cluster: what Gateway API says, and the controller's own objects, decoded.
type reader struct {
	*gatewayapi.World
	proxies map[object.ID]nginxProxy
}

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(c, profile(), set), proxies: map[object.ID]nginxProxy{}}
	if len(r.Gateways) == 0 {
		return r.Posture // nothing of this controller: its other kinds have no effect
	}
	for _, o := range r.Objects.Kind(Group, kindNginxProxy) {
		var d decoded[nginxProxySpec]
		if r.CheckFields(o, &d) {
			r.proxies[o.ID()] = nginxProxy{o, d.Spec}
		}
	}
	r.harmless()
	r.Demands = r.demands
	for _, g := range r.Gateways {
		p := r.proxy(g)
		for _, l := range g.Listeners {
			e := r.Entry(l)
			r.protect(l, &e)
			r.address(p, &e)
			r.hops(p, &e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
		r.hatches(p)
	}
	return r.Posture
}

// harmless decodes the kinds that make nothing less strict, for fields that nobody knows.
func (r *reader) harmless() {
	check[snippetsFilterSpec](r, kindSnippetsFilter)
	check[nginxGatewaySpec](r, kindNginxGateway)
	check[clientSettingsPolicySpec](r, kindClientSettingsPolicy)
	check[observabilityPolicySpec](r, kindObservabilityPolicy)
	check[proxySettingsPolicySpec](r, kindProxySettingsPolicy)
	check[upstreamSettingsPolicySpec](r, kindUpstreamSettingsPolicy)
	check[rateLimitPolicySpec](r, kindRateLimitPolicy)
	check[authenticationFilterSpec](r, kindAuthenticationFilter)
	check[wafPolicySpec](r, kindWAFPolicy)
}

func check[S any](r *reader, kind string) {
	for _, o := range r.Objects.Kind(Group, kind) {
		r.CheckFields(o, &decoded[S]{})
	}
}

// olderThan reports whether the cluster's controller is known to be older than a version.
func (r *reader) olderThan(version string) bool {
	have := r.Cluster.Controller.Version
	return have != "" && controller.CompareVersions(have, version) < 0
}

func byGatewayItself[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByGateway, By: by, Why: why}
}

func unheld[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNobody, By: by, Why: why}
}

func pointer[T any](v T) *T { return &v }

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
