package awslb

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/gatespan/gatespan/internal/posture"
)

// scheme is where the load balancer can be reached from. The default is a flag of the controller, --default-load-balancer-scheme, and
// internal unless somebody sets it (pkg/config/controller_config.go).
func (r *reader) scheme(c config) posture.Setting[string] {
	if c.unseen != "" {
		return unheld(posture.SchemeUnknown, c.at, c.unseen)
	}
	scheme, at := pick(c, "scheme", func(l loadBalancer) *string { return l.Scheme })
	switch {
	case scheme == nil:
		r.Assume(c.owner, "spec.infrastructure", "the controller makes internal load balancers where no scheme is set, as it does by default")
		return byNetwork(posture.SchemeInternal, at, "no scheme is set")
	case *scheme == posture.SchemeInternal || *scheme == posture.SchemeInternetFacing:
		return byNetwork(*scheme, at, "scheme is "+*scheme)
	default:
		return unheld(posture.SchemeUnknown, at, fmt.Sprintf("%q is neither internal nor internet-facing", *scheme))
	}
}

// sources are the addresses that the load balancer's security group admits. The one that the controller makes admits everybody unless
// sourceRanges say otherwise; security groups of one's own are not in Git, and then sourceRanges mean nothing
// (pkg/gateway/model/model_build_security_group.go).
func sources(c config, balancer string) posture.Setting[posture.SourceCIDRs] {
	open := func(at posture.Ref, why string) posture.Setting[posture.SourceCIDRs] {
		return unheld(posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}, at, why)
	}
	if c.unseen != "" {
		return open(c.at, c.unseen)
	}
	disabled, at := pick(c, "disableSecurityGroup", func(l loadBalancer) *bool { return l.DisableSecurityGroup })
	if disabled != nil && *disabled && balancer == controllerNLB {
		return open(at, "disableSecurityGroup is true")
	}
	if own, at := pick(c, "securityGroups", func(l loadBalancer) *[]string { return l.SecurityGroups }); own != nil && len(*own) > 0 {
		return open(at, "security groups of its own decide, which are not in Git, and sourceRanges mean nothing")
	}
	prefixes, at := pick(c, "securityGroupPrefixes", func(l loadBalancer) *[]string { return l.SecurityGroupPrefixes })
	if prefixes != nil && len(*prefixes) > 0 {
		return open(at, "securityGroupPrefixes admit lists of addresses that are not in Git")
	}
	private, at := pick(c, "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", func(l loadBalancer) *string { return l.PrivateLinkRules })
	if private != nil && *private != "on" && balancer == controllerNLB {
		return open(at, "whoever comes by PrivateLink passes the security group by")
	}
	ranges, at := pick(c, "sourceRanges", func(l loadBalancer) *[]string { return l.SourceRanges })
	if ranges == nil {
		return open(at, "the security group admits everybody where sourceRanges is not set")
	}
	out := byNetwork(posture.SourceCIDRs{CIDRs: slices.Compact(slices.Sorted(slices.Values(*ranges))), Trusted: true}, at, "the security group admits sourceRanges alone")
	if out.Value.CIDRs == nil {
		out.Value.CIDRs = []string{}
	}
	out.Value.Everybody = slices.ContainsFunc(*ranges, everyAddress)
	return out
}

// everyAddress reports a range that is no restriction, or none that can be read.
func everyAddress(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err != nil || prefix.Bits() == 0
}
