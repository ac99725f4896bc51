package envoygateway

import (
	"cmp"
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeGateway writes the Gateway, what protects each of its listeners, and what they refer to. Every listener has exactly one
// ClientTrafficPolicy of its own: policies are never merged, and of two on one target the older wins, which nobody sees in Git.
func writeGateway(cluster controller.Cluster, g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	ca := g.TrustDomain.ConfigMap
	if g.TrustDomain.Written() {
		ca = g.Name + "-client-ca"
	}
	spec := gatewayv1.GatewaySpec{
		GatewayClassName: gatewayv1.ObjectName(cmp.Or(g.ClassName, cluster.Controller.GatewayClassName)),
		Infrastructure:   parametersRef(g.Name),
	}
	terminates := false
	sets := gatewayapi.Listen(&spec, g, func(l controller.Listener) gatewayv1.Listener {
		terminates = terminates || l.Mode != gatewayapi.Passthrough
		return gatewayapi.ProviderListener(g.Port, l)
	})
	if terminates && frontendServed(cluster) {
		// The second belt: a ClientTrafficPolicy that loses its target still leaves client certificates required. spec.tls.backend is
		// never set: it would switch off the floor in EnvoyProxy spec.backendTLS (internal/gatewayapi/contexts.go).
		spec.TLS = gatewayapi.FrontendTLS(ca)
	}
	objects := []any{
		gatewayapi.Make(version, kindEnvoyProxy, gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, providerProxy(cluster, g)),
		gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, spec),
	}
	objects = append(objects, sets...)
	for _, l := range g.Listeners {
		if l.Mode == gatewayapi.Passthrough {
			continue // the pods terminate TLS: there is nothing that a policy could set
		}
		objects = append(objects, gatewayapi.Make(
			version, kindClientTrafficPolicy, gatewayapi.Meta{Name: g.Name + "-" + l.Name, Namespace: g.Namespace}, listenerPolicy(g.Name, l, ca),
		))
		if l.JWT != nil {
			objects = append(objects, tokenPolicy(g, l))
		}
	}
	for _, l := range g.Listeners {
		objects = appendObject(objects, kubernetes.Certificate(l.Certificate, l.Certificate.Secret))
	}
	if g.TrustDomain.Written() {
		objects = append(objects, kubernetes.CABundle(ca, g.Namespace, g.TrustDomain.PEM))
	}
	if g.Observability.Metrics {
		proxies := kubernetes.GatewayPods{Namespace: dataPlaneNamespace(cluster, g.Namespace), Labels: proxyLabels(g.Namespace, g.Name)}
		objects = append(objects, kubernetes.PodMonitor(g, proxies, "metrics", "/stats/prometheus"))
	}
	if g.Observability.Alerts {
		objects = append(objects, kubernetes.EnvoyAlerts(g))
	}
	return objects, nil
}

func parametersRef(name string) *gatewayv1.GatewayInfrastructure {
	return &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{
		Group: Group, Kind: kindEnvoyProxy, Name: name,
	}}
}

// frontendServed reports whether spec.tls.frontend would reach the controller and be read: the field is in the standard CRDs
// from Gateway API 1.5 (CHANGELOG/1.5-CHANGELOG.md) and implemented from Envoy Gateway 1.8 (release-notes/v1.8.0.yaml).
func frontendServed(c controller.Cluster) bool {
	return c.ServesGatewayAPI("1.5") &&
		(c.Controller.Version == "" || controller.CompareVersions(c.Controller.Version, "1.8") >= 0)
}

// targetListener attaches a policy to one listener of a Gateway of its namespace, or of a ListenerSet: a section that only a ListenerSet has
// is not the Gateway's (target.go reaches).
func targetListener(gateway string, l controller.Listener) policyTargets {
	kind, name := "Gateway", gateway
	if l.Set != "" {
		kind, name = "ListenerSet", l.Set
	}
	return policyTargets{TargetRefs: []gatewayv1.LocalPolicyTargetReferenceWithSectionName{{
		LocalPolicyTargetReference: gatewayv1.LocalPolicyTargetReference{
			Group: gatewayapi.Group, Kind: gatewayv1.Kind(kind), Name: gatewayv1.ObjectName(name),
		},
		SectionName: pointer(gatewayv1.SectionName(l.Name)),
	}}}
}

// listenerPolicy requires and verifies client certificates and TLS 1.3. The CA reference names its kind: without it
// Envoy Gateway looks for a Secret (SecretObjectReference).
func listenerPolicy(gateway string, l controller.Listener, configMap string) clientTrafficPolicySpec {
	validation := &clientValidation{
		Mode: "RequireAndVerify",
		CACertificateRefs: []gatewayv1.SecretObjectReference{{
			Group: pointer(gatewayv1.Group("")), Kind: pointer(gatewayv1.Kind("ConfigMap")), Name: gatewayv1.ObjectName(configMap),
		}},
	}
	if l.PinIdentities {
		validation.SubjectAltNames = &subjectAltNames{}
		for _, id := range l.Identities {
			if id.URI != "" {
				validation.SubjectAltNames.URIs = append(validation.SubjectAltNames.URIs, stringMatch{"Exact", id.URI})
			}
			if id.DNS != "" {
				validation.SubjectAltNames.DNSNames = append(validation.SubjectAltNames.DNSNames, stringMatch{"Exact", id.DNS})
			}
		}
	}
	spec := clientTrafficPolicySpec{
		policyTargets: targetListener(gateway, l),
		TLS:           &clientTLS{tlsSettings: tlsSettings{MinVersion: l.MinTLS, MaxVersion: "1.3"}, ClientValidation: validation},
		Headers:       &headerSettings{},
	}
	xfcc := struct {
		Mode             string   `json:"mode,omitempty"`
		CertDetailsToAdd []string `json:"certDetailsToAdd,omitempty"`
	}{"SanitizeSet", []string{"URI", "DNS"}}
	spec.Headers.XForwardedClientCert = &xfcc
	return spec
}

// providerProxy makes the load balancer of the cloud, and the floor towards the pods.
func providerProxy(cluster controller.Cluster, g controller.Gateway) envoyProxySpec {
	service := &proxyService{
		Type:                     "LoadBalancer",
		LoadBalancerClass:        kubernetes.LoadBalancerClass(cluster.Cloud),
		Annotations:              kubernetes.LoadBalancerAnnotations(cluster.Cloud, g, kubernetes.HealthProbe{}),
		ExternalTrafficPolicy:    "Local", // the proxies see the client's address
		LoadBalancerSourceRanges: kubernetes.SourceRanges(g.Listeners),
	}
	provider := &proxyKubernetes{EnvoyService: service}
	if g.Replicas > 0 {
		provider.EnvoyDeployment = &proxyWorkload{Replicas: g.Replicas}
	}
	spec := envoyProxySpec{
		Provider:   &proxyProvider{Type: "Kubernetes", Kubernetes: provider},
		BackendTLS: &backendTLS{tlsSettings: tlsSettings{MinVersion: "1.3"}},
	}
	if g.Observability.AccessLogs {
		// The controller's default too, unless its own EnvoyProxyDefaultSpec says otherwise (internal/xds/translator/accesslog.go).
		stdout := map[string]any{"sinks": []any{map[string]any{"type": "File", "file": map[string]any{"path": "/dev/stdout"}}}}
		spec.Telemetry = map[string]any{"accessLog": map[string]any{"settings": []any{stdout}}}
	}
	return spec
}

func appendObject(objects []any, o any) []any {
	if o == nil {
		return objects
	}
	return append(objects, o)
}

func pointer[T any](v T) *T { return &v }

// claims are the Services that the controller makes of an EnvoyProxy's envoyService.name; others have a hash in theirs
// (internal/infrastructure/kubernetes/proxy/resource_provider.go Service).
func claims(cluster controller.Cluster, intent any) []controller.Claim {
	c, ok := intent.(controller.Consumer)
	if !ok || c.Via == "direct" {
		return nil
	}
	name := c.Name + "-egress"
	return []controller.Claim{controller.ProxyService("Envoy Gateway", dataPlaneNamespace(cluster, c.Namespace), name, name)}
}
