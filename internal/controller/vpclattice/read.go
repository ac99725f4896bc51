package vpclattice

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// policy is one decoded policy.
type policy[S any] struct {
	object *object.Object
	spec   S
	target *targetRef
}

// reader is one reading of a cluster.
type reader struct {
	*gatewayapi.World
	targets      []policy[targetGroupPolicySpec]
	associations []policy[vpcAssociationPolicySpec]
}

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(c, profile(), set)}
	r.exports() // without a Gateway too: a target group is made all the same
	if len(r.Gateways) == 0 {
		return r.Posture
	}
	r.decode()
	for _, g := range r.Gateways {
		for _, l := range g.Listeners {
			e := r.Entry(l)
			r.attached(&e)
			r.listener(l, &e)
			r.reached(l, &e)
			r.hops(&e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
	}
	for _, g := range r.Gateways {
		r.joined(g.Object)
	}
	r.ungranted()
	r.parents()
	r.namesakes()
	return r.Posture
}

// decode reads the controller's own objects strictly. An object that the API server would refuse is left out.
func (r *reader) decode() {
	r.targets = policies(r, kindTargetGroupPolicy, func(s targetGroupPolicySpec) *targetRef { return s.TargetRef })
	r.associations = policies(r, kindVPCAssociationPolicy, func(s vpcAssociationPolicySpec) *targetRef { return s.TargetRef })
	logs := policies(r, kindAccessLogPolicy, func(s accessLogPolicySpec) *targetRef { return s.TargetRef })
	iam := policies(r, kindIAMAuthPolicy, func(s iamAuthPolicySpec) *targetRef { return s.TargetRef })
	_ = logs // they only watch
	for _, p := range iam {
		r.authPolicy(p)
	}
	for _, p := range r.targets {
		r.aimless(p.object, p.target, targetKinds)
	}
	for _, p := range r.associations {
		r.aimless(p.object, p.target, associationKinds)
	}
	for _, o := range r.Objects.Kind(Group, kindServiceImport) {
		r.CheckFields(o, &decoded[serviceImportSpec]{})
	}
	for _, o := range r.Objects.Kind(Group, kindServiceNetwork) {
		r.CheckFields(o, &decoded[serviceNetworkSpec]{})
	}
}

func policies[S any](r *reader, kind string, target func(S) *targetRef) []policy[S] {
	var out []policy[S]
	for _, o := range r.Objects.Kind(Group, kind) {
		var d decoded[S]
		if r.CheckFields(o, &d) {
			out = append(out, policy[S]{o, d.Spec, target(d.Spec)})
		}
	}
	return out
}

// by makes a setting that somebody enforces.
func by[T any](enforcer posture.Enforcer, value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: enforcer, By: at, Why: why}
}

// unheld makes a setting that nobody enforces.
func unheld[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return by(posture.ByNobody, value, at, why)
}
