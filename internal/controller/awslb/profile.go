package awslb

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// Where it is said: the controller's files at v3.5.0, and AWS' documentation of its load balancers.
const (
	atListeners   = "pkg/gateway/model/model_build_listener.go"
	atTargets     = "pkg/gateway/model/model_build_target_group.go"
	atSecurity    = "pkg/gateway/model/model_build_security_group.go"
	atRoutes      = "pkg/gateway/routeutils/listener_utils.go validateListeners"
	docsALB       = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html"
	docsMutual    = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html"
	docsL4        = "docs/guide/gateway/l4gateway.md"
	docsL7        = "docs/guide/gateway/l7gateway.md"
	docsLoadBalan = "docs/guide/gateway/loadbalancerconfig.md"
)

// profile is what the two load balancers can enforce.
func profile() controller.Profile {
	return controller.Profile{
		Name:            "aws-lb",
		Title:           "AWS Load Balancer Controller",
		ControllerNames: []string{controllerALB, controllerNLB},
		Classes:         []string{classALB, classNLB, docsClassALB, docsClassNLB},
		Parameters:      []string{kindLoadBalancer},
		Policies:        []string{kindLoadBalancer, kindRule, kindTargetGroup},
		Kinds:           map[string][]string{Group: {kindLoadBalancer, kindTargetGroup, kindRule}},
		APIVersions:     map[string][]string{Group: {"v1", "v1beta1"}},
		// helm/aws-load-balancer-controller/values.yaml image; the chart has versions of its own
		Images:   []string{"aws-load-balancer-controller"},
		Versions: []controller.VersionRange{{Distribution: "upstream", From: "3.5", To: "3.5", Source: "config/crd/gateway/gateway-crds.yaml: " + version}},
		Homes: []controller.Home{{
			Cloud: "eks", Why: "it makes load balancers of AWS, whose targets are in a VPC", Instead: "Envoy Gateway or Istio", Source: docsALB,
		}},
		Abilities:     abilities(),
		References:    references(),
		Prerequisites: prerequisites(),

		ServerCertificates: controller.FromACM,
		ClientCA:           controller.FromTrustStore,

		OneMode:        "a load balancer either ends TLS (ALB) or hands bytes on (NLB), and a Gateway is one of them (" + atRoutes + ")",
		OnePassthrough: "an NLB does not route by server name, so that one route gets every connection of a port (" + docsL4 + ")",
		OneAudience:    "what an ALB makes of several values of a claim is not documented (API_JwtValidationActionAdditionalClaim)",
		PodsCannotTell: "AWS does not say what an ALB does with X-Amzn-Mtls headers that a client sends (" + docsMutual + ")",
		OutsideCluster: "its load balancers are outside the cluster",
	}
}

func abilities() []controller.Ability {
	gateway, network := string(posture.ByGateway), string(posture.ByNetwork)
	var out []controller.Ability
	yes := func(enforcer, how, source string, ids ...controller.AbilityID) {
		for _, id := range ids {
			out = append(out, controller.Ability{ID: id, Support: true, Enforcer: enforcer, How: how, Source: source})
		}
	}
	no := func(how, instead, source string, ids ...controller.AbilityID) {
		for _, id := range ids {
			out = append(out, controller.Ability{ID: id, Enforcer: string(posture.ByNobody), How: how, Instead: instead, Source: source})
		}
	}
	yes(gateway, "an ALB's HTTPS listener with a certificate of AWS Certificate Manager", atListeners, controller.EntryTerminate)
	yes(gateway, "an NLB's TCP listener, one exposure a gateway", docsL4, controller.EntryPassthrough)
	yes(gateway, "LoadBalancerConfiguration listenerConfigurations.sslPolicy "+strictPolicy, docsLoadBalan, controller.EntryFloor)
	yes(gateway, "LoadBalancerConfiguration listenerConfigurations.mutualAuthentication.mode verify, with a trust store", docsMutual, controller.EntryClientCertificate)
	no("an ALB accepts every certificate of its trust store, and tells the pods in X-Amzn-Mtls headers which it was",
		"say identity.enforcedBy: \"trustDomain\", or serve the exposure behind Envoy Gateway", docsMutual,
		controller.EntryIdentityURI, controller.EntryIdentityDNS)
	yes(network, "LoadBalancerConfiguration sourceRanges, in the security group that the controller makes", atSecurity, controller.EntrySourceCIDRs)
	no("an ALB opens TLS to the pods and checks nobody's certificate",
		"add exposures.<name>.service.attestation, or say tls.mode: \"Passthrough\"", docsALB, controller.EntryBackendTLS)
	yes(network, "TargetGroupConfiguration protocol HTTPS; the way is inside the VPC", atTargets, controller.EntryBackendEncrypted)
	yes(gateway, "HTTPRoute", docsL7, controller.EntryHTTPRoute)
	yes(gateway, "GRPCRoute, on an HTTPS listener", docsL7, controller.EntryGRPCRoute)
	yes(gateway, "HTTPRoute backendRefs.weight, at most 999", "pkg/gateway/routeutils/backend.go", controller.EntryWeights)
	yes(gateway, "ListenerRuleConfiguration actions of type jwt-validation", docsL7, controller.EntryJWT)
	no("an ALB serves HTTP only, and an NLB that ends TLS verifies no clients", "say tls.mode: \"Passthrough\"", atListeners, controller.EntryTCP)
	no("HTTPRoute retry is not read", "leave retries out, or serve the exposure behind Envoy Gateway", "pkg/gateway/routeutils/http.go", controller.EntryRetries)
	no("HTTPRoute timeouts are not read; an ALB has one idle timeout", "leave timeouts out, or serve the exposure behind Envoy Gateway", "pkg/gateway/routeutils/http.go", controller.EntryTimeouts)
	no("an ALB has at most 25 certificates by default", "spread the exposures over more gateways",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html", controller.EntryListenerSets)
	yes(network, "LoadBalancerConfiguration scheme internal", docsLoadBalan, controller.EntryInternal)
	yes(network, "LoadBalancerConfiguration scheme internet-facing", docsLoadBalan, controller.EntryInternetFacing)
	no("a load balancer of AWS scales by itself", "leave replicas out", docsLoadBalan, controller.EntryReplicas)
	no("annotations of a Gateway's infrastructure are put on TargetGroupBindings alone; a load balancer is configured by its LoadBalancerConfiguration", "leave annotations out",
		"pkg/gateway/model/model_build_target_group.go", controller.EntryAnnotations)
	no("a load balancer of AWS logs to S3 by attributes of its own, and its metrics are CloudWatch's", "set loadBalancerAttributes outside gatespan, or leave observability out",
		docsLoadBalan, controller.EntryAccessLogs, controller.EntryMetrics, controller.EntryAlerts)
	no("its load balancers are ways in, to targets in the VPC, and present no client certificate", `say via: "direct"`, docsALB,
		controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitFloor,
		controller.ExitClosed, controller.ExitGRPC, controller.ExitTCP)
	yes(string(posture.ByWorkload), "the workload presents its own certificate", "no controller is involved", controller.ExitDirect)
	return out
}

func references() []controller.ReferenceRule {
	return []controller.ReferenceRule{
		{From: "Gateway spec.infrastructure.parametersRef", To: kindLoadBalancer, OnMissing: "closed", Source: "pkg/gateway/gatewayutils/lb_config_utils.go: the Gateway is not reconciled"},
		{From: "GatewayClass spec.parametersRef", To: kindLoadBalancer, OnMissing: "closed", Source: "controllers/gateway/config_resolver.go: no Gateway of the class is reconciled"},
		{From: "LoadBalancerConfiguration spec.defaultTargetGroupConfiguration", To: kindTargetGroup, OnMissing: "closed", Source: "controllers/gateway/config_resolver.go lookUpDefaultTGCByName"},
		{From: "HTTPRoute spec.rules.filters.extensionRef", To: kindRule, OnMissing: "closed", Source: "pkg/gateway/routeutils/backend.go listenerRuleConfigLoader: the rule has no backends"},
		{From: "HTTPRoute spec.rules.backendRefs", To: "Service", OnMissing: "closed", Source: "pkg/gateway/routeutils/backend_service.go: the rule answers 500"},
	}
}
