package envoygateway

import (
	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

const egressPort = 443

// writeConsumer writes the egress gateway of one identity: whoever reaches its proxies calls with the consumer's certificate, so
// a NetworkPolicy around them admits the consumer's pods alone. Pods call https://<serviceName>.<namespace>.svc.cluster.local.
func writeConsumer(cluster controller.Cluster, c controller.Consumer) ([]any, error) {
	if c.Via == "direct" {
		return kubernetes.WriteDirect(cluster, c)
	}
	if err := kubernetes.CheckEgress(cluster, c); err != nil {
		return nil, err
	}
	name := c.Name + "-egress"
	namespace := dataPlaneNamespace(cluster, c.Namespace)

	gateway := gatewayv1.GatewaySpec{
		GatewayClassName: gatewayv1.ObjectName(cluster.Controller.GatewayClassName),
		Infrastructure:   parametersRef(name),
	}
	for _, d := range c.Destinations {
		gateway.Listeners = append(gateway.Listeners, kubernetes.EgressListener(c, d, egressPort))
	}
	objects := []any{
		gatewayapi.Make(version, kindEnvoyProxy, gatewayapi.Meta{Name: name, Namespace: c.Namespace}, envoyProxySpec{Provider: &proxyProvider{
			Type: "Kubernetes", Kubernetes: &proxyKubernetes{EnvoyService: &proxyService{Name: name, Type: "ClusterIP"}},
		}}),
		gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: name, Namespace: c.Namespace}, gateway),
		kubernetes.EgressNetworkPolicy(name, kubernetes.GatewayPods{Namespace: namespace, Labels: proxyLabels(c.Namespace, name)}, c, containerPort(egressPort)),
	}
	for _, d := range c.Destinations {
		objects = append(objects, destination(name, namespace, c, d)...)
	}
	objects = append(objects, kubernetes.EgressCertificates(c)...)
	return append(objects, kubernetes.CABundles(c, controller.TrustDomain.Written)...), nil
}

// destination writes one exposure as the consumer calls it. Client certificate and floor are on the Backend: it outranks
// EnvoyProxy and Gateway (mergeClientTLSConfigs in internal/gatewayapi/backendtlspolicy.go).
func destination(gateway, proxies string, c controller.Consumer, d controller.Destination) []any {
	name := c.Name + "-" + d.Exposure
	client := gatewayapi.SecretReference(c.Certificate.Secret)
	backend := backendSpec{
		Endpoints: []backendEndpoint{{}},
		TLS: &backendTLSSettings{
			backendTLS:        backendTLS{tlsSettings: tlsSettings{MinVersion: d.MinTLS}, ClientCertificateRef: &client},
			CACertificateRefs: []gatewayv1.LocalObjectReference{{Kind: "ConfigMap", Name: gatewayv1.ObjectName(kubernetes.BundleName(c, d.TrustDomain))}},
			SNI:               d.Hostname,
		},
	}
	backend.Endpoints[0].FQDN = &struct {
		Hostname string `json:"hostname"`
		Port     int    `json:"port"`
	}{d.Hostname, d.Port}

	to := gatewayv1.BackendObjectReference{
		Group: pointer(gatewayv1.Group(Group)), Kind: pointer(gatewayv1.Kind(kindBackend)), Name: gatewayv1.ObjectName(name),
	}
	return []any{
		gatewayapi.Make(version, kindClientTrafficPolicy, gatewayapi.Meta{Name: name, Namespace: c.Namespace}, clientTrafficPolicySpec{
			policyTargets: targetListener(gateway, controller.Listener{Name: d.Exposure}),
			TLS:           &clientTLS{tlsSettings: tlsSettings{MinVersion: "1.3", MaxVersion: "1.3"}},
		}),
		// Envoy ends requests after 15 s where nothing else is said (internal/xds/translator/route.go); 0s is no end.
		kubernetes.EgressRoute(gatewayapi.Meta{Name: name, Namespace: c.Namespace}, gateway, c, d, kubernetes.Calls(d, "0s"), to),
		gatewayapi.Make(version, kindBackend, gatewayapi.Meta{Name: name, Namespace: c.Namespace}, backend),
		gatewayapi.Make("v1", "Service", gatewayapi.Meta{Name: d.ServiceName, Namespace: c.Namespace}, corev1.ServiceSpec{
			Type: corev1.ServiceTypeExternalName, ExternalName: gateway + "." + proxies + ".svc.cluster.local",
		}),
	}
}

// containerPort is where the proxies listen for a listener's port: a privileged one is shifted so that they need no capability.
// Source: servicePortToContainerPort in internal/gatewayapi/listener.go, wellKnownPortShift in translator.go.
func containerPort(port int) int {
	if port < 1024 {
		return port + 10000
	}
	return port
}
