package change

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// Directions of a change.
const (
	Weaker    = "weaker"
	Exchanged = "exchanged"
	Wider     = "wider"
	Stronger  = "stronger"
	New       = "new"
	Gone      = "gone"
	Mass      = "mass" // of a whole fleet: much is gone at once
	Other     = "other"
)

// Compare returns what changed from before to after in one cluster, sorted by subject and field. Wanted is what the head's fleet
// asks of the cluster, and domains are its trust domains: what they declare is wider where it would otherwise be weaker.
func Compare(before, after posture.Posture, wanted controller.Wanted, domains []controller.TrustDomain) []Change {
	c := &comparison{wanted: wanted, domains: domains, before: before, after: after}
	pair(before.Entries, after.Entries, entryKey, c.entry, c.entryNew, c.entryGone)
	pair(before.Exits, after.Exits, exitKey, c.exit, c.exitNew, c.exitGone)
	pair(before.Grants, after.Grants, grantKey, nil, c.grantNew, c.grantGone)
	pair(before.Ways, after.Ways, wayKey, nil, c.wayNew, nil)
	pair(before.Hatches, after.Hatches, hatchKey, nil, c.hatchNew, nil)
	pair(before.Services, after.Services, func(s posture.Service) string { return s.Subject.String() }, c.service, nil, nil)
	c.authorizations(before.Authorizations, after.Authorizations)
	if len(before.Entries) > 0 || len(before.Exits) > 0 { // otherwise everybody's powers are as old as what they are over
		c.powers(before.Powers, after.Powers)
	}
	slices.SortStableFunc(c.out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Subject.String(), b.Subject.String()), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After))
	})
	return slices.Compact(c.out)
}

// comparison gathers the changes of one cluster.
type comparison struct {
	wanted        controller.Wanted
	domains       []controller.TrustDomain
	before, after posture.Posture
	out           []Change
}

// pair matches the items of two lists by key and calls back for what is in both, only after, only before.
func pair[T any](before, after []T, key func(T) string, both func(b, a T), added, gone func(T)) {
	old := map[string]T{}
	for _, b := range before {
		old[key(b)] = b
	}
	seen := map[string]bool{}
	for _, a := range after {
		k := key(a)
		if seen[k] {
			continue
		}
		seen[k] = true
		if b, ok := old[k]; ok {
			if both != nil {
				both(b, a)
			}
		} else if added != nil {
			added(a)
		}
	}
	for _, b := range before {
		if k := key(b); !seen[k] {
			seen[k] = true
			if gone != nil {
				gone(b)
			}
		}
	}
}

// record notes a change unless the order is Same.
func (c *comparison) record(subject posture.Subject, exposure, field string, order posture.Order, by posture.Ref, before, after, why string) {
	direction := map[posture.Order]string{posture.Stronger: Stronger, posture.Weaker: Weaker, posture.Exchanged: Exchanged}[order]
	if direction == "" {
		return
	}
	c.out = append(c.out, Change{Subject: subject, By: by, Field: field, Before: before, After: after, Direction: direction, Exposure: exposure, Why: why})
}

// setting compares one setting by an order of its values.
func setting[T any](c *comparison, subject posture.Subject, exposure, field string, before, after posture.Setting[T], order func(b, a T) posture.Order, text func(T) string) {
	c.record(subject, exposure, field, order(before.Value, after.Value), after.By, text(before.Value), text(after.Value), after.Why)
}

func plain(s string) string { return s }

func list(values []string) string {
	if len(values) == 0 {
		return "none"
	}
	return strings.Join(values, ", ")
}

// anchors compares trust anchors. A root that the fleet declares for the exposure, or where there is none for the trust domain of all that were
// trusted before, is no weakening (rotation); everything else that is trusted in addition is, and another set is an exchange.
func (c *comparison) anchors(subject posture.Subject, exposure, field string, before, after posture.Setting[[]posture.Anchor], declared []string) {
	b, a := posture.AnchorKeys(before.Value), posture.AnchorKeys(after.Value)
	by := after.By
	if held := holder(before.Value, after.Value); held != nil {
		by = *held
	}
	order := posture.CompareSets(len(before.Value) == 0, b, len(after.Value) == 0, a)
	for _, domain := range c.domains {
		if exposure == "" && len(b) > 0 && subset(b, domain.SHA256) {
			declared = domain.SHA256
		}
	}
	if order == posture.Weaker && len(a) > 0 && subset(a, declared) {
		c.out = append(c.out, Change{Subject: subject, By: by, Field: field, Before: list(b), After: list(a), Direction: Wider, Exposure: exposure, Why: "the fleet declares every root"})
		return
	}
	c.record(subject, exposure, field, order, by, list(b), list(a), after.Why)
}

// holder is the object whose content changed when the same objects are referred to as before; nil when the references changed.
func holder(before, after []posture.Anchor) *posture.Ref {
	for i := range after {
		was := slices.IndexFunc(before, func(b posture.Anchor) bool { return b.Ref == after[i].Ref })
		if was < 0 {
			return nil
		}
		if after[i].Source == "git" && !slices.Equal(before[was].SHA256, after[i].SHA256) {
			return &after[i].Ref
		}
	}
	return nil
}

// subset reports whether every key is a fingerprint among sums, however a person wrote those.
func subset(keys, sums []string) bool {
	for _, k := range keys {
		if !slices.ContainsFunc(sums, func(sum string) bool {
			return strings.EqualFold(strings.ReplaceAll(strings.TrimPrefix(sum, "sha256:"), ":", ""), strings.TrimPrefix(k, "sha256:"))
		}) {
			return false
		}
	}
	return true
}

func flag(b bool) string { return strconv.FormatBool(b) }
