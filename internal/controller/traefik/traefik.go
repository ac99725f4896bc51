// Package traefik knows Traefik Proxy: what it can enforce (profile.go, ability.go), how to ask it for that (write.go), and what it makes
// of a cluster's objects (the rest).
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. every listener that ends TLS gets what the one TLSOption named default says, or what holds without one (option.go)
//  4. every Service behind an HTTPRoute gets the TLS of its BackendTLSPolicy (hop.go)
//  5. a TraefikService becomes the exits that it leads to (exit.go), each with the TLS of its ServersTransport (transport.go)
//  6. IngressRoutes and TraefikServices become ways around the gateways (way.go)
//  7. what can undo all of it becomes hatches: Middlewares and IngressRoutes (middleware.go, hatch.go), and what borrows the client
//     certificate of an exit or takes its name (borrow.go)
//
// Upstream files are those of github.com/traefik/traefik at v3.7.13.
package traefik

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type traefik struct{}

// New returns the controller.
func New() controller.Controller { return traefik{} }

func (traefik) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (traefik) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (traefik) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

func (traefik) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (traefik) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
