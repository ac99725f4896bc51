package kubernetes

import (
	"fmt"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
)

// HasEngine reports whether a cluster names something that enforces NetworkPolicies.
func HasEngine(c controller.Cluster) bool {
	return c.NetworkPolicyEngine != "" && c.NetworkPolicyEngine != "none"
}

// LocalName is what a consumer's pods call: the Service's full name, so that it is the SNI too.
func LocalName(c controller.Consumer, d controller.Destination) string {
	return d.ServiceName + "." + c.Namespace + ".svc.cluster.local"
}

// EgressNetworkPolicy admits a consumer's pods to the port that the proxies of its egress gateway listen on, and nobody else to anything.
func EgressNetworkPolicy(name string, proxies GatewayPods, c controller.Consumer, port int) any {
	return ingressPolicy(name, proxies.Namespace, proxies.Labels, networkingv1.NetworkPolicyPeer{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{nameLabel: c.Namespace}},
		PodSelector:       &metav1.LabelSelector{MatchLabels: c.Pods},
	}, port)
}

// BundleName is the ConfigMap with the roots that a consumer's egress gateway pins: one of its own, or the one that the fleet says is made.
func BundleName(c controller.Consumer, td controller.TrustDomain) string {
	if !td.Written() {
		return td.ConfigMap
	}
	return OwnBundleName(c, td)
}

// OwnBundleName is the ConfigMap that a consumer's overlay has for a trust domain's roots.
func OwnBundleName(c controller.Consumer, td controller.TrustDomain) string {
	return c.Name + "-" + td.Name + "-ca"
}

// CABundles are a consumer's own ConfigMaps with roots, one for each trust domain that is written so.
func CABundles(c controller.Consumer, written func(controller.TrustDomain) bool) []any {
	var out []any
	have := map[string]bool{}
	for _, d := range c.Destinations {
		if td := d.TrustDomain; written(td) && !have[td.Name] {
			have[td.Name] = true
			out = append(out, CABundle(OwnBundleName(c, td), c.Namespace, td.PEM))
		}
	}
	return out
}

// Untimed are the rules without timeouts, for a controller that ignores those: the provider bounds its requests.
func Untimed(rules []controller.HTTPRule) []controller.HTTPRule {
	var out []controller.HTTPRule
	for _, rule := range rules {
		out = append(out, controller.HTTPRule{Matches: rule.Matches})
	}
	return out
}

// CheckEgress refuses an egress gateway that nothing would close, or that leads nowhere.
func CheckEgress(cluster controller.Cluster, c controller.Consumer) error {
	if !HasEngine(cluster) {
		return fmt.Errorf("consumer %s: nothing would close its egress gateway, because cluster %s names no networkPolicyEngine", c.Name, cluster.Name)
	}
	if len(c.Destinations) == 0 {
		return fmt.Errorf("consumer %s has no destination", c.Name)
	}
	return nil
}

// EgressListener is the listener by which a consumer's pods call one exposure, with TLS.
func EgressListener(c controller.Consumer, d controller.Destination, port gatewayv1.PortNumber) gatewayv1.Listener {
	hostname := gatewayv1.Hostname(LocalName(c, d))
	out := gatewayv1.Listener{
		Name:          gatewayv1.SectionName(d.Exposure),
		Hostname:      &hostname,
		Port:          port,
		Protocol:      gatewayv1.HTTPSProtocolType,
		TLS:           gatewayapi.Terminate(c.ServerCertificate.Secret),
		AllowedRoutes: gatewayapi.SameNamespace("HTTPRoute"),
	}
	if d.Protocol == "TCP" {
		out.Protocol, out.AllowedRoutes = gatewayv1.TLSProtocolType, gatewayapi.SameNamespace("TLSRoute")
	}
	return out
}

// EgressRoute leads a listener of a consumer's egress gateway to a destination: an HTTPRoute that makes the host that pods call the exposure's,
// or, for bytes, a TLSRoute by the name of the handshake that ends at the listener.
func EgressRoute(at gatewayapi.Meta, gateway string, c controller.Consumer, d controller.Destination, rules []controller.HTTPRule, to gatewayv1.BackendObjectReference) any {
	common := gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{gatewayapi.ParentListener(gateway, d.Exposure)}}
	hostnames, backends := []gatewayv1.Hostname{gatewayv1.Hostname(LocalName(c, d))}, []gatewayv1.BackendRef{{BackendObjectReference: to}}
	if d.Protocol == "TCP" {
		return gatewayapi.Make(gatewayapi.Version, "TLSRoute", at, gatewayv1.TLSRouteSpec{
			CommonRouteSpec: common, Hostnames: hostnames, Rules: []gatewayv1.TLSRouteRule{{BackendRefs: backends}},
		})
	}
	hostname := gatewayv1.PreciseHostname(d.Hostname)
	return gatewayapi.Make(gatewayapi.Version, "HTTPRoute", at, gatewayv1.HTTPRouteSpec{
		CommonRouteSpec: common, Hostnames: hostnames, Rules: gatewayapi.HTTPRules(rules, backends, []gatewayv1.HTTPRouteFilter{{
			Type: gatewayv1.HTTPRouteFilterURLRewrite, URLRewrite: &gatewayv1.HTTPURLRewriteFilter{Hostname: &hostname},
		}}),
	})
}

// Calls are the rules of a destination as those of an HTTPRoute. gRPC is HTTP/2 whose path is /<service>/<method> (grpc/grpc
// doc/PROTOCOL-HTTP2.md), and an egress gateway hands it on by an HTTPRoute, because no filter of a GRPCRoute changes the host (Gateway API
// apis/v1/grpcroute_types.go GRPCRouteFilterType). Calls may be streams, so timeout, for a controller that has one by default, is theirs.
func Calls(d controller.Destination, timeout string) []controller.HTTPRule {
	if d.Protocol != "GRPC" {
		return d.HTTP
	}
	rules := d.GRPC
	if len(rules) == 0 {
		rules = []controller.GRPCRule{{}}
	}
	var out []controller.HTTPRule
	for _, rule := range rules {
		calls := controller.HTTPRule{Request: timeout}
		for _, m := range rule.Matches {
			match := controller.HTTPMatch{PathType: "PathPrefix", Path: "/" + m.Service, Headers: m.Headers}
			if m.Method != "" {
				match.PathType, match.Path = "Exact", match.Path+"/"+m.Method
			}
			calls.Matches = append(calls.Matches, match)
		}
		if len(calls.Matches) == 0 {
			calls.Matches = []controller.HTTPMatch{{PathType: "PathPrefix", Path: "/"}}
		}
		out = append(out, calls)
	}
	return out
}

// EgressCertificates are the objects that make a consumer's client certificate and the one of its egress gateway; none where they exist.
func EgressCertificates(c controller.Consumer) []any {
	var out []any
	for _, certificate := range []controller.Certificate{c.Certificate, c.ServerCertificate} {
		if o := Certificate(certificate, certificate.Secret); o != nil {
			out = append(out, o)
		}
	}
	return out
}
