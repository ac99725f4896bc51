package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// Annotations that AWS reads. Source: AWS Load Balancer Controller, docs/guide/service/annotations.md.
const (
	awsPrefix           = "service.beta.kubernetes.io/aws-load-balancer-"
	awsScheme           = awsPrefix + "scheme"
	awsInternal         = awsPrefix + "internal"
	awsType             = awsPrefix + "type"
	awsTargetType       = awsPrefix + "nlb-target-type"
	awsTargetAttributes = awsPrefix + "target-group-attributes"
	awsProxyProtocol    = awsPrefix + "proxy-protocol"
	awsCertificate      = awsPrefix + "ssl-cert"
	awsTLSPorts         = awsPrefix + "ssl-ports"
	awsBackendProtocol  = awsPrefix + "backend-protocol"
	awsSecurityGroups   = awsPrefix + "security-groups"
	sourceRanges        = "service.beta.kubernetes.io/load-balancer-source-ranges" // of Kubernetes itself
)

// ClassAWS is the loadBalancerClass of the AWS Load Balancer Controller.
const ClassAWS = "service.k8s.aws/nlb"

const preserved = "preserve_client_ip.enabled="

// schemeOnAWS: the scheme wins over the older annotation internal. Without either the AWS Load Balancer Controller makes internal load
// balancers, and the cloud provider that was before it makes public ones.
func (b LoadBalancer) schemeOnAWS() posture.Setting[string] {
	if a, ok := b.Annotations[awsScheme]; ok {
		switch a.Value {
		case posture.SchemeInternal:
			return byNetwork(posture.SchemeInternal, a.By, "the scheme is internal")
		case posture.SchemeInternetFacing:
			return unheld(posture.SchemeInternetFacing, a.By, "the scheme is internet-facing")
		}
		return unheld(posture.SchemeUnknown, a.By, fmt.Sprintf("the scheme is %q", a.Value))
	}
	if a, ok := b.Annotations[awsInternal]; ok {
		if internal, _ := truth(a); internal {
			return byNetwork(posture.SchemeInternal, a.By, "the load balancer is internal")
		}
		return unheld(posture.SchemeInternetFacing, a.By, "the load balancer is not internal")
	}
	const byDefault = "the AWS Load Balancer Controller makes internal load balancers by default"
	if b.Class == ClassAWS {
		return byNetwork(posture.SchemeInternal, b.ClassBy, byDefault)
	}
	if a := b.Annotations[awsType]; a.Value == "external" || a.Value == "nlb-ip" {
		return byNetwork(posture.SchemeInternal, a.By, byDefault)
	}
	return unheld(posture.SchemeInternetFacing, b.By, "load balancers of the cloud provider face the internet by default")
}

// sourceKeptOnAWS: a target group keeps the client's address by default for nodes, and for pods only when told to. Where targets are pods, no
// node forwards, whatever the traffic policy.
func (b LoadBalancer) sourceKeptOnAWS() (bool, string) {
	attributes := words(b.Annotations[awsTargetAttributes].Value)
	pods := b.Annotations[awsTargetType].Value == "ip" || b.Annotations[awsType].Value == "nlb-ip"
	nodes := b.Annotations[awsTargetType].Value == "instance"
	switch {
	case slices.Contains(attributes, preserved+"false"), !nodes && !slices.Contains(attributes, preserved+"true"):
		return false, "but the load balancer does not keep them"
	case !pods && b.TrafficPolicy != "Local":
		return false, "but externalTrafficPolicy Cluster hides them"
	}
	return true, "and the proxies see the client's own"
}

// terminatedByAWS is why the load balancer terminates TLS on a port, if it does: it has a certificate, for all ports or for those of ssl-ports,
// where a port's name may stand for its number and is taken for any.
func (b LoadBalancer) terminatedByAWS(port int) (posture.Ref, string) {
	if b.Cloud == "aks" || b.Type == "ClusterIP" {
		return posture.Ref{}, ""
	}
	if a, ok := b.Annotations[awsCertificate]; ok {
		ports, listed := b.Annotations[awsTLSPorts]
		if listed && !slices.ContainsFunc(words(ports.Value), func(word string) bool { return b.meant(word, port) }) {
			return posture.Ref{}, ""
		}
		return a.By, "the load balancer terminates TLS with its own certificate, so the proxy never sees the client's"
	}
	if a, ok := b.Annotations[awsBackendProtocol]; ok && !strings.EqualFold(a.Value, "tcp") {
		return a.By, "the load balancer speaks " + a.Value + " to the proxy, so it terminates the client's connection"
	}
	return posture.Ref{}, ""
}
