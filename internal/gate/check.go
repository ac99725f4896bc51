package gate

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/gatespan/gatespan/internal/change"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/tree"
)

// Check judges the repository. An error means that the run could not be done at all; what could not be judged in a run that was done
// is in the report's Undecided.
func Check(ctx context.Context, o Options) (*report.Report, error) {
	if o.OnlyNew && o.Base == "" {
		return nil, &Problem{What: "--only-new needs --base", Hint: "name the revision that findings are new against, for example --base origin/main"}
	}
	if o.Policies == "" {
		go policy.Warm() // while the clusters are read
	}
	p, head, b, guess, err := sides(ctx, o)
	if err != nil {
		return nil, err
	}
	defer b.close()
	engine, err := policy.New(ctx, policy.Options{User: userRules(p, b), Kinds: kinds(head), Today: o.Today})
	if err != nil {
		return nil, err
	}
	drift, err := head.drift(p)
	if err != nil {
		return nil, err
	}
	changes := compare(b.side, head)
	part := shareOf(head, o.Shard)
	findings, rules, err := head.judge(ctx, engine, drift, changes, part)
	if err != nil {
		return nil, err
	}
	if b.side != nil {
		if err := markIntroduced(ctx, p, engine, b.side, findings, part); err != nil {
			return nil, err
		}
	}
	gate, err := judgeGate(ctx, engine, b.facts)
	if err != nil {
		return nil, err
	}
	findings = append(findings, gate...)
	stale, err := judgeGate(ctx, engine, waive(findings, head, p.fleet, o))
	if err != nil {
		return nil, err
	}
	for i := range stale {
		stale[i].Introduced = b.side == nil // time went by, which is nobody's change
	}
	findings = append(findings, stale...)
	if len(guess.clusters) == 0 { // a first look takes every Gateway that it does not reach for undecided
		more, err := head.artifacts()
		if err != nil {
			return nil, err
		}
		b.undecided = append(b.undecided, more...)
	}
	finding.Sort(findings)
	findings = slices.DeleteFunc(findings, func(f finding.Finding) bool { return !isGate(f) && !withinAny(p.paths, f) })
	findings = part.only(findings)
	if o.OnlyNew {
		findings = slices.DeleteFunc(findings, func(f finding.Finding) bool { return !f.Introduced })
	}
	r := compile(head, b, findings, placed(b.side, head, changes), rules, o)
	guess.addTo(r, o)
	return r, nil
}

// drift compares what the fleet generates with what is in the tree, per cluster; without a fleet there is none.
func (s *side) drift(p *place) (map[string][]tree.Drift, error) {
	out := map[string][]tree.Drift{}
	if s.plan == nil {
		return out, nil
	}
	drift, err := tree.Diff(s.fsys, s.plan.Want(p.overlays, s.generated))
	if err != nil {
		return nil, err
	}
	for _, d := range drift {
		if c := clusterOf(p, s, d); c != "" {
			out[c] = append(out[c], d)
		}
	}
	return out, nil
}

// clusterOf is the cluster whose folder holds a difference; the first one for what is in none, so that it is judged all the same.
func clusterOf(p *place, s *side, d tree.Drift) string {
	name := ""
	for i, c := range s.clusters {
		if i == 0 || within(c.path, d.File) || within(path.Join(p.overlays, c.Name), d.File) {
			name = c.Name
		}
	}
	return name
}

// compare lists what changed in each cluster; nothing without a base.
func compare(base, head *side) map[string][]change.Change {
	out := map[string][]change.Change{}
	if base == nil {
		return out
	}
	for _, h := range head.clusters {
		var before posture.Posture
		if b := base.cluster(h.Name); b != nil {
			before = b.Posture
		}
		out[h.Name] = change.Compare(before, h.Posture, h.Wanted, h.Facts.TrustDomains)
	}
	massRemoval(base, head, out)
	return out
}

// placed gives every change its position: in the head, or where it was in the base when it is gone.
func placed(base, head *side, changes map[string][]change.Change) []report.Change {
	out := []report.Change{}
	for _, h := range head.clusters {
		for _, c := range changes[h.Name] {
			r := report.Change{Cluster: h.Name, Change: c, Position: h.Locate(c.By)}
			if r.Position.IsZero() && base != nil {
				if b := base.cluster(h.Name); b != nil {
					r.Position = b.Locate(c.By)
				}
			}
			out = append(out, r)
		}
	}
	return out
}

// markIntroduced tells findings that the base has too from those that the change brings. A finding is one of its cluster, so that only the
// clusters that have any are judged as they were.
func markIntroduced(ctx context.Context, p *place, engine *policy.Engine, base *side, findings []finding.Finding, part share) error {
	known, has := map[string]bool{}, map[string]bool{}
	for _, f := range findings {
		has[f.Cluster] = true
	}
	if len(has) == 0 {
		return nil
	}
	if err := base.write(); err != nil {
		return fmt.Errorf("plan the base: %w", err)
	}
	drift, err := base.drift(p)
	if err != nil {
		return fmt.Errorf("read the base: %w", err)
	}
	old, _, err := base.judge(ctx, engine, drift, nil, part.among(has))
	if err != nil {
		return fmt.Errorf("judge the base: %w", err)
	}
	for _, f := range old {
		known[f.Fingerprint] = true
	}
	for i := range findings {
		findings[i].Introduced = !known[findings[i].Fingerprint]
	}
	return nil
}

// userRules are the rules of --policies: from the base's tip when there is one, since a change must not bring its own judge.
func userRules(p *place, b *base) fs.FS {
	if p.policies == "" {
		return nil
	}
	sub, err := fs.Sub(b.rules, p.policies)
	if err != nil {
		return nil
	}
	return sub
}

// kinds are those of objects, as far as they are known: what readers model, and what the repository has.
func kinds(s *side) []string {
	out := catalog.Kinds()
	for _, c := range s.clusters {
		for _, o := range c.objects.All() {
			if !slices.Contains(out, o.Kind) {
				out = append(out, o.Kind)
			}
		}
	}
	return out
}

// compile makes the report.
func compile(head *side, b *base, findings []finding.Finding, changes []report.Change, rules int, o Options) *report.Report {
	r := &report.Report{
		Version: "1", Findings: findings, Changes: changes,
		Shard:       o.Shard,
		Assumptions: []report.Assumption{}, Undecided: []report.Undecidedness{}, OutOfScope: []report.OutOfScope{},
	}
	if r.Findings == nil {
		r.Findings = []finding.Finding{}
	}
	r.Summary.Clusters = len(head.clusters)
	r.Summary.RulesEvaluated = rules
	for _, c := range head.clusters {
		r.Summary.Overlays += len(c.rendered.Overlays)
		r.Summary.Objects += c.objects.Len()
		for _, a := range c.Posture.Assumptions {
			r.Assumptions = append(r.Assumptions, report.Assumption{Cluster: c.Name, Assumption: a})
		}
		if c.missing {
			r.Undecided = append(r.Undecided, report.Undecidedness{
				Cluster: c.Name, Overlay: c.path, Message: fmt.Sprintf("cluster %s: there is nothing at %s", c.Name, c.path),
				Hint: "run gatespan generate, or correct the cluster's path in the fleet",
			})
		}
		if c.vacant {
			r.Undecided = append(r.Undecided, report.Undecidedness{
				Cluster: c.Name, Overlay: c.path, Message: fmt.Sprintf("cluster %s: nothing was evaluated: there is no object below %s", c.Name, c.path),
				Hint: "correct the cluster's path in the fleet, or remove the cluster from it",
			})
		}
		r.OutOfScope = append(r.OutOfScope, outOfScope(c)...)
	}
	for _, c := range slices.Concat(head.clusters, head.also) {
		for _, u := range c.rendered.Undecided {
			one := report.Undecidedness{Cluster: c.Name, Overlay: u.Overlay, Message: u.Message, Hint: u.Hint}
			if !slices.Contains(r.Undecided, one) {
				r.Undecided = append(r.Undecided, one)
			}
		}
	}
	r.Undecided = append(r.Undecided, b.undecided...)
	if r.Summary.Objects == 0 {
		r.Undecided = append(r.Undecided, report.Undecidedness{
			Message: "nothing was evaluated: no cluster has an object",
			Hint:    "name the overlays with --overlays, or each cluster's path in the fleet",
		})
	}
	r.Verdict = verdict(r, o)
	return r
}

func outOfScope(c ClusterState) []report.OutOfScope {
	var out []report.OutOfScope
	for _, g := range c.Facts.PublicGateways {
		out = append(out, report.OutOfScope{Cluster: c.Name, Subject: posture.Subject{Kind: "Gateway", Namespace: g.Namespace, Name: g.Name}, Reason: "public gateway: " + g.Reason})
	}
	_, apart := c.facts()
	for _, f := range apart {
		out = append(out, report.OutOfScope{Cluster: c.Name, Subject: f.Subject, Reason: "a public gateway's hostname: " + f.Why})
	}
	for _, u := range c.rendered.Unseen {
		out = append(out, report.OutOfScope{Cluster: c.Name, Subject: u.Subject, Reason: u.Why})
	}
	return out
}

// verdict decides, after counting: a finding that blocks wins over what could not be judged.
func verdict(r *report.Report, o Options) string {
	r.Count()
	blocked := r.Summary.Block > 0
	switch o.FailOn {
	case finding.Warn:
		blocked = blocked || r.Summary.Change > 0 || r.Summary.Warn > 0
	case finding.Change:
		blocked = blocked || r.Summary.Change > 0
	}
	switch {
	case blocked:
		return report.Blocked
	case len(r.Undecided) > 0:
		return report.Undecided
	default:
		return report.Pass
	}
}
