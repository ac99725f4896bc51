// Package change compares the posture of a base with the posture of the head, entry by entry, exit by exit, grant by grant.
package change

import "github.com/gatespan/gatespan/internal/posture"

// Change is one difference between the base's posture and the head's.
type Change struct {
	Subject posture.Subject `json:"subject"`
	By      posture.Ref     `json:"by"`
	Field   string          `json:"field"` // clientAuth, minTLS, …; "" for a whole entry, exit or grant
	Before  string          `json:"before"`
	After   string          `json:"after"`
	// Direction: weaker, exchanged (a CA), wider (within the fleet), stronger, new, gone (with all its objects), mass (much at
	// once), other.
	Direction string `json:"direction"`
	Exposure  string `json:"exposure"`
	Why       string `json:"why"`
}
