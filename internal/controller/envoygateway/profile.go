package envoygateway

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// profile is what Envoy Gateway can enforce. Sources without a scheme are files of github.com/envoyproxy/gateway at v1.9.1.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "envoy-gateway",
		Title:           "Envoy Gateway",
		Claims:          claims,
		ControllerNames: []string{"gateway.envoyproxy.io/gatewayclass-controller"}, // api/v1alpha1/envoygateway_types.go
		Classes:         []string{"eg"},                                            // examples/kubernetes/quickstart.yaml
		Parameters:      []string{kindEnvoyProxy},
		Policies:        []string{kindBackend, kindBackendTrafficPolicy, kindClientTrafficPolicy, kindSecurityPolicy},
		Kinds: map[string][]string{Group: {
			kindBackend, kindBackendTrafficPolicy, kindClientTrafficPolicy, kindExtensionPolicy, kindEnvoyPatchPolicy,
			kindEnvoyProxy, kindHTTPRouteFilter, kindSecurityPolicy,
		}},
		APIVersions: map[string][]string{Group: {"v1alpha1"}}, // charts/gateway-helm/charts/crds/crds/generated
		// site/content/en/latest/install/install-helm.md: the chart has the tag of the release; charts/gateway-helm/values.yaml global.images
		Charts:   []string{chart},
		Images:   []string{"envoyproxy/gateway"},
		Versions: versions(),
		Vulnerabilities: []controller.Vulnerability{
			{
				ID: "GHSA-22xc-xg2r-9j7v", Affected: []controller.Affected{{From: "1.7", Fixed: "1.7.4"}, {From: "1.8", Fixed: "1.8.1"}}, Undermines: true,
				What:   "with proxies in the Gateways' namespaces any pod can fetch what the controller tells a proxy, private keys included",
				Source: "release-notes/v1.7.4.yaml, v1.8.1.yaml",
			},
			{
				ID: "CVE-2026-53718", Affected: []controller.Affected{{From: "1.7", Fixed: "1.7.4"}, {From: "1.8", Fixed: "1.8.1"}},
				What:   "a route reaches a backend of an extension's kind in another namespace without a ReferenceGrant",
				Source: "release-notes/v1.7.4.yaml, v1.8.1.yaml, GHSA-fcrp-7gc2-93g7",
			},
		},
		BytesBeside:   "for a TLSRoute alone its proxies are not sent the client certificate of the call, and wait for it (internal/xds/translator/translator.go processTCPListenerXdsTranslation; asked of 1.9.1)",
		Abilities:     abilities(),
		References:    references(),
		Prerequisites: prerequisites(),
	}
}

func versions() []controller.VersionRange {
	const source = "site/content/en/news/releases/matrix.md"
	return []controller.VersionRange{
		{Distribution: "upstream", From: "1.9", To: "1.9", EndOfLife: "2027-02-14", Source: source},
		{Distribution: "upstream", From: "1.8", To: "1.8", EndOfLife: "2026-11-08", Source: source},
		{Distribution: "upstream", From: "1.7", To: "1.7", EndOfLife: "2026-08-05", Source: source},
	}
}

func abilities() []controller.Ability {
	gateway, network, workload := string(posture.ByGateway), string(posture.ByNetwork), string(posture.ByWorkload)
	yes := func(id controller.AbilityID, since, enforcer, how, source string) controller.Ability {
		return controller.Ability{ID: id, Support: true, Since: since, Enforcer: enforcer, How: how, Source: source}
	}
	return []controller.Ability{
		yes(controller.EntryTerminate, "1.0", gateway, "listener tls.certificateRefs", "internal/gatewayapi/listener.go"),
		yes(controller.EntryPassthrough, "1.0", workload, "listener protocol TLS with tls.mode Passthrough, and a TLSRoute", "internal/gatewayapi/listener.go"),
		yes(controller.EntryFloor, "1.0", gateway, "ClientTrafficPolicy spec.tls.minVersion", "internal/gatewayapi/clienttrafficpolicy.go buildListenerTLSParameters"),
		yes(controller.EntryClientCertificate, "1.0", gateway, "ClientTrafficPolicy spec.tls.clientValidation, and Gateway spec.tls.frontend from 1.8", "internal/gatewayapi/clienttrafficpolicy.go, listener.go"),
		yes(controller.EntryIdentityURI, "1.5", gateway, "ClientTrafficPolicy spec.tls.clientValidation.subjectAltNames.uris", "api/v1alpha1/tls_types.go SubjectAltNames"),
		yes(controller.EntryIdentityDNS, "1.5", gateway, "ClientTrafficPolicy spec.tls.clientValidation.subjectAltNames.dnsNames", "api/v1alpha1/tls_types.go SubjectAltNames"),
		yes(controller.EntrySourceCIDRs, "1.0", network, "EnvoyProxy spec.provider.kubernetes.envoyService.loadBalancerSourceRanges, for the whole Gateway", "internal/infrastructure/kubernetes/resource/resource.go ExpectedServiceSpec"),
		yes(controller.EntryBackendTLS, "1.4", gateway, "BackendTLSPolicy, and EnvoyProxy spec.backendTLS.minVersion", "internal/gatewayapi/backendtlspolicy.go"),
		yes(controller.EntryJWT, "1.0", gateway, "SecurityPolicy spec.jwt on the listener", "internal/xds/translator/jwt.go buildJWTRequirement"),
		yes(controller.EntryHTTPRoute, "1.0", gateway, "HTTPRoute", "internal/gatewayapi/route.go"),
		yes(controller.EntryGRPCRoute, "1.0", gateway, "GRPCRoute; the proxies speak HTTP/2 to the pods, whatever the Service says", "internal/gatewayapi/route.go inspectAppProtocolByRouteKind, internal/xds/translator/cluster.go"),
		yes(controller.EntryTCP, "1.9", gateway, "listener protocol TLS with tls.mode Terminate, ClientTrafficPolicy and TLSRoute; spec.tls.frontend is for HTTPS alone", "internal/gatewayapi/clienttrafficpolicy.go translateClientTrafficPolicyForListener, route.go processTLSRouteParentRefs"),
		yes(controller.EntryRetries, "1.4", gateway, "BackendTrafficPolicy spec.retry on the HTTPRoute", "internal/gatewayapi/backendtrafficpolicy.go, api/v1alpha1/retry_types.go"),
		yes(controller.EntryTimeouts, "1.0", gateway, "HTTPRoute spec.rules.timeouts", "internal/gatewayapi/route.go processRouteTimeout"),
		yes(controller.EntryWeights, "1.0", gateway, "HTTPRoute spec.rules.backendRefs.weight", "internal/gatewayapi/route.go"),
		yes(controller.EntryInternal, "1.0", network, "annotations of EnvoyProxy spec.provider.kubernetes.envoyService for the cloud's load balancer", "internal/infrastructure/kubernetes/proxy/resource_provider.go Service"),
		yes(controller.EntryInternetFacing, "1.0", network, "annotations of EnvoyProxy spec.provider.kubernetes.envoyService for the cloud's load balancer", "internal/infrastructure/kubernetes/proxy/resource_provider.go Service"),
		yes(controller.EntryReplicas, "1.0", gateway, "EnvoyProxy spec.provider.kubernetes.envoyDeployment.replicas", "internal/infrastructure/kubernetes/proxy/resource_provider.go Deployment"),
		yes(controller.EntryAnnotations, "1.0", gateway, "EnvoyProxy spec.provider.kubernetes.envoyService.annotations", "internal/infrastructure/kubernetes/proxy/resource_provider.go Service"),
		yes(controller.EntryAccessLogs, "1.0", gateway, "EnvoyProxy spec.telemetry.accessLog, to standard output", "api/v1alpha1/envoyproxy_accesslogging_types.go"),
		yes(controller.EntryMetrics, "1.0", gateway, "a PodMonitor of the proxies: port metrics, path /stats/prometheus", "internal/infrastructure/kubernetes/proxy/resource.go expectedProxyContainers"),
		yes(controller.EntryAlerts, "1.0", gateway, "a PrometheusRule on the TLS counters of the proxies' listeners; no statistic is left out by default", "internal/xds/bootstrap/bootstrap.yaml.tpl stats_config"),
		yes(controller.ExitGateway, "1.6", gateway, "Backend, which needs extensionApis.enableBackend: true in the controller's own configuration (ConfigMap envoy-gateway-config)", "api/v1alpha1/envoygateway_types.go ExtensionAPISettings"),
		yes(controller.ExitClientCertificate, "1.6", gateway, "Backend spec.tls.clientCertificateRef", "internal/gatewayapi/backendtlspolicy.go processClientTLSSettings"),
		yes(controller.ExitPinnedCA, "1.6", gateway, "Backend spec.tls.caCertificateRefs", "internal/gatewayapi/backendtlspolicy.go processServerValidationTLSSettings"),
		yes(controller.ExitName, "1.6", gateway, "Backend spec.tls.sni, which is also the name that is checked", "internal/xds/translator/translator.go buildValidationContext"),
		// Before 1.8.3 the proxies spoke TLS 1.2 at most to backends unless maxVersion said otherwise.
		yes(controller.ExitFloor, "1.8.3", gateway, "Backend spec.tls.minVersion", "release-notes/v1.8.3.yaml, internal/gatewayapi/backendtlspolicy.go applyBackendTLSSetting"),
		yes(controller.ExitClosed, "1.6", network, "a NetworkPolicy around the egress gateway's proxies; the cluster must name its networkPolicyEngine", "internal/gatewayapi/listener.go servicePortToContainerPort"),
		yes(controller.ExitGRPC, "1.6", gateway, "HTTPRoute by the paths of the methods; the proxies choose HTTP/2 in the handshake with the Backend", "internal/xds/translator/cluster.go buildTypedExtensionProtocolOptions"),
		yes(controller.ExitTCP, "1.9", gateway, "listener protocol TLS with tls.mode Terminate, and a TLSRoute to a Backend", "internal/gatewayapi/route.go processTLSRouteParentRefs, processDestination"),
		// Before 1.9 no policy could be for a listener of a ListenerSet (release-notes/v1.9.0-rc.1.yaml).
		yes(controller.EntryListenerSets, "1.9", gateway, "ListenerSet of the Gateway's namespace, each listener with a ClientTrafficPolicy of its own; Gateway API 1.5 or newer", "release-notes/v1.8.0.yaml, internal/gatewayapi/clienttrafficpolicy.go"),
		yes(controller.ExitDirect, "1.0", workload, "the workload presents its own certificate", "no controller is involved"),
	}
}

func references() []controller.ReferenceRule {
	rule := func(from, to, source string) controller.ReferenceRule {
		return controller.ReferenceRule{From: from, To: to, OnMissing: closed, Source: source}
	}
	return []controller.ReferenceRule{
		rule("Gateway spec.listeners.tls.certificateRefs", "Secret", "internal/gatewayapi/validate.go: the listener is not programmed"),
		rule("Gateway spec.tls.frontend", "ConfigMap, Secret, ClusterTrustBundle", "internal/gatewayapi/listener.go: the listener is not programmed"),
		rule("Gateway spec.tls.backend.clientCertificateRef", "Secret", "internal/gatewayapi/listener.go: no client certificate is presented"),
		rule("Gateway spec.infrastructure.parametersRef", "EnvoyProxy", "internal/provider/kubernetes/controller.go processGatewayParamsRef: the Gateway is not accepted"),
		rule("ClientTrafficPolicy spec.tls.clientValidation.caCertificateRefs", "ConfigMap, Secret, ClusterTrustBundle", "internal/gatewayapi/clienttrafficpolicy.go: every route answers 500"),
		rule("ClientTrafficPolicy spec.tls.clientValidation.crl.refs", "ConfigMap, Secret", "internal/gatewayapi/clienttrafficpolicy.go: every route answers 500"),
		rule("BackendTLSPolicy spec.validation.caCertificateRefs", "ConfigMap, Secret, ClusterTrustBundle", "internal/gatewayapi/backendtlspolicy.go: the route answers 500"),
		rule("Backend spec.tls.caCertificateRefs", "ConfigMap, Secret, ClusterTrustBundle", "internal/gatewayapi/backendtlspolicy.go: the route answers 500"),
		rule("Backend spec.tls.clientCertificateRef", "Secret", "internal/gatewayapi/backendtlspolicy.go: the route answers 500"),
		rule("EnvoyProxy spec.backendTLS.clientCertificateRef", "Secret", "internal/gatewayapi/backendtlspolicy.go: the route answers 500"),
		rule("SecurityPolicy spec.jwt.providers.localJWKS.valueRef", "ConfigMap", "internal/gatewayapi/securitypolicy.go translateSecurityPolicyForListeners: every route answers 500"),
		rule("HTTPRoute spec.rules.backendRefs", "Service, Backend", "internal/gatewayapi/route.go: the route answers 500"),
	}
}

// closed is what Envoy Gateway does without a referenced object, everywhere that matters here.
const closed = "closed"
