package kubernetes

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// LoadBalancer is the Service in front of a gateway's proxies, as its controller makes it, and the load balancer that the cloud makes of
// that: where the gateway can be reached from, by whom, and what the load balancer does with TLS. How a controller comes to its Service
// is its own; what the clouds make of one is here (loadbalancer_*.go).
type LoadBalancer struct {
	Cloud string // eks, aks; "" when nobody says
	// Type is the Service's: LoadBalancer, NodePort, ClusterIP.
	Type string
	// Class is spec.loadBalancerClass.
	Class string
	// Annotations are the Service's, each with the field that set it.
	Annotations map[string]Annotation
	// SourceRanges is spec.loadBalancerSourceRanges; nil when it is not set.
	SourceRanges []string
	// TrafficPolicy is spec.externalTrafficPolicy; "" is Kubernetes' default, Cluster.
	TrafficPolicy string
	// ExternalIPs: the Service has some, and so is reached by addresses that no annotation tells of.
	ExternalIPs bool
	// AppProtocol: the Service's ports have the protocols of their listeners as appProtocol.
	AppProtocol bool
	// ports are those of a Service that is in Git; nil where the controller makes it, with the ports of the listeners.
	ports []servicePort

	// By is what decided the type, or would have: what settings name when no annotation decides. ClassBy and SourceRangesBy are the
	// fields of those two.
	By, ClassBy, SourceRangesBy posture.Ref
}

// Annotation is one annotation of a Service, and where it is set.
type Annotation struct {
	Value string
	By    posture.Ref
}

// Apply fills in where an entry can be reached from and by whom, and takes back what the load balancer undoes.
func (b LoadBalancer) Apply(e *posture.Entry) {
	e.Scheme = b.Scheme()
	if sources, ok := b.Sources(); ok {
		e.SourceCIDRs = sources
	}
	b.terminate(e)
	b.probe(e)
}

// Scheme is where the Service can be reached from.
func (b LoadBalancer) Scheme() posture.Setting[string] {
	switch {
	case b.ExternalIPs:
		return unheld(posture.SchemeUnknown, b.By, "the Service has externalIPs")
	case b.Type == "ClusterIP":
		return byNetwork(posture.SchemeCluster, b.By, "the Service is of type ClusterIP")
	case b.Type == "NodePort":
		return unheld(posture.SchemeUnknown, b.By, "the Service is of type NodePort: whoever reaches a node reaches it")
	case b.Type != "LoadBalancer":
		return unheld(posture.SchemeUnknown, b.By, fmt.Sprintf("the Service is of type %q", b.Type))
	}
	switch b.Cloud {
	case "eks":
		return b.schemeOnAWS()
	case "aks":
		return b.schemeOnAzure()
	}
	// The annotations of each cloud mean nothing to the other: they tell which it is.
	if _, ok := b.Annotations[azureInternal]; ok {
		return b.schemeOnAzure()
	}
	for _, key := range []string{awsScheme, awsInternal, awsType} {
		if _, ok := b.Annotations[key]; ok {
			return b.schemeOnAWS()
		}
	}
	return unheld(posture.SchemeUnknown, b.By, "no annotation says so, and the cluster's cloud is not known")
}

// Sources are the addresses that the load balancer itself admits, and whether it restricts them at all.
func (b LoadBalancer) Sources() (posture.Setting[posture.SourceCIDRs], bool) {
	if b.Type != "LoadBalancer" {
		return posture.Setting[posture.SourceCIDRs]{}, false
	}
	ranges, by, field := b.SourceRanges, b.SourceRangesBy, "loadBalancerSourceRanges"
	if a, ok := b.Annotations[sourceRanges]; ok && len(ranges) == 0 && b.Cloud != "" {
		ranges, by, field = words(a.Value), a.By, "the annotation load-balancer-source-ranges"
	}
	if b.Cloud == "aks" {
		if a, ok := b.Annotations[azureRanges]; ok {
			by, field = a.By, "the annotation azure-allowed-ip-ranges"
			ranges = append(slices.Clone(ranges), words(a.Value)...)
		}
	}
	if len(ranges) == 0 {
		return posture.Setting[posture.SourceCIDRs]{}, false
	}
	out := byNetwork(posture.SourceCIDRs{CIDRs: slices.Compact(slices.Sorted(slices.Values(ranges))), Trusted: true}, by, "the load balancer admits "+field+" alone")
	out.Value.Everybody = slices.ContainsFunc(ranges, everyAddress)
	if a, why := b.opened(); why != "" {
		out = unheld(posture.SourceCIDRs{Everybody: true, CIDRs: out.Value.CIDRs}, a.By, why)
	}
	return out, true
}

// opened is an annotation that makes the load balancer admit more than its ranges.
func (b LoadBalancer) opened() (Annotation, string) {
	switch b.Cloud {
	case "eks":
		if a, ok := b.Annotations[awsSecurityGroups]; ok {
			return a, "the load balancer has security groups of its own, so loadBalancerSourceRanges is ignored"
		}
	case "aks":
		return b.openedOnAzure()
	}
	return Annotation{}, ""
}

// SourceKept reports whether the proxies see the client's own address, and why: nodes must not forward to each other, and the load balancer
// must not put its own in the place.
func (b LoadBalancer) SourceKept() (bool, string) {
	switch b.Cloud {
	case "eks":
		return b.sourceKeptOnAWS()
	case "aks":
		if b.yes(azurePrivateLink) {
			return false, "but Private Link hides them"
		}
	}
	if b.TrafficPolicy != "Local" {
		return false, "but externalTrafficPolicy Cluster hides them"
	}
	return true, "and the proxies see the client's own"
}

// ProxyProtocol reports whether the load balancer tells the proxies the client's address by the PROXY protocol.
func (b LoadBalancer) ProxyProtocol() bool {
	return b.Annotations[awsProxyProtocol].Value == "*" || slices.Contains(words(b.Annotations[awsTargetAttributes].Value), "proxy_protocol_v2.enabled=true")
}

// terminate takes client authentication back where the load balancer terminates TLS: the proxies, and pods behind a listener that passes TLS
// through, then never see the client's certificate, and the versions are the load balancer's (1.0 by default, ELBSecurityPolicy-2016-08).
func (b LoadBalancer) terminate(e *posture.Entry) {
	by, why := b.terminatedByAWS(e.Port)
	if why == "" || e.TLS.Value == posture.TLSNone {
		return
	}
	e.TLS = byNetwork(posture.TLSTerminate, by, why)
	e.MinTLS = byNetwork("1.0", by, why)
	e.ClientAuth = unheld(posture.ClientNone, by, why)
	e.Identities = unheld(posture.Identities{Everybody: true, Accepted: []posture.Identity{}}, by, why)
}

// words cuts a list as annotations of load balancers write it.
func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", ;", r) })
}

// everyAddress reports whether a CIDR holds every address; what is no CIDR is taken for one that does.
func everyAddress(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err != nil || prefix.Bits() == 0
}

func truth(a Annotation) (value, known bool) {
	value, err := strconv.ParseBool(a.Value)
	return value, err == nil
}

func byNetwork[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNetwork, By: by, Why: why}
}

func unheld[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNobody, By: by, Why: why}
}
