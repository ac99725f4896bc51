// Package policy compiles the rules once and judges one cluster at a time.
//
// A rule is a Rego package in a folder of its own, policies/<topic>/<rule>/; its title, severity, description, remediation and
// examples are its METADATA. It sees an Input and yields findings; the engine counts what it evaluated. Nothing of OPA that is
// nondeterministic, or reaches outside, is there.
package policy

import (
	"github.com/gatespan/gatespan/internal/change"
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/render"
	"github.com/gatespan/gatespan/internal/tree"
	"github.com/gatespan/gatespan/internal/trust"
)

// Input is what every rule sees of one cluster, as `input`.
type Input struct {
	Cluster controller.Cluster `json:"cluster"`
	Posture posture.Posture    `json:"posture"`
	Wanted  controller.Wanted  `json:"wanted"`
	Peers   []Peer             `json:"peers"` // entries of all clusters of the fleet, for exits
	Render  []render.Fact      `json:"render"`
	Drift   []tree.Drift       `json:"drift"`
	Changes []change.Change    `json:"changes"` // only with a base
	Gate    []trust.Fact       `json:"gate"`    // what the change does to the gate itself; of one cluster, or of the repository
	Objects []map[string]any   `json:"objects"` // raw, for rules about kinds that no reader models
}

// Peer is an entry of some cluster of the fleet, as an exit may meet it.
type Peer struct {
	Cluster    string          `json:"cluster"`
	Gateway    posture.Subject `json:"gateway"`
	Hostnames  []string        `json:"hostnames"`
	Port       int             `json:"port"`
	TLS        string          `json:"tls"`
	MinTLS     string          `json:"minTLS"`
	ClientAuth string          `json:"clientAuth"`
}
