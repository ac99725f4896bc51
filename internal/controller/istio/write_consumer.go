package istio

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

const (
	egressPort = 443
	callPort   = 80
)

// writeConsumer writes the egress gateway of one identity. Whoever reaches its proxies calls with the consumer's certificate, so its
// listeners take mesh certificates only and an AuthorizationPolicy names the consumer's service account.
//
// Pods call http://<serviceName>.<namespace>.svc.cluster.local with their sidecar: it speaks mutual TLS of the mesh to the egress
// gateway, with the listener's host as SNI. The full name matters: a gateway knows a host by exactly the names of its routes
// (pilot/pkg/networking/core/gateway.go, buildGatewayVirtualHostDomains).
//
// Nothing here is shared with another consumer. The destination has a host of this consumer's own, which stands for the real one:
// Istio keeps one of several ServiceEntries for a host in a namespace, and merges DestinationRules for one host
// (pilot/pkg/model/push_context.go initServiceRegistry, destination_rule.go mergeDestinationRule). And sidecars do not know that host,
// so none of them ever treats the real one differently.
func writeConsumer(cluster controller.Cluster, c controller.Consumer) ([]any, error) {
	if c.Via == "direct" {
		return kubernetes.WriteDirect(cluster, c)
	}
	if d := cluster.Controller.Distribution; d == aksAddon || d == approuting {
		return nil, fmt.Errorf("consumer %s: AKS (%s) supports no egress gateway that Istio deploys", c.Name, d)
	}
	if len(c.Destinations) == 0 {
		return nil, fmt.Errorf("consumer %s has no destination", c.Name)
	}
	if c.ServiceAccount == "" {
		return nil, fmt.Errorf("consumer %s: its serviceAccount is needed: the mesh tells it from others by that", c.Name)
	}
	credentials, err := clientCredentials(c)
	if err != nil {
		return nil, err
	}
	name := c.Name + "-egress"
	gateway := gatewayv1.GatewaySpec{GatewayClassName: gatewayClass(cluster, "")}
	for _, d := range c.Destinations {
		listener := kubernetes.EgressListener(c, d, egressPort)
		listener.TLS = &gatewayv1.ListenerTLSConfig{
			Mode:    pointer(gatewayv1.TLSModeTerminate),
			Options: map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{optionMode: modeIstioMutual},
		}
		gateway.Listeners = append(gateway.Listeners, listener)
	}
	principal := fmt.Sprintf("%s/ns/%s/sa/%s", cmp.Or(cluster.Controller.MeshTrustDomain, defaultTrustDomain), c.Namespace, c.ServiceAccount)
	at := gatewayapi.Meta{Name: name, Namespace: c.Namespace}
	objects := []any{
		gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: name, Namespace: c.Namespace, Annotations: map[string]string{annotationServiceType: "ClusterIP"}}, gateway),
		gatewayapi.Make(securityVersion, kindAuthorizationPolicy, at, authorizationPolicySpec{
			policyTarget: targetGateway(name), Action: "ALLOW",
			Rules: []authorizationRule{{From: []ruleFrom{{Source: &ruleSource{Principals: []string{principal}}}}}},
		}),
	}
	for _, d := range c.Destinations {
		objects = append(objects, destination(name, credentials[d.TrustDomain.Name].Secret, c, d)...)
	}
	return append(objects, credentialObjects(c, credentials)...), nil
}

// clientCredentials is the certificate to present to each trust domain. A DestinationRule takes the CA that it verifies with from the
// credential that it presents, so a second trust domain needs a second Secret for the same identity.
func clientCredentials(c controller.Consumer) (map[string]controller.Certificate, error) {
	out := map[string]controller.Certificate{}
	for _, d := range c.Destinations {
		td := d.TrustDomain
		if _, done := out[td.Name]; done {
			continue
		}
		certificate := c.Certificate
		if len(out) > 0 {
			if certificate.Existing || !td.Written() {
				return nil, fmt.Errorf("consumer %s calls exposures of several trust domains: with Istio that needs a certificate that gatespan may ask for twice, and the roots (bundle.pem) of %s", c.Name, td.Name)
			}
			certificate.Secret += "-" + td.Name
		}
		out[td.Name] = certificate
	}
	return out, nil
}

func credentialObjects(c controller.Consumer, credentials map[string]controller.Certificate) []any {
	var out []any
	done := map[string]bool{}
	for _, d := range c.Destinations {
		if done[d.TrustDomain.Name] {
			continue
		}
		done[d.TrustDomain.Name] = true
		certificate := credentials[d.TrustDomain.Name]
		out = appendObject(out, kubernetes.Certificate(certificate, certificate.Secret))
		if d.TrustDomain.Written() {
			out = append(out, caSecret(certificate.Secret, c.Namespace, d.TrustDomain.PEM))
		}
	}
	return out
}

// standIn is the host by which only this consumer's gateway knows a destination. The top-level domain internal is reserved for private use.
func standIn(c controller.Consumer, d controller.Destination) string {
	return fmt.Sprintf("%s.%s.%s.egress.internal", d.Exposure, c.Name, c.Namespace)
}

// portNames are those of the port that pods call, by which their sidecars tell the protocol (pkg/config/protocol/instance.go). "" is HTTP.
//
// The port of the ServiceEntry is HTTPS whatever the protocol: as HTTP or TCP, without addresses, sidecars of the namespace would take everything
// that they call on that port for it.
var portNames = map[string]string{"": "http", "HTTP": "http", "GRPC": "grpc", "TCP": "tcp"}

// destination writes one exposure as the consumer calls it. There is no field for the lowest TLS version: Istio speaks 1.2 or 1.3 to
// destinations, whatever the mesh's configuration says (pilot/pkg/networking/core/cluster_tls.go, defaultUpstreamCommonTLSContext and
// applyTLSDefaults); the provider's listener refuses 1.2.
func destination(gateway, secret string, c controller.Consumer, d controller.Destination) []any {
	host, local := standIn(c, d), serviceHost(d.ServiceName, c.Namespace)
	call := portTrafficPolicy{
		Port: &portSelector{d.Port},
		// With sni and without subjectAltNames no name would be checked (setAutoSniAndAutoSanValidation).
		TLS: &clientTLS{Mode: modeMutual, CredentialName: secret, SNI: d.Hostname, SubjectAltNames: []string{d.Hostname}},
	}
	if d.Protocol == "GRPC" { // HTTP/2, also in the handshake (cluster_traffic_policy.go shouldH2Upgrade, cluster_tls.go)
		call.ConnectionPool = map[string]any{"http": map[string]any{"h2UpgradePolicy": "UPGRADE"}}
	}
	at := gatewayapi.Meta{Name: c.Name + "-" + d.Exposure, Namespace: c.Namespace}
	to := gatewayv1.BackendObjectReference{
		Group: pointer(gatewayv1.Group(networkingGroup)), Kind: pointer(gatewayv1.Kind(kindHostname)),
		Name: gatewayv1.ObjectName(host), Port: pointer(gatewayv1.PortNumber(d.Port)),
	}
	return []any{
		kubernetes.EgressRoute(at, gateway, c, d, kubernetes.Calls(d, ""), to),
		gatewayapi.Make(networkingVersion, kindServiceEntry, at, serviceEntrySpec{
			Hosts: []string{host}, ExportTo: []string{"."}, Location: "MESH_EXTERNAL", Resolution: "DNS",
			Ports:     []servicePort{{Number: d.Port, Name: "https", Protocol: "HTTPS"}},
			Endpoints: []workloadEndpoint{{Address: d.Hostname}},
		}),
		gatewayapi.Make(networkingVersion, kindDestinationRule, at, destinationRuleSpec{
			Host: host, ExportTo: []string{"."},
			// Without it sidecars that see the host would get no TLS at all (cluster_tls.go, buildUpstreamClusterTLSContext).
			WorkloadSelector: &workloadSelector{MatchLabels: gatewayPodLabels(gateway)},
			TrafficPolicy:    &trafficPolicy{PortLevelSettings: []portTrafficPolicy{call}},
		}),
		gatewayapi.Make("v1", "Service", gatewayapi.Meta{Name: d.ServiceName, Namespace: c.Namespace}, corev1.ServiceSpec{
			Selector: gatewayPodLabels(gateway),
			Ports:    []corev1.ServicePort{{Name: portNames[d.Protocol], Port: callPort, TargetPort: intstr.FromInt32(egressPort), Protocol: corev1.ProtocolTCP}},
		}),
		// The proxies of a Gateway carry no label that tells sidecars to speak mutual TLS to them, and the listener is found by SNI.
		gatewayapi.Make(networkingVersion, kindDestinationRule, gatewayapi.Meta{Name: c.Name + "-" + d.Exposure + "-call", Namespace: c.Namespace}, destinationRuleSpec{
			Host: local, ExportTo: []string{"."},
			TrafficPolicy: &trafficPolicy{TLS: &clientTLS{Mode: modeIstioMutual, SNI: local}},
		}),
	}
}
