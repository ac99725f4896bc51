package traefik

import "github.com/gatespan/gatespan/internal/controller"

// prerequisites are about the installation: gatespan writes neither its static configuration nor its Service. Without most of them listeners
// accept what they must not, or others call with a consumer's certificate, and nothing in the cluster says so. look.go tells whether they are
// so, as far as the configuration is in Git.
func prerequisites() []controller.Prerequisite {
	var (
		terminating = []controller.AbilityID{controller.EntryTerminate}
		calling     = []controller.AbilityID{controller.ExitGateway}
		ending      = []controller.AbilityID{controller.EntryTerminate, controller.ExitGateway}
		serving     = []controller.AbilityID{controller.EntryTerminate, controller.EntryPassthrough, controller.ExitGateway}
	)
	return []controller.Prerequisite{
		{
			ID: "traefik-crd-provider", For: ending, Source: codeOption,
			Text: "the provider kubernetesCRD is on and watches the namespace of each gateway: where the TLSOption is not read, listeners accept TLS 1.2 and ask nobody for a certificate",
			How:  "set providers.kubernetesCRD, with the namespace in its namespaces, and no labelSelector that leaves the TLSOption out",
			Look: judged(lookCRDs),
		},
		{
			ID: "traefik-default-options", For: ending, Source: docsMigrate,
			Text: "TLS options named default come from the gateway's namespace alone, and from no other provider: of two neither counts",
			How:  "set providers.kubernetesCRD.defaultTLSResourcesNamespace to the gateway's namespace, and define no TLS options in files",
			Look: judged(lookDefault),
		},
		{
			ID: "traefik-strict-options", For: ending, Source: docsMigrate,
			Text: "routers whose TLS options are in conflict are disabled instead of given others",
			How:  "set core.strictTLSOptions",
			Look: judged(func(i installation, _ place) verdict { return i.want("core.strictTLSOptions") }),
		},
		{
			ID: "traefik-gateway-provider", For: serving, Source: codeGateway + " Provide",
			Text: "the provider kubernetesGateway is on, and its experimentalChannel is off where the experimental CRDs are not installed: it does not start without them",
			How:  "set providers.kubernetesGateway (Helm value providers.kubernetesGateway.enabled)",
			Look: judged(lookGateways),
		},
		{
			ID: "traefik-ports", For: serving, Source: codeGateway + " entryPointName",
			Text: "an entryPoint listens on the port of each gateway: without one the listener is refused",
			How:  "set the address of an entryPoint to the port (Helm value ports.websecure.port)",
			Look: judged(lookPorts),
		},
		{
			ID: "traefik-forwarded-headers", For: terminating, Source: "pkg/middlewares/forwardedheaders/forwarded_header.go",
			Text: "entryPoints take X-Forwarded-Tls-Client-Cert from nobody",
			How:  "leave forwardedHeaders.insecure off, and trustedIPs to proxies that verify clients",
			Look: judged(lookForwarded),
		},
		{
			ID: "traefik-nothing-between", For: ending, Source: "pkg/server/aggregator.go applyModel, pkg/provider/rest/rest.go",
			Text: "no entryPoint has middlewares for all requests, no plugin runs, and nobody configures it or reads its configuration by its API",
			How:  "leave entryPoints.*.http.middlewares, experimental.plugins, providers.plugin, api.insecure and providers.rest.insecure out",
			Look: judged(lookBetween),
		},
		{
			ID: "traefik-external-names", For: calling, Source: codeCRD + " loadServers",
			Text: "TraefikServices may lead to ExternalName Services: without that no call leaves the egress gateway",
			How:  "set providers.kubernetesCRD.allowExternalNameServices",
			Look: judged(func(i installation, _ place) verdict {
				return i.want("providers.kubernetesCRD.allowExternalNameServices")
			}),
		},
		{
			ID: "traefik-own-transports", For: calling, Source: codeCRD + " makeServersTransportKey, " + codeHTTP + " loadHTTPBackendRef",
			Text: "no other namespace leads to the TraefikServices and ServersTransports of an egress gateway by naming them with their provider",
			How:  "set crossProviderNamespaces of providers.kubernetesCRD, kubernetesGateway and kubernetesIngress to the consumer's namespace, and leave allowCrossNamespace off",
			Look: judged(lookCross),
		},
		{
			ID: "traefik-safe-naming", For: calling, Source: "pkg/provider/kubernetes/crd/name_builder.go",
			Text: "no object of another namespace takes the name of a ServersTransport or TraefikService, which Traefik joins of namespace and name",
			How:  "set providers.kubernetesCRD.safeNaming",
			Look: judged(lookNaming),
		},
		{
			ID: "traefik-cluster-service", For: calling, Source: docsChart + " templates/_service.tpl",
			Text: "the Service of an installation that is an egress gateway is reached from inside the cluster only",
			How:  "set its type to ClusterIP (Helm value service.spec.type)",
			Look: judged(lookService),
		},
		{
			ID: "traefik-scheme", For: []controller.AbilityID{controller.EntryInternal}, Source: docsEntry,
			Text: "the Service of the installation is reached by private addresses only",
			How:  "set its type and the cloud's annotations with the installation (Helm values service.spec.type and service.annotations)",
		},
		{
			ID: "traefik-source-ranges", For: []controller.AbilityID{controller.EntrySourceCIDRs}, Source: docsEntry,
			Text: "the Service of the installation admits the consumers' addresses alone",
			How:  "set spec.loadBalancerSourceRanges with the installation (Helm value service.spec.loadBalancerSourceRanges)",
		},
	}
}
