package vpclattice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// reached fills in where a listener can be reached from. Its services have private addresses only (docs/api-types/gateway.md); the
// security groups of the association of the cluster's own VPC are the only restriction that the cluster's objects know.
func (r *reader) reached(l *gatewayapi.Listener, e *posture.Entry) {
	g := l.Gateway.Object
	e.Scheme = by(posture.ByNetwork, posture.SchemeInternal, gatewayapi.Nearest(g, "spec.gatewayClassName"), "a Lattice service has private addresses only")
	e.SourceCIDRs = r.groups(g)
	for _, route := range e.Routes {
		at, alone := r.standalone(route, g)
		if !alone {
			continue
		}
		why := fmt.Sprintf("%s %s/%s is in no service network, so who reaches its service is decided outside Git", route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
		e.Scheme = unheld(posture.SchemeUnknown, at, why)
		e.SourceCIDRs = unheld(posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}, at, why)
		return
	}
}

// groups are the security groups of the service network's association with the cluster's VPC. The policy is for a Gateway of its own
// namespace, and for the network of that name; of two the older counts (pkg/controllers/vpcassociationpolicy_controller.go).
func (r *reader) groups(g *object.Object) posture.Setting[posture.SourceCIDRs] {
	all := unheld(posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}, gatewayapi.RefOf(g, "metadata.name"), "no VpcAssociationPolicy names security groups")
	var out *posture.Setting[posture.SourceCIDRs]
	for _, p := range r.associations {
		if !isTarget(p.object, p.target, gatewayapi.Group, "Gateway", g.Namespace, g.Name) {
			continue
		}
		at := gatewayapi.Nearest(p.object, "spec.securityGroupIds")
		switch {
		case !deref(p.spec.AssociateWithVPC, true):
			continue // the VPC is not associated, and nobody reaches the network from there
		case len(p.spec.SecurityGroupIDs) == 0:
			return unheld(posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}, at, "the VpcAssociationPolicy names no security group")
		case out == nil:
			found := by(posture.ByNetwork, posture.SourceCIDRs{CIDRs: slices.Clone(p.spec.SecurityGroupIDs), Trusted: true}, at, "security groups of the association with the VPC admit the sources")
			out = &found
		default:
			out.Value.CIDRs = append(out.Value.CIDRs, p.spec.SecurityGroupIDs...)
			out.Why = "of two VpcAssociationPolicies the older one counts, and Git does not tell which"
		}
	}
	if out == nil {
		return all
	}
	slices.Sort(out.Value.CIDRs)
	out.Value.CIDRs = slices.Compact(out.Value.CIDRs)
	return *out
}

// joined are the policies that join the VPC of the cluster to the service network of a Gateway, which is that of its name in whichever
// namespace (docs/api-types/vpc-association-policy.md). Who is in that VPC reaches the network from then on; without one nobody of it does,
// unless somebody joined it by hand. No entry counts on that, and it must not become more than it was.
func (r *reader) joined(g *object.Object) {
	network := posture.Ref{APIVersion: Group, Kind: kindServiceNetwork, Name: g.Name}
	if slices.ContainsFunc(r.Posture.Authorizations, func(a posture.Authorization) bool { return a.Over == network }) {
		return // of a Gateway with the same name
	}
	out := posture.Authorization{By: gatewayapi.RefOf(g, ""), Over: network}
	for _, p := range r.associations {
		if p.target != nil && p.target.Name == g.Name && supported(associationKinds, p.target) && deref(p.spec.AssociateWithVPC, true) && len(out.Allow) == 0 {
			out.By, out.Allow = gatewayapi.Nearest(p.object, "spec.associateWithVpc"), []string{"the VPC of the cluster joined to it"}
		}
	}
	r.Posture.Authorizations = append(r.Posture.Authorizations, out)
}

// standalone tells whether a route's Lattice service is in no service network: its own annotation decides, or else that of a Gateway; any
// other value than true counts as false (pkg/k8s/utils.go GetStandaloneModeForRouteWithValidation).
func (r *reader) standalone(route posture.Route, gateway *object.Object) (posture.Ref, bool) {
	o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
	for _, candidate := range []*object.Object{o, gateway} {
		if candidate == nil {
			continue
		}
		if value, there := candidate.Annotations[standaloneAnnotation]; there {
			at := gatewayapi.RefOf(candidate, object.Key("metadata.annotations", standaloneAnnotation))
			return at, strings.EqualFold(strings.TrimSpace(value), "true")
		}
	}
	return posture.Ref{}, false
}
