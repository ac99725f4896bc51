// Package plan turns a fleet into what each cluster must hold.
//
//  1. facts: what the fleet says of each cluster
//  2. intents: the gateways, exposures and consumers of each cluster, with names, certificates and trust domains
//  3. refusals: what a controller's profile cannot do, or a fact that a write needs, all at once, in the user's files
//  4. write: the controllers' objects and the fleet's own, labelled, as overlays of two files each
package plan

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/tree"
)

// Plan is what each cluster of a fleet must hold.
type Plan struct {
	Fleet    string
	Clusters []Cluster // sorted by name
}

// Cluster is one cluster's share.
type Cluster struct {
	Facts controller.Cluster
	// Controller is nil when the fleet's controller is not modelled and nothing is to be written.
	Controller controller.Controller
	Folder     string // where its overlays are, relative to the repository
	Gateways   []controller.Gateway
	Exposures  []controller.Exposure
	Consumers  []controller.Consumer
	Wanted     controller.Wanted
}

// Generated is every overlay of a plan, sorted by path.
type Generated []Overlay

// Overlay is one generated folder: kustomization.yaml and <name>.yaml.
type Overlay struct {
	tree.Overlay
	Kind   string // gateways, exposures, consumers
	Name   string
	Source finding.Position // in the fleet
}

// Make plans a fleet. Catalog returns the controller of a name. The error is an Errors with every refusal.
func Make(f *fleet.Fleet, catalog func(name string) (controller.Controller, bool)) (*Plan, error) {
	return &Plan{}, nil
}

// Write is the plan's overlays.
func (p *Plan) Write() (Generated, error) { return nil, nil }

// Want is what the tree of the repository must hold. Folder is where clusters have their folders by default.
func (p *Plan) Want(folder string, generated Generated) tree.Want { return tree.Want{} }
