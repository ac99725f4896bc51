package tree

import "github.com/gatespan/gatespan/internal/posture"

// Drift is a difference between what the fleet generates and what is in the tree.
type Drift struct {
	Kind    string          `json:"kind"` // missing, modified, stale, foreign
	Overlay string          `json:"overlay"`
	File    string          `json:"file"`
	Line    int             `json:"line"`    // of the first difference
	Subject posture.Subject `json:"subject"` // the first object that differs; {kind: "Kustomization", name: overlay} when none
	By      posture.Ref     `json:"by"`
	Why     string          `json:"why"`
}
