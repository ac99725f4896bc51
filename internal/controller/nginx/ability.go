package nginx

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

func abilities() []controller.Ability {
	gateway, network, workload := string(posture.ByGateway), string(posture.ByNetwork), string(posture.ByWorkload)
	yes := func(id controller.AbilityID, since, enforcer, how, source string) controller.Ability {
		return controller.Ability{ID: id, Support: true, Since: since, Enforcer: enforcer, How: how, Source: source}
	}
	no := func(id controller.AbilityID, how, instead, source string) controller.Ability {
		return controller.Ability{ID: id, How: how, Instead: instead, Source: source}
	}
	const (
		listeners  = "state/graph/gateway_listener.go"
		routes     = "state/graph/httproute.go"
		balanced   = "annotations of Gateway spec.infrastructure for the cloud's load balancer"
		identities = "nginx verifies the chain of a client's certificate and compares no name in it; only a snippet could"
		byOthers   = "use identity.enforcedBy: trustDomain with a CA for this consumer alone; Envoy Gateway and Istio tell identities apart"
		stream     = "template nginx/config/stream_servers_template.go"
	)
	return []controller.Ability{
		yes(controller.EntryTerminate, "1.0", gateway, "listener tls.certificateRefs", listeners),
		yes(controller.EntryPassthrough, "1.4", workload, "listener protocol TLS with tls.mode Passthrough, and a TLSRoute", listeners),
		// A virtual server has ssl_protocols of its own from nginx 1.29.2 on (nginx commit 0373fe5d98c1); 2.4.0 has 1.29.4 (CHANGELOG.md).
		yes(controller.EntryFloor, "2.4", gateway, "listener tls.options nginx.org/ssl-protocols: TLSv1.3", listeners+" validateSSLProtocolsOption"),
		yes(controller.EntryClientCertificate, "2.6", gateway, "Gateway spec.tls.frontend with mode AllowValidOnly", "state/dataplane/configuration.go addClientSettingsToSSLServers"),
		no(controller.EntryIdentityURI, identities, byOthers, "nginx/config/servers_template.go"),
		no(controller.EntryIdentityDNS, identities, byOthers, "nginx/config/servers_template.go"),
		yes(controller.EntrySourceCIDRs, "2.0", network, "NginxProxy spec.kubernetes.service.loadBalancerSourceRanges, for the whole Gateway", "provisioner/objects.go setSvcLoadBalancerSettings"),
		yes(controller.EntryBackendTLS, "2.3", gateway, "BackendTLSPolicy, whose hostname is checked; its subjectAltNames are ignored", "state/graph/backend_tls_policy.go"),
		yes(controller.EntryHTTPRoute, "1.0", gateway, "HTTPRoute", routes),
		yes(controller.EntryGRPCRoute, "1.3", gateway, "GRPCRoute", "state/graph/grpcroute.go"),
		yes(controller.EntryWeights, "1.0", gateway, "HTTPRoute and GRPCRoute spec.rules.backendRefs.weight, where one BackendTLSPolicy covers all of them",
			"state/graph/backend_refs.go validateBackendTLSPolicyMatchingAllBackends"),
		no(controller.EntryTCP, "it ends TLS on TLS listeners from 2.7 on, and never asks clients for a certificate there", "pass TLS through to the pods (tls.mode Passthrough)", stream),
		no(controller.EntryRetries, "it ignores HTTPRoute spec.rules.retry", "let the callers retry; Envoy Gateway and Istio retry at the gateway", routes+" checkForUnsupportedHTTPFields"),
		no(controller.EntryTimeouts, "it ignores HTTPRoute spec.rules.timeouts", "a ProxySettingsPolicy among the exposure's objects bounds connect, send and read", routes+" checkForUnsupportedHTTPFields"),
		no(controller.EntryJWT, "only NGINX Plus checks tokens (AuthenticationFilter), and the fleet does not say that the proxies are NGINX Plus", "Envoy Gateway checks tokens", "state/graph/authentication_filter.go"),
		// 2.6.3 opened the ports of their listeners and applied policies to their routes (CHANGELOG.md).
		yes(controller.EntryListenerSets, "2.6.3", gateway, "ListenerSet of the Gateway's namespace; spec.tls.frontend is for its listeners too, by port; Gateway API 1.5 or newer",
			"state/graph/listenerset.go mergeGatewayAndListenerSetListeners, state/dataplane/configuration.go buildFrontendTLSCertBundles"),
		yes(controller.EntryInternal, "2.0", network, balanced, "provisioner/objects.go buildLabelsAndAnnotations"),
		yes(controller.EntryInternetFacing, "2.0", network, balanced, "provisioner/objects.go buildLabelsAndAnnotations"),
		yes(controller.EntryReplicas, "2.0", gateway, "NginxProxy spec.kubernetes.deployment.replicas", "provisioner/objects.go buildNginxDeployment"),
		yes(controller.EntryAnnotations, "2.0", gateway, "Gateway spec.infrastructure.annotations", "provisioner/objects.go buildLabelsAndAnnotations"),
		yes(controller.EntryAccessLogs, "2.0", gateway, "NginxProxy spec.logging.accessLog.format", "nginx/config/base_http_config_template.go"),
		yes(controller.EntryMetrics, "2.0", gateway, "a PodMonitor of the proxies: port metrics, path /metrics", "provisioner/objects.go buildContainerPortsAndAnnotations"),
		no(controller.EntryAlerts, "NGINX counts no refused client certificates in what Prometheus scrapes", "access logs, which have the answer 400 to requests without a certificate that it accepts", "provisioner/templates.go agentTemplateText"),
		yes(controller.ExitGateway, "2.2", gateway, "an ExternalName Service, and NginxProxy spec.dnsResolver", "state/graph/backend_refs.go checkExternalNameValidForGateways"),
		yes(controller.ExitClientCertificate, "2.3", gateway, "Gateway spec.tls.backend.clientCertificateRef, for HTTPRoutes", "nginx/config/base_http_config_template.go"),
		yes(controller.ExitPinnedCA, "2.3", gateway, "BackendTLSPolicy spec.validation.caCertificateRefs", "state/graph/backend_tls_policy.go"),
		yes(controller.ExitName, "2.3", gateway, "BackendTLSPolicy spec.validation.hostname", "nginx/config/servers_template.go proxy_ssl_name"),
		no(controller.ExitFloor, "nothing sets proxy_ssl_protocols, and nginx calls with TLS 1.2 or 1.3", "the listener that answers must have the floor", "nginx/config/servers_template.go"),
		yes(controller.ExitClosed, "2.2", network, "a NetworkPolicy around the egress gateway's proxies; the cluster must name its networkPolicyEngine", "provisioner/objects.go buildServicePorts"),
		yes(controller.ExitDirect, "1.0", workload, "the workload presents its own certificate", "no controller is involved"),
		no(controller.ExitGRPC, "the client certificate of the Gateway is set for proxy_pass, and gRPC goes by grpc_pass, which has none", "say via direct", "nginx/config/base_http_config_template.go"),
		no(controller.ExitTCP, "its listeners hand a byte stream on only where TLS passes through or from 2.7 on", "say via direct", stream),
	}
}
