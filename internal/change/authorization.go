package change

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/posture"
)

// authorizations compares who else is kept from what is still there. A policy that admits and refuses as before or less is no weakening;
// whether another text does, nothing tells. Two policies for one target are no more than the weaker of them.
func (c *comparison) authorizations(before, after []posture.Authorization) {
	for _, b := range before {
		now := over(after, b.Over)
		change := Change{Subject: posture.Subject{Kind: b.Over.Kind, Namespace: b.Over.Namespace, Name: b.Over.Name}, Field: "authorization", Before: b.By.Kind + " " + b.By.Name, Direction: Weaker}
		switch {
		case len(now) == 0 && !c.stands(b.Over):
			continue // gone with what it was for
		case len(now) == 0:
			change.By, change.After, change.Why = b.Over, "none", fmt.Sprintf("%s %s is for it no more", b.By.Kind, b.By.Name)
		case len(now) > len(over(before, b.Over)):
			change.By, change.After, change.Why = now[len(now)-1].By, now[len(now)-1].By.Kind+" "+now[len(now)-1].By.Name, "of several policies for it nothing tells which one is in force"
		default:
			i := slices.IndexFunc(now, func(a posture.Authorization) bool { return !contains(b.Allow, a.Allow) || !contains(a.Deny, b.Deny) })
			if i < 0 {
				continue
			}
			change.By, change.After, change.Why = now[i].By, now[i].By.Kind+" "+now[i].By.Name, "it has statements that let more in, or lacks some that kept callers out"
		}
		c.out = append(c.out, change)
	}
}

func over(all []posture.Authorization, target posture.Ref) []posture.Authorization {
	return slices.DeleteFunc(slices.Clone(all), func(a posture.Authorization) bool { return a.Over != target })
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
