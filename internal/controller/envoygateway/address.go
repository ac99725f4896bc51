package envoygateway

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Annotations of the clouds that decide a load balancer. Sources: AWS Load Balancer Controller, docs/guide/service/annotations.md;
// cloud-provider-azure, site/content/en/topics/loadbalancer.md.
const (
	lbcClass            = "service.k8s.aws/nlb"
	awsPrefix           = "service.beta.kubernetes.io/aws-load-balancer-"
	awsScheme           = awsPrefix + "scheme"
	awsInternal         = awsPrefix + "internal"
	awsType             = awsPrefix + "type"
	awsTargetType       = awsPrefix + "nlb-target-type"
	awsTargetAttributes = awsPrefix + "target-group-attributes"
	awsProxyProtocol    = awsPrefix + "proxy-protocol"
	awsCertificate      = awsPrefix + "ssl-cert"
	awsBackendProtocol  = awsPrefix + "backend-protocol"
	azureInternal       = "service.beta.kubernetes.io/azure-load-balancer-internal"
)

// address fills in where a listener can be reached from, and takes back what a load balancer in front of it undoes.
func (r *reader) address(l *gatewayapi.Listener, p proxyConfig, e *posture.Entry) {
	annotations := p.annotations()
	e.Scheme = r.scheme(p, annotations)
	e.SourceCIDRs = r.sources(l, p, annotations, e)
	r.terminatedInFront(annotations, e)
	if p.merged {
		e.Scheme.Why += "; all Gateways of class " + string(p.gateway.Spec.GatewayClassName) + " share its proxies"
	}
}

// scheme reads the Service that the controller makes for the proxies: a load balancer unless the EnvoyProxy says otherwise
// (DefaultKubernetesServiceType in api/v1alpha1/kubernetes_helpers.go).
func (r *reader) scheme(p proxyConfig, annotations map[string]annotation) posture.Setting[string] {
	kind, from := first(p, func(s envoyProxySpec) (string, bool) { t := service(s).Type; return t, t != "" })
	by := gatewayapi.Nearest(p.gateway.Object, "spec.infrastructure")
	if from != nil {
		by = gatewayapi.Nearest(from, serviceField+".type")
	}
	set := func(value string, enforcer posture.Enforcer, by posture.Ref, why string) posture.Setting[string] {
		return posture.Setting[string]{Value: value, Enforcer: enforcer, By: by, Why: why}
	}
	switch kind {
	case "ClusterIP":
		return set(posture.SchemeCluster, posture.ByNetwork, by, "the Service is of type ClusterIP")
	case "NodePort":
		return set(posture.SchemeUnknown, posture.ByNobody, by, "the Service is of type NodePort: whoever reaches a node reaches it")
	case "", "LoadBalancer":
	default:
		r.Unknown(from, "value", serviceField+".type", fmt.Sprintf("%q is no type of Service that Envoy Gateway makes", kind))
	}
	if a, ok := annotations[azureInternal]; ok {
		if a.value == "true" {
			return set(posture.SchemeInternal, posture.ByNetwork, a.by, "the Azure load balancer is internal")
		}
		return set(posture.SchemeInternetFacing, posture.ByNobody, a.by, "the Azure load balancer is not internal")
	}
	if a, ok := annotations[awsScheme]; ok {
		switch a.value {
		case "internal":
			return set(posture.SchemeInternal, posture.ByNetwork, a.by, "the scheme is internal")
		case "internet-facing":
			return set(posture.SchemeInternetFacing, posture.ByNobody, a.by, "the scheme is internet-facing")
		default:
			return set(posture.SchemeUnknown, posture.ByNobody, a.by, fmt.Sprintf("the scheme is %q", a.value))
		}
	}
	if a, ok := annotations[awsInternal]; ok && a.value == "true" {
		return set(posture.SchemeInternal, posture.ByNetwork, a.by, "the load balancer is internal")
	}
	switch r.Cluster.Cloud {
	case "eks":
		class, from := first(p, func(s envoyProxySpec) (string, bool) { c := service(s).LoadBalancerClass; return c, c != "" })
		if class == lbcClass {
			return set(posture.SchemeInternal, posture.ByNetwork, gatewayapi.Nearest(from, serviceField+".loadBalancerClass"), "the AWS Load Balancer Controller makes internal load balancers by default")
		}
		if a, ok := annotations[awsType]; ok && (a.value == "external" || a.value == "nlb-ip") {
			return set(posture.SchemeInternal, posture.ByNetwork, a.by, "the AWS Load Balancer Controller makes internal load balancers by default")
		}
		return set(posture.SchemeInternetFacing, posture.ByNobody, by, "load balancers of the cloud provider face the internet by default")
	case "aks":
		return set(posture.SchemeInternetFacing, posture.ByNobody, by, "load balancers of Azure face the internet by default")
	}
	return set(posture.SchemeUnknown, posture.ByNobody, by, "no annotation says so, and the cluster's cloud is not known")
}

// terminatedInFront takes client authentication back where a load balancer terminates TLS: the proxy then never sees the client's
// certificate, and the versions are the load balancer's (1.0 by default, ELBSecurityPolicy-2016-08).
func (r *reader) terminatedInFront(annotations map[string]annotation, e *posture.Entry) {
	a, ok := annotations[awsCertificate]
	why := "the load balancer terminates TLS with its own certificate, so the proxy never sees the client's"
	if !ok {
		a, ok = annotations[awsBackendProtocol]
		if !ok || strings.EqualFold(a.value, "tcp") {
			return
		}
		why = "the load balancer speaks " + a.value + " to the proxy, so it terminates the client's connection"
	}
	e.MinTLS = posture.Setting[string]{Value: "1.0", Enforcer: posture.ByNetwork, By: a.by, Why: why}
	e.ClientAuth = posture.Setting[string]{Value: posture.ClientNone, Enforcer: posture.ByNobody, By: a.by, Why: why}
	e.Identities = posture.Setting[posture.Identities]{
		Value: posture.Identities{Everybody: true, Accepted: []posture.Identity{}}, Enforcer: posture.ByNobody, By: a.by, Why: why,
	}
}

// sources is who may connect: what the load balancer admits, otherwise what a SecurityPolicy admits in the proxies.
func (r *reader) sources(l *gatewayapi.Listener, p proxyConfig, annotations map[string]annotation, e *posture.Entry) posture.Setting[posture.SourceCIDRs] {
	ranges, from := first(p, func(s envoyProxySpec) ([]string, bool) {
		svc := service(s)
		return svc.LoadBalancerSourceRanges, len(svc.LoadBalancerSourceRanges) > 0 && (svc.Type == "" || svc.Type == "LoadBalancer")
	})
	if from != nil {
		return posture.Setting[posture.SourceCIDRs]{
			Value:    posture.SourceCIDRs{CIDRs: slices.Compact(slices.Sorted(slices.Values(ranges))), Trusted: true},
			Enforcer: posture.ByNetwork, By: gatewayapi.RefOf(from, serviceField+".loadBalancerSourceRanges"), Why: "the load balancer admits these sources alone",
		}
	}
	if cidrs, by, ok := r.authorized(l, e); ok {
		trusted, why := r.sourceKept(l, p, annotations)
		return posture.Setting[posture.SourceCIDRs]{
			Value: posture.SourceCIDRs{CIDRs: cidrs, Trusted: trusted}, Enforcer: posture.ByGateway, By: by, Why: "a SecurityPolicy admits these sources alone, " + why,
		}
	}
	out := e.SourceCIDRs
	out.Why = "neither loadBalancerSourceRanges nor a SecurityPolicy restricts source addresses"
	if len(p.chain) > 0 {
		out.By = gatewayapi.Nearest(p.chain[0].object, serviceField+".loadBalancerSourceRanges")
	}
	return out
}

// sourceKept reports whether the proxies see the client's address: nodes must not forward to each other, and on AWS the target
// group must keep it (docs/guide/service/annotations.md, preserve_client_ip; off by default for targets of type ip).
func (r *reader) sourceKept(l *gatewayapi.Listener, p proxyConfig, annotations map[string]annotation) (bool, string) {
	policies, _ := attached(r, r.clientPolicies, l)
	for _, c := range policies {
		if detection, ok := c.spec.ClientIPDetection.(map[string]any); ok && (detection["xForwardedFor"] != nil || detection["customHeader"] != nil) {
			return false, "but clientIPDetection takes the address from a header that clients can send"
		}
		if c.spec.ProxyProtocol != nil || c.spec.EnableProxyProtocol != nil {
			if annotations[awsProxyProtocol].value == "*" {
				return true, "and the load balancer tells the proxies the client's own"
			}
			return false, "but the proxies believe the PROXY protocol of whoever connects"
		}
	}
	policy, _ := first(p, func(s envoyProxySpec) (string, bool) { v := service(s).ExternalTrafficPolicy; return v, v != "" })
	if policy == "Cluster" {
		return false, "but externalTrafficPolicy Cluster hides them"
	}
	if r.Cluster.Cloud == "eks" && !slices.Contains(strings.FieldsFunc(annotations[awsTargetAttributes].value, notWord), "preserve_client_ip.enabled=true") {
		return false, "but the load balancer does not keep them"
	}
	return true, "and the proxies see the client's own"
}

// authorized are the sources that a SecurityPolicy of the listener admits: it denies by default, and every rule that allows
// names clientCIDRs. A policy of a route replaces it for that route (internal/gatewayapi/securitypolicy.go), so then nothing is claimed.
func (r *reader) authorized(l *gatewayapi.Listener, e *posture.Entry) (cidrs []string, by posture.Ref, ok bool) {
	winners, _ := attached(r, r.securityPolicies, l)
	if len(winners) != 1 || l.Spec.Protocol != gatewayv1.HTTPSProtocolType && l.Spec.Protocol != gatewayv1.HTTPProtocolType {
		return nil, by, false // TLSRoutes are not covered
	}
	for _, route := range e.Routes {
		for _, p := range r.securityPolicies {
			if r.targetsRoute(p.object, p.targets, route.Ref) {
				return nil, by, false
			}
		}
	}
	p := winners[0]
	a := p.spec.Authorization
	if a == nil || a.DefaultAction != "" && a.DefaultAction != "Deny" {
		return nil, by, false
	}
	cidrs = []string{}
	for _, rule := range a.Rules {
		if rule.Action == "Deny" {
			continue
		}
		if rule.Principal == nil || len(rule.Principal.ClientCIDRs) == 0 {
			return nil, by, false
		}
		cidrs = append(cidrs, rule.Principal.ClientCIDRs...)
	}
	slices.Sort(cidrs)
	return slices.Compact(cidrs), gatewayapi.Nearest(p.object, "spec.authorization.rules"), true
}

// targetsRoute reports whether a policy targets a route; by a selector when it could.
func (r *reader) targetsRoute(o *object.Object, t policyTargets, route posture.Ref) bool {
	for _, ref := range t.references() {
		if string(ref.Kind) == route.Kind && string(ref.Name) == route.Name && o.Namespace == route.Namespace {
			return true
		}
	}
	target := r.Objects.Find(gatewayapi.Group, route.Kind, route.Namespace, route.Name)
	for i, s := range t.TargetSelectors {
		if target != nil && s.Kind == route.Kind && r.selects(o, i, s, target) {
			return true
		}
	}
	return false
}
