// Package istio knows Istio: what it can enforce (profile.go), how to ask it for that (write*.go), and what it makes of a
// cluster's objects (the rest).
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. Istio's own objects are decoded strictly (types*.go); what is not known is an unknown (read.go); what AKS
//     does not take is left out (managed.go)
//  3. every listener gets its TLS mode, client CA and floor (listener.go, mesh.go, revision.go, helm.go,
//     compliance.go)
//  4. AuthorizationPolicies say whom it accepts (authorization.go)
//  5. every backend gets the hop to it (hop.go): BackendTLSPolicies and DestinationRules, merged as Istio merges them
//     (destination.go), PeerAuthentications (peer.go); destinations outside the cluster become exits (exit.go)
//  6. classic Gateways and VirtualServices become entries and ways (classic.go, classic_route.go), what can undo all of it a hatch (hatch.go)
package istio

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type istio struct{}

// New returns the controller.
func New() controller.Controller { return istio{} }

func (istio) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (istio) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (istio) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

func (istio) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (istio) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
