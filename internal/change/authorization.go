package change

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// authorizations compares who else is kept from what is still there. A policy that admits and refuses as before or less is no weakening;
// whether another text does, nothing tells. With more policies for one target than before, or another one, each must ask as much as the old.
func (c *comparison) authorizations(before, after []posture.Authorization) {
	for _, b := range before {
		now := over(after, b.Over)
		change := Change{Subject: posture.Subject{Kind: b.Over.Kind, Namespace: b.Over.Namespace, Name: b.Over.Name}, Field: "authorization", Before: called(b), Direction: Weaker}
		switch {
		case len(now) == 0 && !c.stands(b.Over):
			continue // gone with what it was for
		case len(now) == 0:
			change.By, change.After, change.Why = b.Over, "none", called(b)+" is for it no more"
		case len(now) > len(over(before, b.Over)):
			var names []string
			for _, a := range now {
				names = append(names, called(a))
			}
			change.By, change.After, change.Why = now[len(now)-1].By, strings.Join(names, ", "), "nothing tells which of several policies for it is in force"
		default:
			i := slices.IndexFunc(now, func(a posture.Authorization) bool { return less(b, a) != "" })
			if i < 0 {
				continue
			}
			change.By, change.After, change.Why = now[i].By, called(now[i])+" "+less(b, now[i]), "it may let more in, or keep fewer out"
		}
		c.out = append(c.out, change)
	}
}

// called is what a target is held to; a target that nothing is for names itself.
func called(a posture.Authorization) string {
	if a.By.Kind == "Gateway" {
		return "none"
	}
	return a.By.Kind + " " + a.By.Name
}

// less is what a policy has or lacks that may make it ask less than the old one, in full: a waiver is for exactly that. "" when it does not.
func less(old, now posture.Authorization) string {
	var out []string
	for _, statement := range now.Allow {
		if !slices.Contains(old.Allow, statement) {
			out = append(out, "with "+statement)
		}
	}
	for _, statement := range old.Deny {
		if !slices.Contains(now.Deny, statement) {
			out = append(out, "without "+statement)
		}
	}
	return strings.Join(out, ", ")
}

// over are the policies for a target, in whichever version of its API it is written.
func over(all []posture.Authorization, target posture.Ref) []posture.Authorization {
	return slices.DeleteFunc(slices.Clone(all), func(a posture.Authorization) bool {
		return a.Over.Kind != target.Kind || a.Over.Namespace != target.Namespace || a.Over.Name != target.Name
	})
}

// stands reports whether something is still served by what a policy was for.
func (c *comparison) stands(target posture.Ref) bool {
	is := func(kind, namespace, name string) bool {
		return kind == target.Kind && namespace == target.Namespace && name == target.Name
	}
	return slices.ContainsFunc(c.after.Entries, func(e posture.Entry) bool {
		return is(e.Gateway.Kind, e.Gateway.Namespace, e.Gateway.Name) ||
			slices.ContainsFunc(e.Routes, func(r posture.Route) bool { return is(r.Ref.Kind, r.Ref.Namespace, r.Ref.Name) })
	})
}
