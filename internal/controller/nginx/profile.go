package nginx

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// Group is the API group of the controller's own kinds (apis/v1alpha1/register.go).
const Group = "gateway.nginx.org"

// className is the GatewayClass that the Helm chart makes (charts/nginx-gateway-fabric/values.yaml, nginxGateway.gatewayClassName); an
// installation serves one class.
const className = "nginx"

// profile is what NGINX Gateway Fabric can enforce. Sources are as in the package's comment.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "nginx",
		Title:           "NGINX Gateway Fabric",
		Claims:          claims,
		ControllerNames: []string{"gateway.nginx.org/nginx-gateway-controller"}, // charts/nginx-gateway-fabric/values.yaml
		Classes:         []string{className},
		// config/crd/bases; ExternalLoadBalancer and PayloadProcessor from 2.7. AccessPolicy is documented, and in neither: it stays unknown.
		Parameters: []string{kindNginxGateway, kindNginxProxy},
		Policies:   []string{kindAuthenticationFilter, kindClientSettingsPolicy, kindObservabilityPolicy, kindProxySettingsPolicy, kindRateLimitPolicy, kindUpstreamSettingsPolicy, kindWAFPolicy},
		Kinds: map[string][]string{Group: {
			kindAuthenticationFilter, kindClientSettingsPolicy, kindExternalLoadBalancer, kindNginxGateway, kindNginxProxy, kindObservabilityPolicy,
			kindPayloadProcessor, kindProxySettingsPolicy, kindRateLimitPolicy, kindSnippetsFilter, kindSnippetsPolicy, kindUpstreamSettingsPolicy, kindWAFPolicy,
		}},
		APIVersions: map[string][]string{Group: {"v1alpha1", "v1alpha2"}},
		// charts/nginx-gateway-fabric/Chart.yaml: version and appVersion are alike; values.yaml nginxGateway.image
		Charts:   []string{"nginx-gateway-fabric"},
		Images:   []string{"nginx/nginx-gateway-fabric"},
		Versions: versions(),
		Vulnerabilities: []controller.Vulnerability{
			{
				ID: "CVE-2026-11311", Affected: []controller.Affected{{From: "2.0", Fixed: "2.6.4"}}, Undermines: true,
				What:   "whoever may write an AuthenticationFilter or a NginxProxy writes any directive into nginx's configuration",
				Source: "CHANGELOG.md, release 2.6.4",
			},
			{
				ID: "CVE-2026-50107", Affected: []controller.Affected{{From: "2.0", Fixed: "2.6.4"}}, Undermines: true,
				What:   "whoever may write a NginxProxy writes any directive into nginx's configuration by its format of access logs",
				Source: "CHANGELOG.md, release 2.6.4",
			},
		},
		Abilities:      abilities(),
		References:     references(),
		Prerequisites:  prerequisites(),
		PodsCannotTell: "generated routes take away the headers that tell of a certificate, because nginx hands on those that clients send (nginx/config/servers.go createBaseProxySetHeaders)",
	}
}

// versions begin after the last known vulnerabilities of the line that brought client certificates: CVE-2026-11311, CVE-2026-50107 and
// CVE-2026-32682 are mended in 2.6.4 (CHANGELOG.md). No page names an end of life.
func versions() []controller.VersionRange {
	return []controller.VersionRange{
		{Distribution: "upstream", From: "2.7", To: "2.7", Source: "main branch at e55bfe33969f"},
		{Distribution: "upstream", From: "2.6.4", To: "2.6.7", Source: "CHANGELOG.md"},
	}
}

// What the controller does without a referenced object.
const (
	closed  = "closed"
	ignored = "open"
)

func references() []controller.ReferenceRule {
	rule := func(from, to, onMissing, source string) controller.ReferenceRule {
		return controller.ReferenceRule{From: from, To: to, OnMissing: onMissing, Source: source}
	}
	return []controller.ReferenceRule{
		rule("Gateway spec.listeners.tls.certificateRefs", "Secret", closed, "state/graph/gateway_listener.go createExternalReferencesForTLSSecretsResolver: the listener is not programmed"),
		rule("Gateway spec.tls.frontend", "ConfigMap, Secret", closed, "state/graph/gateway_listener.go validateFrontendTLS: without any bundle the listener is not programmed, without some the rest counts"),
		rule("Gateway spec.tls.backend.clientCertificateRef", "Secret", closed, "state/graph/gateway.go validateGatewayTLSBackend: no client certificate is presented"),
		rule("Gateway spec.infrastructure.parametersRef", "NginxProxy", ignored, "state/graph/gateway.go validateGateway: the Gateway is served with the settings of its class"),
		rule("BackendTLSPolicy spec.validation.caCertificateRefs", "ConfigMap, Secret", closed, "state/graph/backend_refs.go createBackendRef: the route answers 500"),
		rule("HTTPRoute spec.rules.backendRefs", "Service", closed, "state/graph/backend_refs.go createBackendRef: the route answers 500"),
	}
}

func prerequisites() []controller.Prerequisite {
	return []controller.Prerequisite{{
		ID: "cluster-dns", For: []controller.AbilityID{controller.ExitGateway},
		Text:   "the proxies of egress gateways look names up at Service kube-dns of namespace kube-system",
		How:    "EKS and AKS have the Service; pods must be let out to it",
		Source: "apis/v1alpha2/nginxproxy_types.go DNSResolver",
	}, kubernetes.PrometheusOperator()}
}
