package render

import "github.com/gatespan/gatespan/internal/posture"

// Fact is something that rendering found: a root that cannot be rendered, a duplicate object, a broken reference.
type Fact struct {
	// Rule is the id of the rule that reports it: render/remote-base, render/duplicate-key, unknown/root, …
	Rule    string          `json:"rule"`
	Overlay string          `json:"overlay"`
	File    string          `json:"file"`
	Line    int             `json:"line"`
	Column  int             `json:"column"`
	Subject posture.Subject `json:"subject"`
	By      posture.Ref     `json:"by"`
	Why     string          `json:"why"`
	// Severity is that of this one fact; "" for the rule's own.
	Severity string `json:"severity"`
}
