// Package finding is the currency between judging and reporting: one rule, one subject, one deciding object, one source
// position, one way to mend it.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// Severities, most severe first.
const (
	Block  = "block"
	Change = "change" // reported; blocks with --fail-on change
	Warn   = "warn"
)

// Object is the object that decided.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// Position is a place in the user's repository; Line and Column count from 1 and are 0 when not known.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
}

// Related is another place that a reader of the finding wants to see.
type Related struct {
	Position
	Message string `json:"message"`
}

// Finding is one problem. Its JSON shape is published: see the README.
type Finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Cluster  string `json:"cluster"`
	Overlay  string `json:"overlay"`

	Subject posture.Subject `json:"subject"`
	Object  Object          `json:"object"`
	Field   string          `json:"field"`

	Position
	Source  *Position `json:"source,omitempty"` // in the fleet
	Related []Related `json:"related"`

	Message     string `json:"message"`
	Remediation string `json:"remediation"`

	Waived      bool   `json:"waived"`
	Introduced  bool   `json:"introduced"`
	Fingerprint string `json:"fingerprint"`

	// Value is the weak value; part of the fingerprint only.
	Value string `json:"-"`
}

// Seal computes the fingerprint: SHA-256 of rule, cluster, subject, field and the weak value. Neither file nor line is part of it, so
// moving a file introduces nothing.
func (f *Finding) Seal() {
	s := f.Subject
	sum := sha256.Sum256([]byte(strings.Join([]string{
		f.Rule, f.Cluster, s.Kind, s.Namespace, s.Name, s.Listener, f.Field, f.Value,
	}, "\x00")))
	f.Fingerprint = hex.EncodeToString(sum[:])
}

// Sort orders findings: most severe first, then by cluster, file, line, rule, subject and message.
func Sort(findings []Finding) {
	rank := map[string]int{Block: 0, Change: 1, Warn: 2}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank[a.Severity], rank[b.Severity]),
			cmp.Compare(a.Cluster, b.Cluster),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Subject.Namespace, b.Subject.Namespace), cmp.Compare(a.Subject.Name, b.Subject.Name),
			cmp.Compare(a.Subject.Listener, b.Subject.Listener), cmp.Compare(a.Message, b.Message),
		)
	})
}

// IsZero reports whether the position is unknown.
func (p Position) IsZero() bool { return p.File == "" }
