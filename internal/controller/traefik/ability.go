package traefik

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// What the controller cannot do, as its writers and its profile say it.
const (
	noGRPC = "it reads no BackendTLSPolicy for GRPCRoutes, and speaks plaintext to their pods"
	noTCP  = "it ends TLS for a TLSRoute, and hands the bytes on to the pods in plaintext"
)

func abilities() []controller.Ability {
	gateway, network, workload := string(posture.ByGateway), string(posture.ByNetwork), string(posture.ByWorkload)
	yes := func(id controller.AbilityID, enforcer, how, source string) controller.Ability {
		return controller.Ability{ID: id, Support: true, Enforcer: enforcer, How: how, Source: source}
	}
	no := func(id controller.AbilityID, how, instead, source string) controller.Ability {
		return controller.Ability{ID: id, How: how, Instead: instead, Source: source}
	}
	const (
		identities = "it verifies the chain of a client's certificate and compares no name in it; PassTLSClientCert only hands it on"
		byOthers   = "use identity.enforcedBy: trustDomain with a CA for this consumer alone; Envoy Gateway and Istio tell identities apart"
		direct     = `say via: "direct"`
		aliases    = "an HTTPRoute to a TraefikService of its namespace, and its ExternalName Service; an installation is the egress gateway of one consumer, and of nothing else"
		service    = "type and annotations of the Service of its installation"
	)
	return []controller.Ability{
		yes(controller.EntryTerminate, gateway, "listener tls.certificateRefs", codeGateway),
		yes(controller.EntryPassthrough, workload, "listener protocol TLS with tls.mode Passthrough, and a TLSRoute", codeTLSR),
		yes(controller.EntryFloor, gateway, "TLSOption default, spec.minVersion VersionTLS13", codeTLS),
		{
			ID: controller.EntryClientCertificate, Support: true, NeedsPEM: true, Enforcer: gateway, Source: codeTLS,
			How: "TLSOption default, spec.clientAuth with clientAuthType RequireAndVerifyClientCert; Gateway spec.tls.frontend is not read",
		},
		no(controller.EntryIdentityURI, identities, byOthers, codeTLS),
		no(controller.EntryIdentityDNS, identities, byOthers, codeTLS),
		yes(controller.EntrySourceCIDRs, network, "spec.loadBalancerSourceRanges of the Service of its installation", docsEntry),
		no(controller.EntryJWT, "Traefik Proxy checks no tokens; that is Traefik Hub's", "let the pods check tokens, or serve the exposure behind Envoy Gateway", "pkg/provider/kubernetes/crd/traefikio/v1alpha1/middleware.go"),
		yes(controller.EntryBackendTLS, gateway, "BackendTLSPolicy, whose hostname is checked; its subjectAltNames are ignored", codeHTTP+" loadServersTransport"),
		no(controller.EntryBackendEncrypted, "a BackendTLSPolicy checks the pods' certificate, and nothing encrypts the hop without", "name the certificate of the pods as service.hostname", codeHTTP+" loadServersTransport"),
		yes(controller.EntryHTTPRoute, gateway, "HTTPRoute", codeHTTP),
		no(controller.EntryGRPCRoute, noGRPC, "serve it by HTTP rules, or behind Envoy Gateway", codeGRPC+" loadGRPCServers"),
		no(controller.EntryTCP, noTCP, "pass TLS through to the pods (tls.mode Passthrough)", codeTLSR+" loadTLSServers"),
		no(controller.EntryTimeouts, "it ignores HTTPRoute spec.rules.timeouts", "set timeouts of the entryPoint and of its default ServersTransport with the installation", codeHTTP),
		no(controller.EntryRetries, "it ignores HTTPRoute spec.rules.retry", "let the callers retry; Envoy Gateway and Istio retry at the gateway", codeHTTP),
		yes(controller.EntryWeights, gateway, "HTTPRoute spec.rules.backendRefs.weight", codeHTTP+" loadWRRService"),
		no(controller.EntryListenerSets, "it reads no ListenerSets", "serve some of the exposures from another cluster", codeGateway),
		yes(controller.EntryInternal, network, service, docsEntry),
		yes(controller.EntryInternetFacing, network, service, docsEntry),
		no(controller.EntryReplicas, "one installation carries all gateways, and its Deployment says how many proxies there are", "set deployment.replicas there", docsEntry),
		no(controller.EntryAnnotations, "it makes no Service, and reads no annotation of a Gateway", "annotate the Service of the installation", codeGateway),
		no(controller.EntryAccessLogs, "what is logged is configuration of the installation, for all listeners", "set accessLog there", docsEntry),
		no(controller.EntryAlerts, "metrics are configuration of the installation, and none counts refused client certificates", "alert on what the installation's access log says", docsEntry),
		no(controller.EntryMetrics, "metrics are configuration of the installation", "set metrics.prometheus there", docsEntry),
		yes(controller.ExitGateway, gateway, aliases, codeHTTP+" loadService, "+codeCRD+" loadServers"),
		yes(controller.ExitClientCertificate, gateway, "ServersTransport spec.certificatesSecrets", codeTransport),
		{
			ID: controller.ExitPinnedCA, Support: true, NeedsPEM: true, Enforcer: gateway, Source: codeOut + " createRootCACertPool",
			How: "ServersTransport spec.rootCAs, whose ConfigMap gatespan writes: without it the system's roots count",
		},
		yes(controller.ExitName, gateway, "ServersTransport spec.serverName", codeOut+" createTLSConfig"),
		yes(controller.ExitFloor, gateway, "ServersTransport spec.cipherSuites with those of TLS 1.3 alone; its minVersion cannot be VersionTLS13", codeTransport),
		yes(controller.ExitClosed, network, "a NetworkPolicy around all proxies of the installation; the cluster must name its networkPolicyEngine", codeGateway+" entryPointName"),
		yes(controller.ExitGRPC, gateway, "HTTPRoute by the paths of the methods; its transport chooses HTTP/2 in the handshake", "pkg/server/service/smart_roundtripper.go"),
		no(controller.ExitTCP, noTCP, direct, codeTLSR),
		yes(controller.ExitDirect, workload, "the workload presents its own certificate", "no controller is involved"),
	}
}
