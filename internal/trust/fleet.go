package trust

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
)

// Fleets are a repository's fleet at the three moments that count. Merge and Tip are nil where there was none.
type Fleets struct {
	Head  *fleet.Fleet // what is proposed
	Merge *fleet.Fleet // what it was made from
	Tip   *fleet.Fleet // what is trusted
	At    string       // the fleet's path, for what is in no file any more
	Today string
	// Exists reports whether the head has a directory: a cluster that left the fleet and whose overlays did not is judged all the same.
	Exists func(dir string) bool
}

// Verdict is what is judged by.
type Verdict struct {
	// Fleet is the head's, with clusters, trust domains and waivers as they are trusted.
	Fleet *fleet.Fleet
	// Proposed are the clusters whose controller or CRDs change their version: they are judged under both, by name.
	Proposed map[string]fleet.Cluster
	Facts    []Fact
}

// Judge compares the three. A change that a waiver of the tip accepts counts as trusted.
func (f Fleets) Judge() Verdict {
	head := *f.Head
	if f.Tip == nil {
		out := Verdict{Fleet: &head}
		if len(head.Clusters) > 0 && (f.Merge == nil || !same(f.Merge, f.Head)) {
			out.Facts = append(out.Facts, about("gate/fleet-added", "", "Fleet", cmp.Or(head.Name, "default"), "", f.place(f.Head.Position("clusters")), "",
				"the base has no fleet: the change is judged by the clusters, trust domains and waivers that it brings"))
		}
		return out
	}
	j := &judging{Fleets: f, head: &head, proposed: map[string]fleet.Cluster{}}
	if j.Merge == nil {
		j.Merge = &fleet.Fleet{}
	}
	head.Clusters, head.TrustDomains = maps.Clone(f.Head.Clusters), maps.Clone(f.Head.TrustDomains)
	if head.Clusters == nil {
		head.Clusters = map[string]fleet.Cluster{}
	}
	j.waivers()
	j.domains()
	j.clusters()
	j.attestations()
	return Verdict{Fleet: &head, Proposed: j.proposed, Facts: j.facts}
}

type judging struct {
	Fleets
	head     *fleet.Fleet // in the making
	proposed map[string]fleet.Cluster
	facts    []Fact
}

// report notes a fact, and tells whether a waiver of the tip accepts it.
func (j *judging) report(f Fact) (accepted bool) {
	at := j.place(finding.Position{File: f.File, Line: f.Line, Column: f.Column})
	f.File, f.Line, f.Column = at.File, at.Line, at.Column
	j.facts = append(j.facts, f)
	return accepted || slices.ContainsFunc(j.Tip.Waivers, func(w fleet.Waiver) bool { return Valid(w, j.Today) && Accepts(w, f.Finding()) })
}

func (f Fleets) place(at finding.Position) finding.Position {
	if at.IsZero() {
		at.File = f.At
	}
	return at
}

// waivers keeps those of the tip, without those that the change removes. What it adds counts where the tip accepts that.
func (j *judging) waivers() {
	has := func(all []fleet.Waiver, w fleet.Waiver) bool {
		return slices.ContainsFunc(all, func(o fleet.Waiver) bool { return same(o, w) })
	}
	var kept []fleet.Waiver
	for _, w := range j.Tip.Waivers {
		if has(j.Head.Waivers, w) || !has(j.Merge.Waivers, w) {
			kept = append(kept, w)
		}
	}
	for i, w := range j.Head.Waivers {
		if has(j.Tip.Waivers, w) || has(j.Merge.Waivers, w) {
			continue
		}
		name := fmt.Sprintf("%s of %s %s", w.Rule, w.Object.Kind, w.Object.Name)
		if j.report(about("gate/waiver-added", w.Cluster, "Waiver", name, "", j.Head.Position("waivers", fmt.Sprint(i)), w,
			"a waiver for %s arrives with the change; it counts from the next one on", name)) {
			kept = append(kept, w)
		}
	}
	j.head.Waivers = kept
}

// domains takes the trust domains of the tip.
func (j *judging) domains() {
	for _, name := range slices.Sorted(maps.Keys(j.Head.TrustDomains)) {
		head, at := j.Head.TrustDomains[name], j.Head.Position("trustDomains", name)
		tip, known := j.Tip.TrustDomains[name]
		merge, before := j.Merge.TrustDomains[name]
		switch {
		case !known && !before:
			j.report(about("gate/trust-domain-added", "", "TrustDomain", name, "", at, head, "trust domain %s is new: its roots decide who is let in where it is used", name))
		case !known || same(head, tip):
		case before && same(head, merge):
			j.head.TrustDomains[name] = tip
		case !j.report(about("gate/trust-domain-changed", "", "TrustDomain", name, "bundle", at, head, "trust domain %s has other roots or another SPIFFE domain than at the base; the base's count", name)):
			j.head.TrustDomains[name] = tip
		}
	}
	for _, name := range slices.Sorted(maps.Keys(j.Tip.TrustDomains)) {
		_, stays := j.Head.TrustDomains[name]
		_, was := j.Merge.TrustDomains[name]
		if !stays && !was && j.head.TrustDomains != nil {
			j.head.TrustDomains[name] = j.Tip.TrustDomains[name] // added to the base since
		}
	}
}

// attestations reports what somebody newly answers for on an exposure that was there before.
func (j *judging) attestations() {
	for _, name := range slices.Sorted(maps.Keys(j.Head.Exposures)) {
		head, before := j.Head.Exposures[name], j.Merge.Exposures
		was, known := before[name]
		if !known {
			continue
		}
		for _, a := range []struct {
			field     string
			head, was *fleet.Attestation
		}{{"tls.attestation", head.TLS.Attestation, was.TLS.Attestation}, {"service.attestation", head.Service.Attestation, was.Service.Attestation}} {
			if a.head == nil || same(a.head, a.was) {
				continue
			}
			j.report(about("gate/attestation-changed", "", "Exposure", name, a.field, j.Head.Position(append([]string{"exposures", name}, split(a.field)...)...), a.head,
				"exposure %s rests on another attestation than at the base: %s", name, a.head.By))
		}
	}
}
