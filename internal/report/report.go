// Package report prints what a run of the gate found, one file per format.
package report

import (
	"github.com/gatespan/gatespan/internal/change"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/posture"
)

// Verdicts.
const (
	Pass      = "pass"
	Blocked   = "block"
	Undecided = "undecided" // the run could not be completed
)

// Report is the outcome of one check. Its JSON shape is published as version 1.
type Report struct {
	Version     string            `json:"version"` // "1"
	Verdict     string            `json:"verdict"`
	Shard       *Shard            `json:"shard,omitempty"` // nil for a whole run
	Summary     Summary           `json:"summary"`
	Findings    []finding.Finding `json:"findings"`
	Changes     []Change          `json:"changes"`
	Assumptions []Assumption      `json:"assumptions"`
	Undecided   []Undecidedness   `json:"undecided"`
	OutOfScope  []OutOfScope      `json:"outOfScope"`
}

// Summary counts.
type Summary struct {
	Clusters       int `json:"clusters"`
	Overlays       int `json:"overlays"`
	Objects        int `json:"objects"`
	RulesEvaluated int `json:"rulesEvaluated"`
	Block          int `json:"block"`
	Change         int `json:"change"`
	Warn           int `json:"warn"`
	Waived         int `json:"waived"`
	Undecided      int `json:"undecided"`
	OutOfScope     int `json:"outOfScope"`
}

// Change is one difference of posture, with its place.
type Change struct {
	Cluster string `json:"cluster"`
	change.Change
	finding.Position
}

// Assumption is something outside Git that the verdict rests on.
type Assumption struct {
	Cluster string `json:"cluster"`
	posture.Assumption
}

// Undecidedness is something that could not be judged: the run exits 2 unless a finding blocks.
type Undecidedness struct {
	Cluster string `json:"cluster"`
	Overlay string `json:"overlay"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// OutOfScope is something that was seen and left out on purpose: a public gateway, an excluded path, a Helm release.
type OutOfScope struct {
	Cluster string          `json:"cluster"`
	Subject posture.Subject `json:"subject"`
	Reason  string          `json:"reason"`
}

// Shard is the part of a run that a report is of: the Index-th of Of, counted from 1.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
}

// Count fills the summary's numbers of findings, undecided and out of scope from the lists.
func (r *Report) Count() {
	s := &r.Summary
	s.Block, s.Change, s.Warn, s.Waived = 0, 0, 0, 0
	for _, f := range r.Findings {
		switch {
		case f.Waived:
			s.Waived++
		case f.Severity == finding.Block:
			s.Block++
		case f.Severity == finding.Change:
			s.Change++
		default:
			s.Warn++
		}
	}
	s.Undecided, s.OutOfScope = len(r.Undecided), len(r.OutOfScope)
}
