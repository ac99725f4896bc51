package agc

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// miss is how a policy that seems meant for a target fails to reach it: the field that detaches it, and why. It is zero when the
// policy reaches the target, and has no why when the policy is for something else.
type miss struct {
	at      posture.Ref
	why     string
	reaches bool
}

// reach says whether a policy is for a section (a listener, a port) of an object. sections are all that the object has.
//
// A policy is for the whole object, or for the sections that it lists; if the object lacks one of these the policy does not attach
// at all (API common.go). An override makes it invalid (API frontendtlspolicy.go). Whether a policy of another namespace attaches is not
// documented, beside that a reference may be refused (API policyconditions.go, RefNotPermitted): then it protects nothing.
func (r *reader) reach(o *object.Object, ref targetRef, override any, target *object.Object, section string, sections []string) miss {
	const field = "spec.targetRef"
	namespace := cmp.Or(ref.Namespace, o.Namespace)
	same := ref.Kind == target.Kind && ref.Group == target.Group() && ref.Name == target.Name && namespace == target.Namespace
	at := func(below, why string, args ...any) miss {
		return miss{at: gatewayapi.Nearest(o, field+below), why: fmt.Sprintf("%s "+why, append([]any{o}, args...)...)}
	}
	switch {
	case override != nil && same:
		return miss{at: gatewayapi.RefOf(o, "spec.override"), why: fmt.Sprintf("%s has an override, which is not supported and makes it invalid", o)}
	case same && namespace != o.Namespace:
		r.Unknown(o, "value", field+".namespace", "whether a policy attaches to an object of another namespace is not documented")
		return at(".namespace", "is of another namespace")
	case same && len(ref.SectionNames) == 0:
		return miss{reaches: true}
	case same:
		for i, name := range ref.SectionNames {
			if !slices.Contains(sections, name) {
				return miss{
					at:  gatewayapi.RefOf(o, object.Item(field+".sectionNames", i)),
					why: fmt.Sprintf("%s lists section %s, which its target does not have, so that it does not attach", o, name),
				}
			}
		}
		if slices.Contains(ref.SectionNames, section) {
			return miss{reaches: true}
		}
		return at(".sectionNames", "does not list %s", section)
	case o.Namespace != target.Namespace, ref.Kind != target.Kind && ref.Name != target.Name:
		return miss{}
	case ref.Name != target.Name:
		return at(".name", "is for %s %s", ref.Kind, ref.Name)
	case ref.Kind != target.Kind:
		return at(".kind", "is for a %s", ref.Kind)
	case namespace != target.Namespace:
		return at(".namespace", "is for %s %s of namespace %s", ref.Kind, ref.Name, namespace)
	default:
		return at(".group", "is for a %s of group %q", ref.Kind, ref.Group)
	}
}
