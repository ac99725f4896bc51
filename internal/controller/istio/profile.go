package istio

import (
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// profile is what Istio can enforce. Sources without a scheme are files of istio.io/istio at eed52ebb66ad, the commit before 1.31;
// "AKS" is MicrosoftDocs/azure-aks-docs at fb060abe.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "istio",
		Title:           "Istio",
		Claims:          claims,
		ControllerNames: []string{"istio.io/gateway-controller"}, // pilot/pkg/features/pilot.go, PILOT_GATEWAY_API_CONTROLLER_NAME
		Classes:         []string{"istio", approutingClass},
		Policies:        []string{kindAuthorizationPolicy, kindDestinationRule, "PeerAuthentication", kindRequestAuthentication, kindServiceEntry, "Telemetry"},
		Kinds: map[string][]string{
			networkingGroup: {kindDestinationRule, "EnvoyFilter", "Gateway", kindHostname, "ProxyConfig", kindServiceEntry, "Sidecar", "VirtualService", "WorkloadEntry", "WorkloadGroup"},
			securityGroup:   {kindAuthorizationPolicy, "PeerAuthentication", "RequestAuthentication"},
			extensionsGroup: {"TrafficExtension", "WasmPlugin"},
			telemetryGroup:  {"Telemetry"},
		},
		// manifests/charts/base/files/crd-all.gen.yaml
		APIVersions: map[string][]string{
			networkingGroup: {"v1", "v1beta1", "v1alpha3"}, securityGroup: {"v1", "v1beta1"}, extensionsGroup: {"v1alpha1"}, telemetryGroup: {"v1", "v1alpha1"},
		},
		RootsBefore: "1.5", // write.go frontendWritten
		// manifests/charts/istio-control/istio-discovery: the release writes version and appVersion alike; values.yaml hub, image
		Charts:        []string{istiodChart},
		Images:        []string{"istio/pilot"},
		Versions:      versions(),
		Abilities:     abilities(),
		References:    references(),
		Prerequisites: prerequisites(),
		OneKeySet:     "tokens are verified for the whole Gateway, and one of an issuer is taken with any of its keys (pilot/pkg/security/authn/policy_applier.go)",
		Homes: []controller.Home{
			{
				Cloud: "aks", Distributions: []string{aksAddon}, Why: "the add-on is a part of AKS",
				Instead: "Istio or Envoy Gateway installed by yourselves (distribution: \"upstream\")", Source: "AKS articles/aks/istio-about.md",
			},
			{
				Cloud: "aks", Distributions: []string{approuting}, Classes: []string{approutingClass}, Why: "application routing is an add-on of AKS",
				Instead: "Istio or Envoy Gateway installed by yourselves (distribution: \"upstream\")", Source: "AKS articles/aks/app-routing-gateway-api.md",
			},
		},
		Vulnerabilities: vulnerabilities(),
	}
}

func versions() []controller.VersionRange {
	const aks = "AKS articles/aks/istio-support-policy.md"
	return []controller.VersionRange{
		// The last days of upstream are by its rule, six weeks after the second release that follows (istio.io, docs/releases/supported-releases):
		// 1.30.0 was on 2026-05-18, 1.31.0 on 2026-08-31. Those of the add-on are the ends of the months that AKS expects.
		{Distribution: "upstream", From: "1.30", To: "1.31", Source: "VERSION"},
		{Distribution: "upstream", From: "1.29", To: "1.29", EndOfLife: "2026-10-12", Source: "istio.io docs/releases/supported-releases, six weeks after 1.31.0"},
		{Distribution: "upstream", From: "1.28", To: "1.28", EndOfLife: "2026-06-29", Source: "istio.io docs/releases/supported-releases, six weeks after 1.30.0"},
		{Distribution: aksAddon, From: "asm-1-30", To: "asm-1-30", EndOfLife: "2026-12-31", Source: aks + ", expected"},
		{Distribution: aksAddon, From: "asm-1-29", To: "asm-1-29", EndOfLife: "2026-09-30", Source: aks + ", expected"},
		{Distribution: aksAddon, From: "asm-1-28", To: "asm-1-28", EndOfLife: "2026-08-31", Source: aks + ", expected"},
		// Known, so that the refusal can say why.
		{Distribution: approuting, From: "1.28", To: "1.31", Source: "AKS articles/aks/app-routing-gateway-api.md"},
	}
}

func abilities() []controller.Ability {
	gateway, mesh, network, workload := string(posture.ByGateway), string(posture.ByMesh), string(posture.ByNetwork), string(posture.ByWorkload)
	out := refusals()
	yes := func(id controller.AbilityID, since, enforcer, how, source string) {
		out = append(out, controller.Ability{ID: id, Support: true, Since: since, Enforcer: enforcer, How: how, Source: source})
	}
	no := func(id controller.AbilityID, how, instead, source string) {
		out = append(out, controller.Ability{ID: id, Enforcer: string(posture.ByNobody), How: how, Instead: instead, Source: source})
	}
	yes(controller.EntryTerminate, "1.28", gateway, "listener tls.certificateRefs", "pilot/pkg/config/kube/gateway/conversion.go buildTLS")
	yes(controller.EntryPassthrough, "1.30", workload, "listener protocol TLS with tls.mode Passthrough, and a TLSRoute", "pilot/pkg/config/kube/gateway/conversion.go listenerProtocolToIstio")
	yes(controller.EntryFloor, "1.28", gateway, "meshConfig.tlsDefaults.minProtocolVersion: TLSV1_3, for the whole mesh: in the ConfigMap istio (AKS: istio-shared-configmap-<revision>), never written by gatespan, or declared as clusters.<name>.controller.meshConfig with its evidence", "pilot/pkg/networking/core/listener.go applyDownstreamTLSDefaults")
	yes(controller.EntryClientCertificate, "1.28", gateway, "Gateway spec.tls.frontend with Gateway API 1.5 or newer, otherwise the listener option "+optionMode+": MUTUAL with the CA in Secret <certificate>-cacert", "pilot/pkg/config/kube/gateway/conversion.go buildTLS, releasenotes/notes/57183.yaml")
	yes(controller.EntryIdentityURI, "1.28", gateway, "AuthorizationPolicy rules.from.source.principals, by listener host", "pilot/pkg/security/authz/model/generator.go srcPrincipalGenerator")
	no(controller.EntryIdentityDNS, "principals are SPIFFE URIs: a DNS name in a client certificate cannot be matched", "give the consumer a spiffe URI, or a CA that signs nobody else (identity.enforcedBy: trustDomain)", "pilot/pkg/security/authz/matcher/string.go StringMatcherWithPrefix")
	yes(controller.EntrySourceCIDRs, "1.28", network, "loadBalancerSourceRanges of the Service, by infrastructure.parametersRef, for the whole Gateway", "pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go")
	yes(controller.EntryBackendTLS, "1.28", gateway, "BackendTLSPolicy with subjectAltNames; without them Istio checks no name", "pilot/pkg/config/kube/gateway/backend_policies.go")
	yes(controller.EntryJWT, "1.28", gateway, "RequestAuthentication, and requestPrincipals in the AuthorizationPolicy that admits clients; on the whole Gateway a token of an issuer that no exposure names is refused", "pilot/pkg/security/authz/model/generator.go requestPrincipalGenerator")
	yes(controller.EntryHTTPRoute, "1.28", gateway, "HTTPRoute", "pilot/pkg/config/kube/gateway/conversion.go")
	yes(controller.EntryGRPCRoute, "1.28", gateway, "GRPCRoute; the Service's port must be named grpc-… or say appProtocol: grpc, or the proxies speak HTTP/1.1 to the pods", "pilot/pkg/config/kube/gateway/conversion.go convertGRPCRoute, pilot/pkg/networking/core/cluster_builder.go setH2Options")
	yes(controller.EntryTCP, "1.31", gateway, "listener protocol TLS with tls.mode Terminate, and a TLSRoute", "pilot/pkg/config/kube/gateway/conversion.go buildTLS, releasenotes/notes/55728.yaml")
	no(controller.EntryRetries, "the only field is HTTPRoute spec.rules.retry, of the experimental channel of Gateway API", "leave retries out, or Envoy Gateway", "pilot/pkg/config/kube/gateway/conversion.go convertHTTPRoute")
	yes(controller.EntryTimeouts, "1.28", gateway, "HTTPRoute spec.rules.timeouts", "pilot/pkg/config/kube/gateway/conversion.go convertHTTPRoute")
	yes(controller.EntryWeights, "1.28", gateway, "HTTPRoute spec.rules.backendRefs.weight", "pilot/pkg/config/kube/gateway/conversion.go buildHTTPDestination")
	yes(controller.EntryInternal, "1.28", network, "Gateway spec.infrastructure.annotations for the cloud's load balancer", "pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go")
	yes(controller.EntryInternetFacing, "1.28", network, "Gateway spec.infrastructure.annotations for the cloud's load balancer", "pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go")
	yes(controller.EntryReplicas, "1.28", gateway, "deployment of the ConfigMap that infrastructure.parametersRef names", "pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go")
	yes(controller.EntryAnnotations, "1.28", gateway, "Gateway spec.infrastructure.annotations", "pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go")
	yes(controller.EntryAccessLogs, "1.28", gateway, "Telemetry spec.accessLogging for the Gateway", "pilot/pkg/model/telemetry_logging.go")
	yes(controller.EntryMetrics, "1.28", gateway, "a PodMonitor of the proxies: port http-envoy-prom, path /stats/prometheus", "manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml")
	no(controller.EntryAlerts, "its proxies keep no statistics of handshakes unless proxyStatsMatcher of the mesh includes them", "metrics alone, and a PrometheusRule under objects for what your mesh configuration includes", "pkg/bootstrap/config.go requiredEnvoyStatsMatcherInclusionPrefixes")
	yes(controller.ExitGateway, "1.28", gateway, "HTTPRoute to a ServiceEntry by backendRef Hostname", "pilot/pkg/config/kube/gateway/conversion.go buildDestination")
	yes(controller.ExitClientCertificate, "1.28", gateway, "DestinationRule tls.mode MUTUAL with credentialName; Gateway spec.tls.backend is checked and never used", "pilot/pkg/networking/core/cluster_tls.go constructUpstreamTLS")
	yes(controller.ExitPinnedCA, "1.28", gateway, "Secret <credentialName>-cacert, or the key ca.crt of the credential", "pilot/pkg/credentials/kube/secrets.go GetCaCert")
	out[len(out)-1].NeedsPEM = true
	yes(controller.ExitName, "1.28", gateway, "DestinationRule tls.subjectAltNames", "pilot/pkg/networking/core/cluster_tls.go setAutoSniAndAutoSanValidation")
	no(controller.ExitFloor, "the lowest version towards destinations is 1.2 and cannot be set", "the listener at the other end holds the floor", "pilot/pkg/networking/core/cluster_tls.go defaultUpstreamCommonTLSContext")
	yes(controller.ExitClosed, "1.28", mesh, "an ISTIO_MUTUAL listener, and an AuthorizationPolicy that names the consumer's service account", "pilot/pkg/networking/core/listener.go BuildListenerTLSContext")
	yes(controller.ExitGRPC, "1.28", gateway, "HTTPRoute by the paths of the methods, and DestinationRule connectionPool.http.h2UpgradePolicy UPGRADE", "pilot/pkg/networking/core/cluster_traffic_policy.go shouldH2Upgrade, cluster_tls.go buildUpstreamClusterTLSContext")
	yes(controller.ExitTCP, "1.31", gateway, "listener protocol TLS with ISTIO_MUTUAL, and a TLSRoute to a ServiceEntry", "pilot/pkg/config/kube/gateway/conversion.go buildTLS, releasenotes/notes/55728.yaml")
	yes(controller.EntryListenerSets, "1.31", gateway, "ListenerSet of the Gateway's namespace, where the CA of spec.tls.frontend is looked for; Gateway API 1.5 or newer", "pilot/pkg/config/kube/gateway/conversion.go buildCaCertificateReference, controller.go")
	yes(controller.ExitDirect, "1.28", workload, "the workload presents its own certificate", "no controller is involved")
	return out
}

// refusals are what the distributions of AKS cannot do. They come first: the first line for a distribution counts.
func refusals() []controller.Ability {
	const egress = "AKS articles/aks/istio-gateway-api.md: egress with the Gateway API is supported in the manual deployment model only"
	const routing = "AKS articles/aks/app-routing-gateway-api.md: no Istio CRDs, no mesh configuration, no egress"
	var out []controller.Ability
	no := func(distribution, how, instead, source string, ids ...controller.AbilityID) {
		for _, id := range ids {
			out = append(out, controller.Ability{
				ID: id, Distributions: []string{distribution}, Enforcer: string(posture.ByNobody), How: how, Instead: instead, Source: source,
			})
		}
	}
	no(aksAddon, "the add-on deploys egress gateways with `az aks mesh enable-egress-gateway` only, not from a Gateway",
		`via: "direct", or Istio or Envoy Gateway installed by yourselves`, egress,
		controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitClosed)
	no(aksAddon, "its HorizontalPodAutoscaler decides how many proxies there are, 2 to 5 unless its class says otherwise",
		"leave replicas out, and set horizontalPodAutoscaler in ConfigMap aks-istio-system/istio-gateway-class-defaults",
		"AKS articles/aks/istio-gateway-api.md, ConfigMap customizations", controller.EntryReplicas)
	out = append(out, allowed()...)
	for _, id := range controller.AbilityIDs() {
		how, instead := "application routing has no mesh configuration, so no listener can require TLS 1.3, and none of Istio's own kinds",
			"the Istio add-on, or Istio or Envoy Gateway installed by yourselves"
		switch {
		case id == controller.ExitDirect:
			continue
		case strings.HasPrefix(string(id), "exit."):
			how, instead = "application routing does not support traffic that leaves the cluster", `via: "direct"`
		}
		no(approuting, how, instead, routing, id)
	}
	return out
}

// allowed is what the add-on takes of Istio's own kinds and of the managed CRDs beside what exposures of every sort need. It refuses the
// kinds of blockedKinds, and fields of a Gateway's ConfigMap that are not in its list; source ranges and externalTrafficPolicy are in it.
func allowed() []controller.Ability {
	const blocks = "AKS articles/aks/istio-about.md, Limitations: it is none of the kinds that are blocked"
	yes := func(id controller.AbilityID, how, source string) controller.Ability {
		return controller.Ability{
			ID: id, Support: true, Distributions: []string{aksAddon}, Since: "1.28", Enforcer: string(posture.ByGateway), How: how, Source: source,
		}
	}
	return []controller.Ability{
		yes(controller.EntryJWT, "RequestAuthentication, and requestPrincipals in the AuthorizationPolicy that admits clients", blocks),
		yes(controller.EntryGRPCRoute, "GRPCRoute, which the managed CRDs have", "AKS articles/aks/managed-gateway-api.md"),
		yes(controller.EntryAccessLogs, "Telemetry spec.accessLogging for the Gateway", "AKS articles/aks/istio-gateway-api.md, Enable access logs for the Gateway pods"),
	}
}

func references() []controller.ReferenceRule {
	rule := func(from, to, source string) controller.ReferenceRule {
		return controller.ReferenceRule{From: from, To: to, OnMissing: closed, Source: source}
	}
	return []controller.ReferenceRule{
		rule("Gateway spec.listeners.tls.certificateRefs", "Secret", "pilot/pkg/config/kube/gateway/conversion.go buildSecretReference: the listener is not programmed"),
		rule("Gateway spec.tls.frontend", "ConfigMap, Secret", "pilot/pkg/config/kube/gateway/conversion.go buildCaCertificateReference: the listener is not programmed"),
		rule("Gateway spec.listeners.tls.options "+optionMode+": MUTUAL", "Secret", "pilot/pkg/xds/sds.go: the CA is never delivered and the listener does not become ready"),
		rule("BackendTLSPolicy spec.validation.caCertificateRefs", "ConfigMap", "pilot/pkg/config/kube/gateway/backend_policies.go getBackendTLSCredentialName: a certificate that is never valid"),
		rule("DestinationRule trafficPolicy.tls.credentialName", "Secret", "pilot/pkg/xds/sds.go: the certificate is never delivered and the destination stays unreachable"),
		rule("HTTPRoute spec.rules.backendRefs", "Service, Hostname", "pilot/pkg/config/kube/gateway/conversion.go buildDestination: the route answers 500"),
	}
}

// closed is what Istio's gateways do without a referenced object, everywhere that matters here.
const closed = "closed"
