// Package plan turns a fleet into what each cluster must hold.
//
//  1. facts: what the fleet says of each cluster
//  2. intents: the gateways, exposures and consumers of each cluster, with names, certificates and trust domains
//  3. refusals: what a controller's profile cannot do, or a fact that a write needs, all at once, in the user's files
//  4. write: the controllers' objects and the fleet's own, labelled, as overlays of two files each
package plan

import (
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/tree"
)

// Plan is what each cluster of a fleet must hold.
type Plan struct {
	Fleet    string
	Clusters []Cluster // sorted by name

	source *fleet.Fleet
}

// Cluster is one cluster's share. Its lists are sorted by name.
type Cluster struct {
	Facts controller.Cluster
	// Controller is nil when the fleet's controller is not modelled and nothing is to be written.
	Controller controller.Controller
	Folder     string // where its overlays are, relative to the repository
	Gateways   []controller.Gateway
	Exposures  []controller.Exposure
	Consumers  []controller.Consumer
	Wanted     controller.Wanted
	// Attestations are what the fleet says that somebody answers for, because no gateway checks it: what verdicts rest on.
	Attestations []posture.Assumption
}

// use notes that an exposure uses an ability of the cluster's controller.
func (c *Cluster) use(id controller.AbilityID) {
	if i, found := slices.BinarySearch(c.Wanted.Abilities, id); !found {
		c.Wanted.Abilities = slices.Insert(c.Wanted.Abilities, i, id)
	}
}

// Generated is every overlay of a plan, sorted by path.
type Generated []Overlay

// Overlay is one generated folder: kustomization.yaml and <name>.yaml.
type Overlay struct {
	tree.Overlay
	Kind   string // gateways, exposures, consumers, trust, access
	Name   string
	Source finding.Position // in the fleet
}

// Catalog returns the controller of a name, if gatespan models it.
type Catalog = func(name string) (controller.Controller, bool)

// Make plans a fleet. The error is a fleet.Errors with every refusal; the fleet is one that fleet.Load accepted.
func Make(f *fleet.Fleet, catalog Catalog) (*Plan, error) {
	m := &maker{refusals: refusals{fleet: f}, fleet: f, clusters: map[string]*Cluster{}}
	for _, name := range slices.Sorted(maps.Keys(f.Clusters)) {
		c := &Cluster{Facts: Facts(f, name), Folder: f.Clusters[name].Path}
		c.Wanted = controller.Wanted{Entries: []controller.WantedEntry{}, Exits: []controller.WantedExit{}, Abilities: []controller.AbilityID{}}
		if known, ok := catalog(f.Clusters[name].Controller.Name); ok {
			c.Controller = known
			m.egressPortFor(c)
		}
		m.clusters[name] = c
	}
	for _, name := range slices.Sorted(maps.Keys(f.Exposures)) {
		m.provide(name)
		m.consume(name)
	}
	m.gateways()
	m.consumers()
	m.shared()
	m.folders()
	if err := m.err(); err != nil {
		return nil, err
	}
	p := &Plan{Fleet: f.Name, source: f}
	for _, name := range slices.Sorted(maps.Keys(m.clusters)) {
		p.Clusters = append(p.Clusters, *m.clusters[name])
	}
	return p, nil
}

// maker is a plan in the making.
type maker struct {
	refusals
	fleet    *fleet.Fleet
	clusters map[string]*Cluster
	uses     []use

	lacks   []Lack       // every ability that was refused
	lacking map[int]bool // and which of the refusals say so
	nowhere map[int]bool // which of the refusals say that a cluster's cloud does not have the controller
}

// use is one exposure as one consumer calls it: what makes a consumer's destination.
type use struct {
	cluster, consumer, exposure string
}

// Want is what the tree of the repository must hold. Folder is where clusters have their folders by default.
func (p *Plan) Want(folder string, generated Generated) tree.Want {
	want := tree.Want{Fleet: p.Fleet, Folder: folder, Clusters: map[string]string{}}
	for _, c := range p.Clusters {
		want.Clusters[c.Facts.Name] = c.Folder
	}
	for _, o := range generated {
		want.Overlays = append(want.Overlays, o.Overlay)
	}
	return want
}
