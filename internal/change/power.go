package change

import (
	"slices"

	"github.com/gatespan/gatespan/internal/posture"
)

// powers compares what each holder may do to what protects exposed gateways. More of it is worth a look, whoever has it; whether the holder
// may have it at all is the question of the rules in rbac/.
func (c *comparison) powers(before, after []posture.Power) {
	old, now := held(before), held(after)
	var holders []posture.Subject
	for _, p := range append(slices.Clone(before), after...) {
		if !slices.Contains(holders, p.Holder) {
			holders = append(holders, p.Holder)
		}
	}
	for _, holder := range holders {
		was, is := old[holder], now[holder]
		change := Change{Subject: holder, Field: "power", Before: list(was.over), After: list(is.over)}
		switch {
		case !contains(was.over, is.over):
			change.Direction, change.By, change.Why = Wider, first(after, holder, was.over), "RBAC lets it do more to what protects exposed gateways"
		case !contains(is.over, was.over):
			change.Direction, change.By = Stronger, first(before, holder, is.over)
		default:
			continue
		}
		c.out = append(c.out, change)
	}
}

// power is all that one holder may do.
type power struct{ over []string }

func held(list []posture.Power) map[posture.Subject]power {
	out := map[posture.Subject]power{}
	for _, p := range list {
		all := out[p.Holder]
		for _, r := range p.Reaches {
			all.over = append(all.over, r.String())
		}
		slices.Sort(all.over)
		all.over = slices.Compact(all.over)
		out[p.Holder] = all
	}
	return out
}

// contains reports whether all of some is in the list.
func contains(list, some []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(list, one) })
}

// first is the rule that first gives a holder something that is not known.
func first(powers []posture.Power, holder posture.Subject, known []string) posture.Ref {
	for _, p := range powers {
		if p.Holder == holder && slices.ContainsFunc(p.Reaches, func(r posture.Reach) bool { return !slices.Contains(known, r.String()) }) {
			return p.By
		}
	}
	return posture.Ref{}
}
