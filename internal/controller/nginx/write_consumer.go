package nginx

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// egressPort is the listeners' own port, on which the proxies listen too.
const egressPort = 443

// clusterDNS is the Service of the cluster's DNS on EKS and AKS, which nginx asks for the addresses of ExternalName Services.
const clusterDNS = "kube-dns.kube-system.svc.cluster.local"

// writeConsumer writes the egress gateway of one identity: whoever reaches its proxies calls with the consumer's certificate, so a
// NetworkPolicy around them admits the consumer's pods alone. Pods call https://<serviceName>.<namespace>.svc.cluster.local.
func writeConsumer(cluster controller.Cluster, c controller.Consumer) ([]any, error) {
	if c.Via == "direct" {
		return kubernetes.WriteDirect(cluster, c)
	}
	if err := kubernetes.CheckEgress(cluster, c); err != nil {
		return nil, err
	}
	name := c.Name + "-egress"
	proxies, err := resourceName(name, class(cluster, ""))
	if err != nil {
		return nil, err
	}
	client := gatewayapi.SecretReference(c.Certificate.Secret)
	gateway := gatewayv1.GatewaySpec{
		GatewayClassName: gatewayv1.ObjectName(class(cluster, "")),
		Infrastructure:   parametersRef(name),
		TLS:              &gatewayv1.GatewayTLSConfig{Backend: &gatewayv1.GatewayBackendTLS{ClientCertificateRef: &client}},
	}
	for _, d := range c.Destinations {
		listener := kubernetes.EgressListener(c, d, egressPort)
		listener.TLS.Options = floor()
		gateway.Listeners = append(gateway.Listeners, listener)
	}
	at := gatewayapi.Meta{Name: name, Namespace: c.Namespace}
	objects := []any{
		gatewayapi.Make(proxyVersion, kindNginxProxy, at, nginxProxySpec{
			DisableSNIHostValidation: pointer(false),
			Kubernetes:               &proxyKubernetes{Service: &proxyService{Type: "ClusterIP"}},
			DNSResolver:              &dnsResolver{Addresses: []resolverAddress{{Type: "Hostname", Value: clusterDNS}}},
		}),
		gatewayapi.Make(gatewayapi.Version, "Gateway", at, gateway),
		kubernetes.EgressNetworkPolicy(name, kubernetes.GatewayPods{Namespace: c.Namespace, Labels: proxyLabels(name)}, c, egressPort),
	}
	for _, d := range c.Destinations {
		objects = append(objects, destination(name, proxies, c, d)...)
	}
	objects = append(objects, kubernetes.EgressCertificates(c)...)
	return append(objects, kubernetes.CABundles(c, controller.TrustDomain.Written)...), nil
}

// destination writes one exposure as the consumer calls it: the route from its listener to an ExternalName Service with the exposure's
// hostname, whose BackendTLSPolicy pins CA and name, and the Service that pods call, which stands for the proxies' own. Timeouts are ignored
// (state/graph/httproute.go checkForUnsupportedHTTPFields).
func destination(gateway, proxies string, c controller.Consumer, d controller.Destination) []any {
	at := gatewayapi.Meta{Name: c.Name + "-" + d.Exposure, Namespace: c.Namespace}
	to := gatewayv1.BackendObjectReference{
		Group: pointer(gatewayv1.Group("")), Kind: pointer(gatewayv1.Kind("Service")), Name: gatewayv1.ObjectName(at.Name),
		Port: pointer(gatewayv1.PortNumber(d.Port)),
	}
	return []any{
		kubernetes.EgressRoute(at, gateway, c, d, kubernetes.Untimed(d.HTTP), to),
		gatewayapi.Make("v1", "Service", at, corev1.ServiceSpec{
			Type: corev1.ServiceTypeExternalName, ExternalName: d.Hostname, Ports: []corev1.ServicePort{{
				Name: "https", Port: int32(d.Port), TargetPort: intstr.FromInt32(int32(d.Port)),
			}},
		}),
		gatewayapi.Make(gatewayapi.Version, "BackendTLSPolicy", at, gatewayv1.BackendTLSPolicySpec{
			TargetRefs: []gatewayv1.LocalPolicyTargetReferenceWithSectionName{{
				LocalPolicyTargetReference: gatewayv1.LocalPolicyTargetReference{Kind: "Service", Name: gatewayv1.ObjectName(at.Name)},
			}},
			Validation: gatewayv1.BackendTLSPolicyValidation{
				Hostname:          gatewayv1.PreciseHostname(d.Hostname),
				CACertificateRefs: []gatewayv1.LocalObjectReference{{Kind: "ConfigMap", Name: gatewayv1.ObjectName(kubernetes.BundleName(c, d.TrustDomain))}},
			},
		}),
		gatewayapi.Make("v1", "Service", gatewayapi.Meta{Name: d.ServiceName, Namespace: c.Namespace}, corev1.ServiceSpec{
			Type: corev1.ServiceTypeExternalName, ExternalName: proxies + "." + c.Namespace + ".svc.cluster.local",
		}),
	}
}
