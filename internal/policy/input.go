// Package policy compiles the rules once and judges one cluster at a time.
//
// A rule is a Rego package in a folder of its own, policies/<topic>/<rule>/; its title, severity, description, remediation and
// examples are its METADATA. It sees an Input and yields findings; the engine counts what it evaluated. Nothing of OPA that is
// nondeterministic, or reaches outside, is there.
package policy

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// Input is what every rule sees of one cluster, as `input`.
type Input struct {
	Cluster controller.Cluster `json:"cluster"`
	Posture posture.Posture    `json:"posture"`
	Wanted  Wanted             `json:"wanted"`
	Peers   []Peer             `json:"peers"` // entries of all clusters of the fleet, for exits
	Render  []RenderFact       `json:"render"`
	Drift   []DriftFact        `json:"drift"`
	Changes []ChangeFact       `json:"changes"` // only with a base
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

// RenderFact is something that rendering found: a root that cannot be rendered, a duplicate object, a broken reference.
type RenderFact struct {
	// Rule is the id of the rule that reports it: render/remote-base, render/duplicate-key, unknown/root, …
	Rule    string          `json:"rule"`
	Overlay string          `json:"overlay"`
	File    string          `json:"file"`
	Line    int             `json:"line"`
	Column  int             `json:"column"`
	Subject posture.Subject `json:"subject"`
	By      posture.Ref     `json:"by"`
	Why     string          `json:"why"`
}

// DriftFact is a difference between what the fleet generates and what is in the tree.
type DriftFact struct {
	Kind    string          `json:"kind"` // missing, modified, stale, foreign
	Overlay string          `json:"overlay"`
	File    string          `json:"file"`
	Line    int             `json:"line"`    // of the first difference
	Subject posture.Subject `json:"subject"` // the first object that differs; {kind: "Kustomization", name: overlay} when none
	By      posture.Ref     `json:"by"`
	Why     string          `json:"why"`
}

// ChangeFact is one difference between the base's posture and the head's.
type ChangeFact struct {
	Subject posture.Subject `json:"subject"`
	By      posture.Ref     `json:"by"`
	Field   string          `json:"field"` // clientAuth, minTLS, …; "" for a whole entry, exit or grant
	Before  string          `json:"before"`
	After   string          `json:"after"`
	// Direction: weaker, exchanged (a CA), wider (within the fleet), stronger, new, gone (with all its objects), other.
	Direction string `json:"direction"`
	Exposure  string `json:"exposure"`
	Why       string `json:"why"`
}
