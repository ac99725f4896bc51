package vpclattice

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// What the controller cannot do, as its writer and its profile say it.
const (
	endsOldTLS = "an HTTPS listener of Lattice speaks TLS 1.2, by a fixed policy"
	asksNobody = "Lattice asks clients for no certificate, and spec.tls.frontend is not read"
	noEgress   = "Lattice opens no TLS of its own with a client certificate: callers reach the service network themselves"
)

// What works instead.
const (
	pass   = "say tls: mode: \"Passthrough\" with an attestation that the pods end TLS 1.3 and verify clients, or serve the exposure behind Envoy Gateway"
	direct = `say via: "direct"`
)

const (
	docsHTTPS   = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/https-listeners.html"
	docsTLS     = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/tls-listeners.html"
	docsNetwork = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html"
	docsGateway = "docs/api-types/gateway.md"
	codeService = "pkg/gateway/model_build_lattice_service.go"
	codeTarget  = "pkg/gateway/model_build_targetgroup.go"
)

// profile is what VPC Lattice can enforce: it passes TLS through, in private networks.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "vpc-lattice",
		Title:           "AWS Gateway API Controller for VPC Lattice",
		Claims:          claims,
		ControllerNames: []string{"application-networking.k8s.aws/gateway-api-controller"}, // pkg/config/controller_config.go
		Classes:         []string{"amazon-vpc-lattice"},                                    // files/controller-installation/gatewayclass.yaml
		Policies:        []string{kindAccessLogPolicy, kindIAMAuthPolicy, kindTargetGroupPolicy, kindVPCAssociationPolicy},
		Kinds: map[string][]string{Group: {
			kindAccessLogPolicy, kindIAMAuthPolicy, kindServiceExport, kindServiceImport, kindServiceNetwork, kindTargetGroupPolicy, kindVPCAssociationPolicy,
		}},
		APIVersions: map[string][]string{Group: {"v1alpha1"}}, // config/crds/bases
		// docs/guides/deploy.md: the chart has the version of the release
		Charts:   []string{"aws-gateway-controller-chart"},
		Images:   []string{"aws-application-networking-k8s/aws-gateway-controller"},
		Versions: []controller.VersionRange{{Distribution: "upstream", From: "2.1", To: "2.1", Source: "docs/guides/upgrading-v2-0-x-to-v2-1-y.md"}},
		Homes: []controller.Home{{
			Cloud: "eks", Why: "VPC Lattice is a network of AWS", Instead: "Envoy Gateway or Istio", Source: docsGateway,
		}},
		Abilities: abilities(),
		References: []controller.ReferenceRule{
			{From: "HTTPRoute, GRPCRoute spec.rules.backendRefs", To: "Service", OnMissing: "closed", Source: codeTarget + ": the target group is not made"},
			{From: "TLSRoute spec.rules.backendRefs", To: "Service", OnMissing: "closed", Source: codeTarget + ": the target group is not made"},
			{From: "TargetGroupPolicy spec.targetRef", To: "Service, ServiceExport", OnMissing: "open", Source: codeTarget + " parseTargetGroupConfig: plaintext HTTP"},
			{From: "IAMAuthPolicy spec.targetRef", To: "Gateway, HTTPRoute, GRPCRoute", OnMissing: "open", Source: "pkg/k8s/policyhelper/policy.go ValidateTargetRef: the policy is not in force"},
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
	no(endsOldTLS, pass, docsHTTPS, controller.EntryTerminate, controller.EntryFloor, controller.EntryHTTPRoute, controller.EntryGRPCRoute)
	no(asksNobody, pass, docsHTTPS, controller.EntryClientCertificate, controller.EntryIdentityURI, controller.EntryIdentityDNS)
	yes(controller.EntryPassthrough, posture.ByWorkload, "listener protocol TLS with tls.mode Passthrough, and a TLSRoute with one hostname and one rule in the Service's namespace", "docs/api-types/tls-route.md")
	yes(controller.EntrySourceCIDRs, posture.ByNetwork, "security groups of the service network's associations and endpoints, which are AWS's", docsNetwork)
	no("a target group may be HTTPS, and the certificates of its targets are not verified", pass, "https://docs.aws.amazon.com/vpc-lattice/latest/ug/target-groups.html",
		controller.EntryBackendTLS, controller.EntryBackendEncrypted)
	no("a TLS listener passes TLS through; none ends it and hands the bytes on", pass, docsTLS, controller.EntryTCP)
	no("an HTTPRoute's timeouts and retries are not read", "leave them to the pods, and say tls: mode: \"Passthrough\"", "docs/api-types/http-route.md", controller.EntryTimeouts, controller.EntryRetries)
	no("HTTPRoutes split requests, behind listeners that end TLS 1.2", "split them behind another controller", "docs/api-types/http-route.md", controller.EntryWeights)
	no("Lattice checks IAM signatures, no tokens", "let the pods check tokens, and say tls: mode: \"Passthrough\"", "docs/api-types/iam-auth-policy.md", controller.EntryJWT)
	no("it does not read ListenerSets", "use a second gateway", "pkg/controllers/gateway_controller.go", controller.EntryListenerSets)
	yes(controller.EntryInternal, posture.ByNetwork, "a service is reached in the service network's VPCs, by link-local addresses, and through its endpoints", docsGateway)
	no("a Lattice service has private addresses only", "make the gateway's scheme internal, with reachableFrom for clusters that have a private path to the service network", docsGateway, controller.EntryInternetFacing)
	no("Lattice is no pods, and scales by itself", "leave replicas out", docsGateway, controller.EntryReplicas)
	no("Lattice has no load balancer of the cluster in front, and no annotation of a Gateway is read", "leave annotations out", "pkg/controllers/gateway_controller.go", controller.EntryAnnotations)
	no("access logs are an AccessLogPolicy with a destination in AWS, which the fleet cannot name", "copy an AccessLogPolicy by the gateway's objects", "docs/api-types/access-log-policy.md", controller.EntryAccessLogs)
	no("its metrics are CloudWatch's", "take them from CloudWatch", "https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-cloudwatch.html", controller.EntryMetrics, controller.EntryAlerts)
	no(noEgress, direct, "docs/concepts/concepts.md",
		controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitFloor,
		controller.ExitClosed, controller.ExitGRPC, controller.ExitTCP)
	yes(controller.ExitDirect, posture.ByWorkload, "the workload presents its own certificate", "no controller is involved")
	return out
}

// prerequisites are outside the cluster's objects, in AWS.
func prerequisites() []controller.Prerequisite {
	return []controller.Prerequisite{
		{
			ID: "lattice-service-network", For: []controller.AbilityID{controller.EntryPassthrough}, Source: docsGateway,
			Text: "a service network with the Gateway's name exists, and is for these exposures: every Gateway of that name in any namespace, cluster or account that shares it joins the same one",
			How:  "make it with the cluster (aws vpc-lattice create-service-network), and associate it with the VPCs of the callers alone",
		},
		{
			ID: "lattice-private-path", For: []controller.AbilityID{controller.EntryInternal}, Source: "docs/guides/service-network-endpoint.md",
			Text: "callers outside the service network's VPCs have a private path to an endpoint of it, and resolve the exposure's hostname to that",
			How:  "make a service network endpoint, and a record in a private zone for each hostname",
		},
		{
			ID: "lattice-source-groups", For: []controller.AbilityID{controller.EntrySourceCIDRs}, Source: docsNetwork,
			Text: "security groups of the service network's association or endpoint admit the consumers' addresses alone",
			How:  "name them in a VpcAssociationPolicy among the gateway's objects, or on the endpoint",
		},
		{
			ID: "lattice-node-groups", For: []controller.AbilityID{controller.EntryPassthrough}, Source: "docs/guides/deploy.md",
			Text: "the security groups of nodes and pods admit the managed prefix list of VPC Lattice, and no other outside source",
			How:  "allow com.amazonaws.<region>.vpc-lattice to the exposures' ports",
		},
	}
}
