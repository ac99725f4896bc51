package envoygateway

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// address fills in where a listener can be reached from, and takes back what a load balancer in front of it undoes.
func (r *reader) address(l *gatewayapi.Listener, p proxyConfig, e *posture.Entry) {
	b := r.loadBalancer(p)
	e.SourceCIDRs.Why = "neither loadBalancerSourceRanges nor a SecurityPolicy restricts source addresses"
	if len(p.chain) > 0 {
		e.SourceCIDRs.By = gatewayapi.Nearest(p.chain[0].object, serviceField+".loadBalancerSourceRanges")
	}
	if cidrs, by, ok := r.authorized(l, e); ok {
		trusted, why := r.sourceKept(l, b)
		e.SourceCIDRs = posture.Setting[posture.SourceCIDRs]{
			Value: posture.SourceCIDRs{CIDRs: cidrs, Trusted: trusted}, Enforcer: posture.ByGateway, By: by, Why: "a SecurityPolicy admits these sources alone, " + why,
		}
	}
	b.Apply(e)
	if p.merged {
		e.Scheme.Why += "; all Gateways of class " + string(p.gateway.Spec.GatewayClassName) + " share its proxies"
	}
}

// loadBalancer is the Service that the controller makes for the proxies: a load balancer that keeps the client's address unless the
// EnvoyProxy says otherwise (DefaultKubernetesServiceType and DefaultKubernetesServiceExternalTrafficPolicy in
// api/v1alpha1/kubernetes_helpers.go).
func (r *reader) loadBalancer(p proxyConfig) kubernetes.LoadBalancer {
	out := kubernetes.LoadBalancer{
		Cloud: r.Cluster.Cloud, Type: "LoadBalancer", TrafficPolicy: "Local", Annotations: p.annotations(), By: gatewayapi.Nearest(p.gateway.Object, "spec.infrastructure"),
	}
	if kind, from := first(p, func(s envoyProxySpec) (string, bool) { t := service(s).Type; return t, t != "" }); from != nil {
		out.Type, out.By = kind, gatewayapi.Nearest(from, serviceField+".type")
		if !slices.Contains([]string{"ClusterIP", "NodePort", "LoadBalancer"}, kind) {
			r.Unknown(from, "value", serviceField+".type", fmt.Sprintf("%q is no type of Service that Envoy Gateway makes", kind))
		}
	}
	if class, from := first(p, func(s envoyProxySpec) (string, bool) { c := service(s).LoadBalancerClass; return c, c != "" }); from != nil {
		out.Class, out.ClassBy = class, gatewayapi.Nearest(from, serviceField+".loadBalancerClass")
	}
	if policy, from := first(p, func(s envoyProxySpec) (string, bool) { v := service(s).ExternalTrafficPolicy; return v, v != "" }); from != nil {
		out.TrafficPolicy = policy
	}
	ranges, from := first(p, func(s envoyProxySpec) ([]string, bool) {
		v := service(s).LoadBalancerSourceRanges
		return v, len(v) > 0
	})
	if from != nil {
		out.SourceRanges, out.SourceRangesBy = ranges, gatewayapi.RefOf(from, serviceField+".loadBalancerSourceRanges")
	}
	return out
}

// sourceKept reports whether the proxies compare the client's own address.
func (r *reader) sourceKept(l *gatewayapi.Listener, b kubernetes.LoadBalancer) (bool, string) {
	policies, _ := attached(r, r.clientPolicies, l)
	for _, c := range policies {
		if detection, ok := c.spec.ClientIPDetection.(map[string]any); ok && (detection["xForwardedFor"] != nil || detection["customHeader"] != nil) {
			return false, "but clientIPDetection takes the address from a header that clients can send"
		}
		if c.spec.ProxyProtocol != nil || c.spec.EnableProxyProtocol != nil {
			if b.ProxyProtocol() {
				return true, "and the load balancer tells the proxies the client's own"
			}
			return false, "but the proxies believe the PROXY protocol of whoever connects"
		}
	}
	return b.SourceKept()
}

// authorized are the sources that a SecurityPolicy of the listener admits: it denies by default, and every rule that allows
// names clientCIDRs. A policy of a route replaces it for that route (internal/gatewayapi/securitypolicy.go), so then nothing is claimed.
func (r *reader) authorized(l *gatewayapi.Listener, e *posture.Entry) (cidrs []string, by posture.Ref, ok bool) {
	winners, _ := attached(r, r.securityPolicies, l)
	if len(winners) != 1 || l.Spec.Protocol != gatewayv1.HTTPSProtocolType && l.Spec.Protocol != gatewayv1.HTTPProtocolType {
		return nil, by, false // TLSRoutes are not covered
	}
	for _, route := range e.Routes {
		for _, p := range r.securityPolicies {
			if r.targetsRoute(p.object, p.targets, route.Ref) {
				return nil, by, false
			}
		}
	}
	p := winners[0]
	a := p.spec.Authorization
	if a == nil || a.DefaultAction != "" && a.DefaultAction != "Deny" {
		return nil, by, false
	}
	cidrs = []string{}
	for _, rule := range a.Rules {
		if rule.Action == "Deny" {
			continue
		}
		if rule.Principal == nil || len(rule.Principal.ClientCIDRs) == 0 {
			return nil, by, false
		}
		cidrs = append(cidrs, rule.Principal.ClientCIDRs...)
	}
	slices.Sort(cidrs)
	return slices.Compact(cidrs), gatewayapi.Nearest(p.object, "spec.authorization.rules"), true
}

// onlySources are the sources that an authorization admits when it asks nothing else: it denies by default, and each rule allows sources.
func onlySources(a *authorization) ([]string, bool) {
	if a.DefaultAction != "" && a.DefaultAction != "Deny" {
		return nil, false
	}
	var cidrs []string
	for _, rule := range a.Rules {
		p := rule.Principal
		if rule.Action != "Allow" || rule.Operation != nil || rule.CEL != nil || p == nil || p.JWT != nil || p.Headers != nil || p.ClientIPGeoLocations != nil {
			return nil, false
		}
		cidrs = append(cidrs, p.ClientCIDRs...)
	}
	slices.Sort(cidrs)
	return slices.Compact(cidrs), len(cidrs) > 0
}

// targetsRoute reports whether a policy targets a route; by a selector when it could.
func (r *reader) targetsRoute(o *object.Object, t policyTargets, route posture.Ref) bool {
	for _, ref := range t.references() {
		if string(ref.Kind) == route.Kind && string(ref.Name) == route.Name && o.Namespace == route.Namespace {
			return true
		}
	}
	target := r.Objects.Find(gatewayapi.Group, route.Kind, route.Namespace, route.Name)
	for i, s := range t.TargetSelectors {
		if target != nil && s.Kind == route.Kind && r.selects(o, i, s, target) {
			return true
		}
	}
	return false
}
