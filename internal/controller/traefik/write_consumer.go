package traefik

import (
	"cmp"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// callPort is where pods call the egress gateway; its listener has the port of an entryPoint, which the Service leads to.
const callPort = 443

// writeConsumer writes the egress gateway of the one identity of an installation: whoever reaches its proxies calls with the consumer's
// certificate, so a NetworkPolicy around all of them admits the consumer's pods alone. Pods call
// https://<serviceName>.<namespace>.svc.cluster.local, by a Service of gatespan's own beside the proxies.
func writeConsumer(cluster controller.Cluster, c controller.Consumer) ([]any, error) {
	if c.Via == "direct" {
		return kubernetes.WriteDirect(cluster, c)
	}
	if err := kubernetes.CheckEgress(cluster, c); err != nil {
		return nil, err
	}
	proxies := kubernetes.GatewayPods{Namespace: cluster.Controller.DataPlaneNamespace, Labels: cluster.Controller.DataPlanePods}
	if proxies.Namespace == "" || len(proxies.Labels) == 0 {
		return nil, fmt.Errorf("consumer %s: cluster %s names no dataPlaneNamespace and dataPlanePods, so nothing would close its egress gateway", c.Name, cluster.Name)
	}
	at := gatewayapi.Meta{Name: c.Name + "-egress", Namespace: c.Namespace}
	gateway := gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(cmp.Or(cluster.Controller.GatewayClassName, className))}
	for _, d := range c.Destinations {
		if d.Protocol == "TCP" {
			return nil, fmt.Errorf("consumer %s: an egress gateway of Traefik carries HTTP and gRPC only, and exposure %s is %s", c.Name, d.Exposure, d.Protocol)
		}
		if d.TrustDomain.PEM == "" {
			return nil, fmt.Errorf("consumer %s: the fleet holds no roots of trust domain %s, and without them Traefik trusts the system's", c.Name, d.TrustDomain.Name)
		}
		gateway.Listeners = append(gateway.Listeners, kubernetes.EgressListener(c, d, gatewayv1.PortNumber(c.EgressPort)))
	}
	objects := []any{
		gatewayapi.Make(gatewayapi.Version, "Gateway", at, gateway),
		gatewayapi.Make(version, kindTLSOption, gatewayapi.Meta{Name: defaultOption, Namespace: c.Namespace}, tlsOptionSpec{MinVersion: "VersionTLS13", SNIStrict: true}),
		kubernetes.EgressNetworkPolicy(at.Name, proxies, c, c.EgressPort),
		gatewayapi.Make("v1", "Service", gatewayapi.Meta{Name: at.Name, Namespace: proxies.Namespace}, corev1.ServiceSpec{
			Type: corev1.ServiceTypeClusterIP, Selector: maps.Clone(proxies.Labels), Ports: []corev1.ServicePort{{
				Name: "https", Port: callPort, TargetPort: intstr.FromInt32(int32(c.EgressPort)),
			}},
		}),
	}
	for _, d := range c.Destinations {
		objects = append(objects, destination(at.Name, proxies.Namespace, c, d)...)
	}
	objects = append(objects, kubernetes.EgressCertificates(c)...)
	// Also where trust-manager makes a bundle: a missing one fails open.
	return append(objects, kubernetes.CABundles(c, func(controller.TrustDomain) bool { return true })...), nil
}

// destination writes one exposure as the consumer calls it: the route from its listener to a TraefikService of its own namespace, whose one
// Service is an alias of the exposure's hostname, the ServersTransport of the call, and the Service that pods call.
func destination(gateway, proxies string, c controller.Consumer, d controller.Destination) []any {
	at := gatewayapi.Meta{Name: c.Name + "-" + d.Exposure, Namespace: c.Namespace}
	to := gatewayv1.BackendObjectReference{
		Group: pointer(gatewayv1.Group(Group)), Kind: pointer(gatewayv1.Kind(kindTraefikService)), Name: gatewayv1.ObjectName(at.Name),
	}
	return []any{
		kubernetes.EgressRoute(at, gateway, c, d, kubernetes.Untimed(kubernetes.Calls(d, "")), to),
		gatewayapi.Make(version, kindTraefikService, at, traefikServiceSpec{Weighted: &serviceList{Services: []serviceRef{{
			Name: at.Name, Port: d.Port, Scheme: "https", ServersTransport: at.Name,
		}}}}),
		gatewayapi.Make("v1", "Service", at, corev1.ServiceSpec{
			Type: corev1.ServiceTypeExternalName, ExternalName: d.Hostname, Ports: []corev1.ServicePort{{
				Name: "https", Port: int32(d.Port), TargetPort: intstr.FromInt32(int32(d.Port)),
			}},
		}),
		gatewayapi.Make(version, kindServersTransport, at, serversTransportSpec{
			ServerName:          d.Hostname,
			RootCAs:             []rootCA{{ConfigMap: pointer(kubernetes.OwnBundleName(c, d.TrustDomain))}},
			CertificatesSecrets: []string{c.Certificate.Secret},
			CipherSuites:        tls13Suites[:],
		}),
		gatewayapi.Make("v1", "Service", gatewayapi.Meta{Name: d.ServiceName, Namespace: c.Namespace}, corev1.ServiceSpec{
			Type: corev1.ServiceTypeExternalName, ExternalName: gateway + "." + proxies + ".svc.cluster.local",
		}),
	}
}

func pointer[T any](v T) *T { return &v }

// claims are what Traefik calls the TraefikServices of an egress gateway, and the Services in them, whose port it puts after the name: without
// safeNaming, which Git does not always show, an exposure named x-443 would be the Service of one named x (codeCRD fullServiceName).
func claims(_ controller.Cluster, intent any) []controller.Claim {
	c, ok := intent.(controller.Consumer)
	if !ok || c.Via == "direct" {
		return nil
	}
	var out []controller.Claim
	for _, d := range c.Destinations {
		name := c.Name + "-" + d.Exposure
		out = append(out,
			controller.Claim{What: "Traefik's name " + flattened(c.Namespace, name), Why: "that of TraefikService " + name, Exposure: d.Exposure},
			controller.Claim{What: fmt.Sprintf("Traefik's name %s", flattened(c.Namespace, fmt.Sprintf("%s-%d", name, d.Port))), Why: fmt.Sprintf("that of port %d of Service %s", d.Port, name), Exposure: d.Exposure},
		)
	}
	return out
}
