package agc

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// What the controller cannot do, as its writer and its profile say it.
const (
	noFloor  = "both predefined TLS policies, 2023-06 and 2023-06-S, accept TLS 1.2, and there is no other policy to choose"
	noEgress = "its proxies are Azure's and outside the cluster, reach Services of the cluster only, and answer 500 for an ExternalName"
)

// Where it is said; see the package's comment.
const (
	docsTLS     = "MicrosoftDocs/azure-docs articles/application-gateway/for-containers/tls-policy.md"
	docsMTLS    = "MicrosoftDocs/azure-docs articles/application-gateway/for-containers/how-to-frontend-mtls-gateway-api.md"
	docsBackend = "MicrosoftDocs/azure-docs articles/application-gateway/for-containers/how-to-backend-mtls-gateway-api.md"
	docsParts   = "MicrosoftDocs/azure-docs articles/application-gateway/for-containers/application-gateway-for-containers-components.md"
	docsJWT     = "https://learn.microsoft.com/azure/application-gateway/for-containers/jwt-validation"
	docsNotes   = "MicrosoftDocs/azure-docs articles/application-gateway/for-containers/alb-controller-release-notes.md"
	issueEgress = "https://github.com/Azure/AKS/issues/5776"
	apiFrontend = "Azure/Application-Gateway-for-Containers-Migration-Utility crds/v1/frontendtlspolicy.go"
)

// profile is what Application Gateway for Containers can enforce: nothing that an exposure asks for.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "agc",
		Title:           "Azure Application Gateway for Containers",
		ControllerNames: []string{"alb.networking.azure.io/alb-controller"},
		Classes:         []string{"azure-alb-external"},
		Parameters:      []string{kindLoadBalancer},
		Policies:        []string{kindBackendTLSPolicy, kindFrontendTLSPolicy, kindHealthCheck, kindRoutePolicy, kindFirewall},
		// Azure/Application-Gateway-for-Containers-Migration-Utility crds/v1, kubebuilder:resource:path: some are no plurals at all
		Plurals: map[string]string{
			kindLoadBalancer: "applicationloadbalancer", kindLoadBalancing: "backendloadbalancingpolicy", kindHealthCheck: "healthcheckpolicy",
			kindIngressExtension: "ingressextension", kindFirewall: "webapplicationfirewallpolicy",
		},
		Kinds: map[string][]string{Group: {
			kindLoadBalancer, kindAuthPolicy, kindLoadBalancing, kindBackendTLSPolicy, kindFrontendTLSPolicy, kindHealthCheck, kindIngressExtension,
			kindRoutePolicy, kindFirewall,
		}},
		APIVersions: map[string][]string{Group: {"v1"}},
		// learn.microsoft.com, application-gateway/for-containers/alb-controller-release-notes: the chart has the version of the release
		Charts: []string{"alb-controller"},
		Images: []string{"application-lb/images/alb-controller"},
		Versions: []controller.VersionRange{
			{Distribution: "upstream", From: "1.10", To: "1.13", Source: docsNotes},
			{Distribution: "aks-addon", From: "1.10", To: "1.11", Source: docsNotes},
		},
		Homes: []controller.Home{{
			Cloud: "aks", Why: "its proxies are a service of Azure", Instead: "Envoy Gateway or Istio", Source: docsParts,
		}},
		Abilities:  abilities(),
		References: references(),
	}
}

func abilities() []controller.Ability {
	const instead = "serve the exposure behind Envoy Gateway or Istio in this cluster, or from another cluster"
	var out []controller.Ability
	no := func(how, source string, ids ...controller.AbilityID) {
		for _, id := range ids {
			out = append(out, controller.Ability{ID: id, Enforcer: string(posture.ByNobody), How: how, Instead: instead, Source: source})
		}
	}
	no(noFloor, docsTLS, controller.EntryTerminate, controller.EntryFloor)
	no("no listener but HTTP and HTTPS is documented, and no TLSRoute", docsParts, controller.EntryPassthrough)
	no("a FrontendTLSPolicy requires a certificate, on listeners that accept TLS 1.2", docsMTLS, controller.EntryClientCertificate)
	no("FrontendTLSPolicy verify.subjectAltNames has no documented meaning", apiFrontend,
		controller.EntryIdentityURI, controller.EntryIdentityDNS)
	no("source addresses are for a network security group of the subnet, outside the cluster", "https://github.com/Azure/AKS/issues/5837",
		controller.EntrySourceCIDRs)
	no("its own BackendTLSPolicy verifies pods, behind listeners that accept TLS 1.2", docsBackend,
		controller.EntryBackendTLS, controller.EntryBackendEncrypted)
	no("HTTPRoutes are served by listeners that accept TLS 1.2", docsTLS,
		controller.EntryHTTPRoute, controller.EntryGRPCRoute, controller.EntryRetries, controller.EntryTimeouts, controller.EntryWeights)
	no("no TCP listener and no TCPRoute is documented", docsParts, controller.EntryTCP)
	no("AuthPolicy is a preview, and a route may opt out of it", docsJWT, controller.EntryJWT)
	no("every listener, of a ListenerSet too, accepts TLS 1.2", docsTLS, controller.EntryListenerSets)
	no("a frontend has a public name; private addresses are not supported", docsParts, controller.EntryInternal)
	no("a frontend is public, and accepts TLS 1.2", docsTLS, controller.EntryInternetFacing)
	no("logs and metrics are Azure Monitor's, and no object in the cluster asks for them", docsParts,
		controller.EntryAccessLogs, controller.EntryMetrics, controller.EntryAlerts)
	no("its proxies are Azure's, and scale by themselves", docsParts, controller.EntryReplicas)
	no("a frontend is Azure's, and no annotation of a Gateway changes it", docsParts, controller.EntryAnnotations)
	for _, id := range []controller.AbilityID{
		controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitFloor,
		controller.ExitClosed, controller.ExitGRPC, controller.ExitTCP,
	} {
		out = append(out, controller.Ability{
			ID: id, Enforcer: string(posture.ByNobody), How: noEgress, Instead: `say via: "direct"`, Source: issueEgress,
		})
	}
	return append(out, controller.Ability{
		ID: controller.ExitDirect, Support: true, Enforcer: string(posture.ByWorkload), How: "the workload presents its own certificate",
		Source: "no controller is involved",
	})
}

// What the documentation does not say of a missing object is "unknown".
func references() []controller.ReferenceRule {
	return []controller.ReferenceRule{
		{
			From: "Gateway spec.listeners.tls.certificateRefs", To: "Secret", OnMissing: "closed",
			Source: "gateway-api apis/v1/gateway_types.go: the listener is not programmed",
		},
		{From: "FrontendTLSPolicy spec.default.verify.caCertificateRef", To: "Secret", OnMissing: unsaid, Source: docsMTLS},
		{From: "BackendTLSPolicy spec.default.verify.caCertificateRef", To: "Secret", OnMissing: unsaid, Source: docsBackend},
		{
			From: "HTTPRoute spec.rules.backendRefs", To: "Service", OnMissing: "closed",
			Source: "gateway-api apis/v1/httproute_types.go: the rule answers 500",
		},
	}
}

// unsaid is what happens without a referenced object, where the documentation is silent.
const unsaid = "unknown"
