package traefik

import "github.com/gatespan/gatespan/internal/controller"

// Group is the API group of the controller's own kinds (pkg/provider/kubernetes/crd/traefikio/v1alpha1/register.go).
const Group = "traefik.io"

// className is the GatewayClass that the Helm chart makes.
const className = "traefik"

// Sources that several lines have.
const (
	codeCRD       = "pkg/provider/kubernetes/crd/kubernetes_http.go"
	codeTransport = "pkg/provider/kubernetes/crd/kubernetes.go loadConfigurationFromCRD"
	codeOption    = "pkg/provider/kubernetes/crd/kubernetes.go buildTLSOptions"
	codeTLS       = "pkg/tls/tlsmanager.go buildTLSConfig"
	codeGateway   = "pkg/provider/kubernetes/gateway/kubernetes.go"
	codeHTTP      = "pkg/provider/kubernetes/gateway/httproute.go"
	codeGRPC      = "pkg/provider/kubernetes/gateway/grpcroute.go"
	codeTLSR      = "pkg/provider/kubernetes/gateway/tlsroute.go"
	codeOut       = "pkg/server/service/transport.go"
	docsMigrate   = "docs/content/migrate/v3.md"
	docsChart     = "traefik/traefik-helm-chart at v41.3.0"
	docsEntry     = "docs/content/reference/install-configuration/entrypoints.md"
)

// profile is what Traefik can enforce. Sources are as in the package's comment.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "traefik",
		Title:           "Traefik",
		Claims:          claims,
		ControllerNames: []string{"traefik.io/gateway-controller"}, // pkg/provider/kubernetes/gateway/kubernetes.go controllerName
		Classes:         []string{className},
		// docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml
		Policies: []string{kindMiddleware, kindServersTransport, kindTLSOption, kindTLSStore, kindTraefikService},
		Kinds: map[string][]string{Group: {
			kindIngressRoute, kindIngressRouteTCP, kindIngressRouteUDP, kindMiddleware, kindMiddlewareTCP, kindServersTransport,
			kindServersTransportTCP, kindTLSOption, kindTLSStore, kindTraefikService,
		}},
		APIVersions: map[string][]string{Group: {"v1alpha1"}},
		Images:      []string{"traefik"}, // the chart has versions of its own: 41.3.0 is v3.7.11
		// From the version on that can keep a TLSOption named default of another namespace out (docs/content/migrate/v3.md).
		Versions:        []controller.VersionRange{{Distribution: "upstream", From: "3.7.11", To: "3.7.13", Source: "CHANGELOG.md"}},
		Abilities:       abilities(),
		References:      references(),
		Prerequisites:   prerequisites(),
		ClientCA:        controller.FromCASecret,
		OneGateway:      "the TLSOption named default holds for all listeners of an installation, and of two in different namespaces neither counts",
		EgressPort:      8443, // of the entryPoint websecure: docsChart values.yaml, ports.websecure.port
		PodsCannotTell:  "generated routes take away the headers that tell of a certificate, because Traefik hands on those that clients send (pkg/middlewares/forwardedheaders/forwarded_header.go)",
		Vulnerabilities: vulnerabilities(),
	}
}

// What the controller does without a referenced object.
const (
	closed  = "closed"
	ignored = "open"
)

func references() []controller.ReferenceRule {
	return []controller.ReferenceRule{
		{From: "Gateway spec.listeners.tls.certificateRefs", To: "Secret", OnMissing: closed, Source: codeGateway + " loadGatewayListeners: the listener is not programmed"},
		{From: "TLSOption spec.clientAuth.secretNames", To: "Secret", OnMissing: ignored, Source: codeOption + ": the Secret is left out; without any, clients are asked for a certificate only where clientAuthType says so, and then every handshake fails"},
		{From: "BackendTLSPolicy spec.validation.caCertificateRefs", To: "ConfigMap, Secret", OnMissing: closed, Source: codeHTTP + " loadServersTransport: the route answers 500"},
		{From: "HTTPRoute, TLSRoute spec.rules.backendRefs", To: "Service", OnMissing: closed, Source: codeGateway + " getBackendAddresses: the route answers 500"},
		{From: "HTTPRoute spec.rules.backendRefs", To: "TraefikService", OnMissing: closed, Source: codeHTTP + " loadHTTPBackendRef: the router has no service"},
		{From: "TraefikService spec.weighted.services.serversTransport", To: "ServersTransport", OnMissing: closed, Source: "pkg/proxy/smart_builder.go Build: the service cannot be built"},
		{From: "ServersTransport spec.rootCAs, spec.rootCAsSecrets", To: "ConfigMap, Secret", OnMissing: ignored, Source: codeOut + " createRootCACertPool: without any the system's roots count"},
		{From: "ServersTransport spec.certificatesSecrets", To: "Secret", OnMissing: closed, Source: codeTransport + ": no certificate is presented, and the server refuses the call"},
	}
}
