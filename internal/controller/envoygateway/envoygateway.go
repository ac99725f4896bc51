// Package envoygateway knows Envoy Gateway: what it can enforce (profile.go), how to ask it for that (write*.go), and what it
// makes of a cluster's objects (the rest).
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. every listener gets the one ClientTrafficPolicy that counts for it (target.go, clientpolicy.go); nothing is merged
//  4. SecurityPolicies say which token requests must carry (jwt.go)
//  5. the EnvoyProxy that counts for its Gateway says where it can be reached from, and by whom (proxy.go, address.go)
//  6. every backend gets the TLS of the hop to it (hop.go), and destinations that are no Service become exits (exit.go)
//  7. what can undo all of it becomes a hatch (hatch.go)
package envoygateway

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type envoyGateway struct{}

// New returns the controller.
func New() controller.Controller { return envoyGateway{} }

func (envoyGateway) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (envoyGateway) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (envoyGateway) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

func (envoyGateway) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (envoyGateway) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
