package gatewayapi

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// BackendTLSPolicy is a policy that targets a Service or the like, decoded.
type BackendTLSPolicy struct {
	Object  *object.Object
	Spec    gatewayv1.BackendTLSPolicySpec
	Target  int  // index of the targetRef that matched
	Section bool // that targetRef names the port
}

// Field is the path of the targetRef that matched.
func (p *BackendTLSPolicy) Field() string { return object.Item("spec.targetRefs", p.Target) }

// BackendTLSPolicies are the policies for one port of a target in its own namespace: those that name the port first, then by name.
//
// Those that name the port out-rank the others. Among policies of the same scope the oldest wins, then the first by name
// (apis/v1/backendtlspolicy_types.go); the age is not in Git, so a caller must take the weakest of all that share the first
// one's Section. Rivals returns them.
//
// A policy that names a port counts for that port alone. Where nobody knows the port's name (PortName), it does not count.
func (w *World) BackendTLSPolicies(namespace, service, group, kind, portName string) []*BackendTLSPolicy {
	var out []*BackendTLSPolicy
	for _, p := range w.allPolicies() {
		if p.Object.Namespace != namespace {
			continue
		}
		best := -1
		section := false
		for i, ref := range p.Spec.TargetRefs {
			if string(ref.Group) != group || string(ref.Kind) != kind || string(ref.Name) != service {
				continue
			}
			named := deref(ref.SectionName, "") != ""
			if named && string(*ref.SectionName) != portName {
				continue
			}
			if best < 0 || named && !section {
				best, section = i, named
			}
		}
		if best >= 0 {
			out = append(out, &BackendTLSPolicy{Object: p.Object, Spec: p.Spec, Target: best, Section: section})
		}
	}
	slices.SortStableFunc(out, func(a, b *BackendTLSPolicy) int {
		rank := map[bool]int{true: 0, false: 1}
		return cmp.Or(cmp.Compare(rank[a.Section], rank[b.Section]), cmp.Compare(a.Object.Name, b.Object.Name))
	})
	return out
}

// allPolicies are the policies of the cluster, decoded when they are first asked for.
func (w *World) allPolicies() []*BackendTLSPolicy {
	if !w.loaded.policies {
		w.loaded.policies = true
		for _, o := range w.Objects.Kind(Group, "BackendTLSPolicy") {
			var decoded gatewayv1.BackendTLSPolicy
			if w.CheckFields(o, &decoded) {
				w.policies = append(w.policies, &BackendTLSPolicy{Object: o, Spec: decoded.Spec})
			}
		}
	}
	return w.policies
}

// OtherPort is a BackendTLSPolicy that is for the backend, but for another of its ports, and why the hop is plaintext therefore. Of several
// it is the first by name.
func (w *World) OtherPort(namespace, service, group, kind, portName string) (at posture.Ref, why string, found bool) {
	for _, p := range w.allPolicies() {
		if p.Object.Namespace != namespace {
			continue
		}
		for i, ref := range p.Spec.TargetRefs {
			section := string(deref(ref.SectionName, ""))
			if string(ref.Group) == group && string(ref.Kind) == kind && string(ref.Name) == service && section != "" && section != portName {
				at = RefOf(p.Object, object.Item("spec.targetRefs", i)+".sectionName")
				return at, fmt.Sprintf("%s is for its port %s alone, so the hop is plaintext", p.Object, section), true
			}
		}
	}
	return posture.Ref{}, "", false
}

// Rivals are the policies of the highest scope: one of them is in force, and with more than one Git does not tell which.
func Rivals(policies []*BackendTLSPolicy) []*BackendTLSPolicy {
	for i, p := range policies {
		if p.Section != policies[0].Section {
			return policies[:i]
		}
	}
	return policies
}
