// Package trust says whose word counts when a change is judged. What the gate judges by comes from the tip of the base: a pull request
// must not bring its own judge. What it changes of that is a Fact, and each fact is a finding of the rule that it names, below gate/.
//
//   - Fleet: clusters, trust domains and waivers
//   - Rules: the directory of --policies
//   - Pipeline: the workflows and hooks that run the gate, and who owns its files
//
// What changed is told against the merge base, so that a branch that is only behind changes nothing; what counts is the tip's.
package trust

import (
	"encoding/json"
	"fmt"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

// Fact is one change of what the gate judges by. The JSON names are what rules see in input.gate.
type Fact struct {
	Rule     string          `json:"rule"`
	Severity string          `json:"severity"` // "" for the rule's own
	Cluster  string          `json:"-"`        // "" for the repository
	Subject  posture.Subject `json:"subject"`
	By       posture.Ref     `json:"by"`
	Value    string          `json:"value"` // what a waiver accepts: another value is another finding
	File     string          `json:"file"`
	Line     int             `json:"line"`
	Column   int             `json:"column"`
	Message  string          `json:"message"`
}

// Finding is the fact as far as a waiver looks at it.
func (f Fact) Finding() finding.Finding {
	out := finding.Finding{
		Rule: f.Rule, Cluster: f.Cluster, Subject: f.Subject, Field: f.By.Field, Value: f.Value,
		Object: finding.Object{APIVersion: f.By.APIVersion, Kind: f.By.Kind, Namespace: f.By.Namespace, Name: f.By.Name},
	}
	out.Seal()
	return out
}

// Accepts reports whether a waiver is for this finding: the same rule, cluster, object and fingerprint. Whether it has expired is
// another question.
func Accepts(w fleet.Waiver, f finding.Finding) bool {
	return w.Rule == f.Rule && w.Cluster == f.Cluster && w.Fingerprint == f.Fingerprint &&
		w.Object.Kind == f.Object.Kind && w.Object.Namespace == f.Object.Namespace && w.Object.Name == f.Object.Name
}

// Valid reports whether a waiver counts on a day, YYYY-MM-DD. Without a day none does.
func Valid(w fleet.Waiver, today string) bool { return today != "" && today <= w.Expires }

// about makes a fact whose subject decided itself.
func about(rule, cluster, kind, name, field string, at finding.Position, value any, format string, args ...any) Fact {
	return Fact{
		Rule: rule, Cluster: cluster, Subject: posture.Subject{Kind: kind, Name: name}, By: posture.Ref{Kind: kind, Name: name, Field: field},
		Value: encode(value), File: at.File, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...),
	}
}

// encode is a value as one text, the same for equal values.
func encode(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%+v", v)
	}
	return string(text)
}

func same(a, b any) bool { return encode(a) == encode(b) }
