package gate

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/change"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/tree"
)

// judge applies the rules to every cluster of a side of which the share has something. Drift and changes are of the head only.
func (s *side) judge(ctx context.Context, engine *policy.Engine, drift map[string][]tree.Drift, changes map[string][]change.Change, part share) ([]finding.Finding, int, error) {
	var findings []finding.Finding
	rules := 0
	peers := s.peers()
	known := map[string]bool{}
	for i, c := range slices.Concat(s.clusters, s.also) {
		if !part.judges(c.Name) {
			continue
		}
		input := c.input(peers)
		input.Drift, input.Changes = drift[c.Name], changes[c.Name]
		judgement, err := engine.Judge(ctx, input)
		if err != nil {
			return nil, 0, err
		}
		if i < len(s.clusters) && part.counts(c.Name) {
			rules += judgement.RulesEvaluated
		}
		for _, raw := range judgement.Findings {
			f := s.place(c, raw)
			if i >= len(s.clusters) && known[f.Fingerprint] { // another reading of the same cluster says what the first one did
				continue
			}
			known[f.Fingerprint] = true
			findings = append(findings, f)
		}
	}
	finding.Sort(findings)
	return findings, rules, nil
}

// input is what rules see of a cluster, apart from drift and change.
func (c ClusterState) input(peers []policy.Peer) policy.Input {
	rendered, _ := c.facts()
	input := policy.Input{Cluster: c.Facts, Posture: c.Posture, Wanted: c.Wanted, Peers: peers, Render: slices.Concat(rendered, c.delivery)}
	for _, o := range c.objects.All() {
		input.Objects = append(input.Objects, o.Data)
	}
	return input
}

// peers lists the entries of all clusters, for exits that rely on the other end's floor.
func (s *side) peers() []policy.Peer {
	var out []policy.Peer
	for _, c := range s.clusters {
		for _, e := range c.Posture.Entries {
			if !e.Served.Value {
				continue
			}
			out = append(out, policy.Peer{
				Cluster: c.Name, Gateway: e.Subject, Hostnames: e.Hostnames, Port: e.Port,
				TLS: e.TLS.Value, MinTLS: e.MinTLS.Value, ClientAuth: e.ClientAuth.Value,
			})
		}
	}
	return out
}

// place turns a rule's finding into one with a position: the deciding field, else the subject, else the overlay or the cluster's path.
func (s *side) place(c ClusterState, raw policy.Raw) finding.Finding {
	f := finding.Finding{
		Rule: raw.Rule, Severity: raw.Severity, Cluster: c.Name,
		Subject: raw.Subject, Field: raw.Field, Value: raw.Value,
		Object:  finding.Object{APIVersion: raw.By.APIVersion, Kind: raw.By.Kind, Namespace: raw.By.Namespace, Name: raw.By.Name},
		Message: raw.Message, Remediation: raw.Remediation, Related: []finding.Related{}, Introduced: true,
	}
	subject := posture.Ref{Kind: raw.Subject.Kind, Namespace: raw.Subject.Namespace, Name: raw.Subject.Name}
	if f.Object.Kind == "" {
		f.Object = finding.Object{Kind: subject.Kind, Namespace: subject.Namespace, Name: subject.Name}
	}
	f.Position = finding.Position{File: raw.File, Line: raw.Line, Column: raw.Column}
	for _, ref := range []posture.Ref{raw.By, subject} {
		o := c.find(ref)
		if o == nil {
			continue
		}
		if f.Overlay == "" {
			f.Overlay = o.Origin.Overlay
		}
		if f.File == "" {
			f.Position = c.rendered.Locate(o, ref.Field)
		}
	}
	if f.Overlay == "" && f.File != "" {
		f.Overlay = s.overlayOf(c, f.File)
	}
	if raw.By.Kind == "Controller" && f.File == "" && s.declared { // the fleet decided: what it says of the cluster's controller
		f.Position = s.fleet.Position("clusters", c.Name, "controller", raw.By.Field)
		f.Overlay = c.path
	}
	f.Source = s.source(f.Overlay)
	if f.Overlay == "" {
		// Nothing in the tree decides: what is wanted is not there. The fleet is where somebody asked for it.
		if wanted := s.wantedBy(c, raw.Subject); wanted != nil {
			f.Overlay, f.Source = wanted.Path, &wanted.Source
			if f.File == "" {
				f.Position = wanted.Source
			}
		} else {
			f.Overlay = c.path
		}
	}
	if f.File == "" {
		f.File = f.Overlay
	}
	for _, related := range raw.Related {
		if p := c.Locate(related.By); !p.IsZero() {
			f.Related = append(f.Related, finding.Related{Position: p, Message: related.Message})
		}
	}
	f.Seal()
	return f
}

// wantedBy is the overlay that the fleet wants for a subject: a Gateway, a Service or a workload.
func (s *side) wantedBy(c ClusterState, subject posture.Subject) *plan.Overlay {
	kind, name := "", ""
	same := func(a posture.Subject) bool {
		return a.Kind == subject.Kind && a.Namespace == subject.Namespace && a.Name == subject.Name
	}
	for _, w := range c.Wanted.Entries {
		switch {
		case same(w.Service):
			kind, name = "exposures", w.Exposure
		case same(w.Gateway), same(w.Listener):
			kind, name = "gateways", w.Gateway.Name
		}
	}
	for _, w := range c.Wanted.Exits {
		if same(w.Gateway) {
			kind, name = "consumers", w.Consumer
		}
	}
	for i, g := range s.generated {
		if g.Cluster == c.Name && g.Kind == kind && g.Name == name {
			return &s.generated[i]
		}
	}
	return nil
}

// overlayOf is the longest overlay path that holds a file.
func (s *side) overlayOf(c ClusterState, file string) string {
	best := ""
	for _, o := range c.rendered.Overlays {
		if within(o.Path, file) && len(o.Path) > len(best) {
			best = o.Path
		}
	}
	if best == "" {
		best = path.Dir(file)
	}
	return best
}

// within reports whether a file is a directory, or below it.
func within(dir, file string) bool {
	return dir == "." || file == dir || strings.HasPrefix(file, dir+"/")
}

// withinAny reports whether a finding is below one of the paths that the user named.
func withinAny(paths []string, f finding.Finding) bool {
	return len(paths) == 0 || slices.ContainsFunc(paths, func(p string) bool { return within(p, f.File) || within(p, f.Overlay) })
}
