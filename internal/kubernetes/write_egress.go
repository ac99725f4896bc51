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
	return gatewayv1.Listener{
		Name:          gatewayv1.SectionName(d.Exposure),
		Hostname:      &hostname,
		Port:          port,
		Protocol:      gatewayv1.HTTPSProtocolType,
		TLS:           gatewayapi.Terminate(c.ServerCertificate.Secret),
		AllowedRoutes: gatewayapi.SameNamespace("HTTPRoute"),
	}
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
