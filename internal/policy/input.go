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
)

// Input is what every rule sees of one cluster, as `input`.
type Input struct {
	Cluster controller.Cluster `json:"cluster"`
	Posture posture.Posture    `json:"posture"`
	Wanted  Wanted             `json:"wanted"`
	Peers   []Peer             `json:"peers"` // entries of all clusters of the fleet, for exits
	Render  []render.Fact      `json:"render"`
	Drift   []tree.Drift       `json:"drift"`
	Changes []change.Change    `json:"changes"` // only with a base
	Objects []map[string]any   `json:"objects"` // raw, for rules about kinds that no reader models
}

// Wanted is what the fleet's exposures ask of this cluster; empty lists for a fleet of clusters only.
type Wanted struct {
	Entries []WantedEntry `json:"entries"`
	Exits   []WantedExit  `json:"exits"`
}

// WantedEntry is one exposure's listener and what is behind it.
type WantedEntry struct {
	Exposure      string             `json:"exposure"`
	Gateway       posture.Subject    `json:"gateway"` // with Listener
	Hostname      string             `json:"hostname"`
	Port          int                `json:"port"`
	Mode          string             `json:"mode"`
	MinTLS        string             `json:"minTLS"`
	TrustDomain   string             `json:"trustDomain"`
	SHA256        []string           `json:"sha256"`
	PinIdentities bool               `json:"pinIdentities"`
	Identities    []posture.Identity `json:"identities"` // all declared ones, as the reader writes them (type uri or dns, match exact)
	Service       posture.Subject    `json:"service"`
	ServicePort   int                `json:"servicePort"`
	Pods          posture.Labels     `json:"pods"`
	BackendName   string             `json:"backendName"`
	BackendSHA256 []string           `json:"backendSHA256"`
}

// WantedExit is one exposure as one consumer calls it.
type WantedExit struct {
	Exposure string          `json:"exposure"`
	Consumer string          `json:"consumer"`
	Via      string          `json:"via"`
	Gateway  posture.Subject `json:"gateway"` // the egress Gateway; the workload when direct
	Hostname string          `json:"hostname"`
	Port     int             `json:"port"`
	SHA256   []string        `json:"sha256"`
	MinTLS   string          `json:"minTLS"`
	FloorBy  string          `json:"floorBy"` // gateway, peer, workload
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
