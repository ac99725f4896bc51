package haproxy

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// What the controller cannot do, as its writer and its profile say it.
const (
	asksNobody = "a listener that ends TLS has a certificate and nothing else: clients are asked for none, and spec.tls.frontend is not read"
	lowFloor   = "haproxy.cfg of the installation accepts TLS 1.1, and spec.ssl_options.default_bind_options of a Global changes that for all listeners, which then still verify no client"
	noEgress   = "servers are spoken to without TLS of the gateway's own"
	tooOld     = "it reads TCPRoutes and Gateways in version v1alpha2 of Gateway API 0.5, which no current API server serves, and neither ends TLS nor looks at its server name there"
)

// What works instead.
const (
	pass    = "say tls: mode: \"Passthrough\" with an attestation that the pods end TLS 1.3 and verify clients, or serve the exposure behind Envoy Gateway"
	direct  = `say via: "direct"`
	unified = "install HAProxy Unified Gateway (distribution upstream) for TLS that passes through, or serve the exposure behind Envoy Gateway"
)

const (
	codeListener  = "k8s/gate/tree/gateway_listener.go"
	codeFrontend  = "k8s/gate/haproxy/frontends.go"
	codeServer    = "k8s/gate/haproxy/servers.go"
	codeTypes     = "k8s/gate/object-types/object_types.go"
	docsIngress   = "haproxytech/kubernetes-ingress documentation/gateway-api.md"
	defaultConfig = "fs/usr/local/hug/haproxy.cfg"
)

// profile is what HAProxy Unified Gateway can enforce: it passes TLS through.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "haproxy",
		Title:           "HAProxy Unified Gateway",
		ControllerNames: []string{"gate.haproxy.org/hug"}, // k8s/gate/config/config.go
		Classes:         []string{"haproxy"},              // documentation/conformance.md
		Parameters:      []string{kindDefaults, kindGlobal, kindHugConf},
		Policies:        []string{kindBackend},
		Kinds:           map[string][]string{Group: {kindBackend, kindDefaults, kindGlobal, kindHugConf, kindMergeType}},
		APIVersions:     map[string][]string{Group: {"v3"}}, // api/definition
		// the chart has versions of its own (1.2.0 is 1.0.6)
		Images: []string{"haproxytech/haproxy-unified-gateway"},
		Versions: []controller.VersionRange{
			{Distribution: "upstream", From: "1.0", To: "1.0", EndOfLife: "2027-04-30", Source: "documentation/lifecycle.yaml: 2027-04 at the earliest"},
			{Distribution: ingressDistribution, From: "3.0", To: "3.2", Source: docsIngress},
		},
		Abilities: abilities(),
		References: []controller.ReferenceRule{
			{From: "Gateway spec.listeners.tls.certificateRefs", To: "Secret", OnMissing: "closed", Source: codeListener + " checkCertificateRefs: the listener is not programmed"},
			{From: "HTTPRoute, TLSRoute spec.rules.backendRefs", To: "Service", OnMissing: "closed", Source: codeServer + ": the backend has no servers"},
			{From: "Service annotation " + backendAnnotation, To: "Backend", OnMissing: "open", Source: "documentation/CustomResources/backend.md: the annotation is ignored"},
		},
		Prerequisites: prerequisites(),
	}
}

func abilities() []controller.Ability {
	var out []controller.Ability
	no := func(how, instead, source string, ids ...controller.AbilityID) {
		for _, id := range ids {
			out = append(out, controller.Ability{ID: id, Enforcer: string(posture.ByNobody), How: how, Instead: instead, Source: source})
		}
	}
	yes := func(id controller.AbilityID, enforcer posture.Enforcer, how, source string) {
		out = append(out, controller.Ability{ID: id, Support: true, Enforcer: string(enforcer), How: how, Source: source})
	}
	yes(controller.ExitDirect, posture.ByWorkload, "the workload presents its own certificate", "no controller is involved")
	for _, id := range controller.AbilityIDs() {
		if id != controller.ExitDirect {
			out = append(out, controller.Ability{
				ID: id, Distributions: []string{ingressDistribution}, Enforcer: string(posture.ByNobody), How: tooOld, Instead: unified, Source: docsIngress,
			})
		}
	}
	no(asksNobody, pass, codeFrontend+" bindParams", controller.EntryTerminate, controller.EntryClientCertificate, controller.EntryIdentityURI, controller.EntryIdentityDNS)
	no(lowFloor, pass, defaultConfig, controller.EntryFloor)
	yes(controller.EntryPassthrough, posture.ByWorkload, "listener protocol TLS with tls.mode Passthrough, and a TLSRoute of v1alpha2, from the experimental channel", codeTypes)
	yes(controller.EntrySourceCIDRs, posture.ByNetwork, "spec.loadBalancerSourceRanges of the Service of its installation", "k8s/gate/hugservice/hugservice.go: the controller sets ports alone")
	no("BackendTLSPolicies are not read, and servers are spoken to in plaintext", pass, codeServer, controller.EntryBackendTLS, controller.EntryBackendEncrypted)
	no("HTTPRoutes are served by listeners that verify no client", pass, codeFrontend, controller.EntryHTTPRoute, controller.EntryTimeouts, controller.EntryWeights, controller.EntryRetries)
	no("GRPCRoutes are not read", pass, codeTypes, controller.EntryGRPCRoute)
	no("a listener of protocol TLS that ends it is refused", pass, codeListener+" checkProtocol", controller.EntryTCP)
	no("it checks no tokens", "let the pods check tokens, and say tls: mode: \"Passthrough\"", codeTypes, controller.EntryJWT)
	no("ListenerSets are not read", "use a second gateway", codeTypes, controller.EntryListenerSets)
	yes(controller.EntryInternal, posture.ByNetwork, "type and annotations of the Service of its installation", "example/deploy/hug/controller.yaml")
	yes(controller.EntryInternetFacing, posture.ByNetwork, "type and annotations of the Service of its installation", "example/deploy/hug/controller.yaml")
	no("one installation carries all gateways, and its Deployment says how many proxies there are", "set it there", "example/deploy/hug/controller.yaml", controller.EntryReplicas)
	no("the controller sets ports of its Service and nothing else", "annotate the Service of the installation", "k8s/gate/hugservice/hugservice.go", controller.EntryAnnotations)
	no("what is logged is a Defaults of the installation, for all listeners", "set it there", "api/gate/v3/hug-conf.go", controller.EntryAccessLogs)
	no("metrics are flags of its installation", "set --metrics-auth there", "documentation/metrics.md", controller.EntryMetrics, controller.EntryAlerts)
	no(noEgress, direct, codeServer,
		controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitFloor,
		controller.ExitClosed, controller.ExitGRPC, controller.ExitTCP)
	return out
}

// prerequisites are about the installation: gatespan writes neither its Deployment nor its Service.
func prerequisites() []controller.Prerequisite {
	upstream := []string{"upstream"}
	return []controller.Prerequisite{
		{
			ID: "haproxy-experimental-channel", For: []controller.AbilityID{controller.EntryPassthrough}, Distributions: upstream, Source: codeTypes,
			Text: "the cluster serves TLSRoute in version v1alpha2, which the controller reads",
			How:  "install the CRDs of Gateway API's experimental channel",
		},
		{
			ID: "haproxy-port", For: []controller.AbilityID{controller.EntryPassthrough}, Distributions: upstream, Source: codeListener + " checkPort",
			Text: "the controller may bind the port of each gateway: one below 1024 needs CAP_NET_BIND_SERVICE, and without it the listener is refused",
			How:  "grant the capability to the container, or use a port from 1024 on",
		},
		{
			ID: "haproxy-scheme", For: []controller.AbilityID{controller.EntryInternal}, Distributions: upstream, Source: "example/deploy/hug/controller.yaml",
			Text: "the Service of the installation is reached by private addresses only",
			How:  "set its type and the cloud's annotations with the installation (Helm values controller.service.type and .annotations)",
		},
		{
			ID: "haproxy-source-ranges", For: []controller.AbilityID{controller.EntrySourceCIDRs}, Distributions: upstream, Source: "k8s/gate/hugservice/hugservice.go",
			Text: "the Service of the installation admits the consumers' addresses alone",
			How:  "set spec.loadBalancerSourceRanges with the installation",
		},
	}
}
