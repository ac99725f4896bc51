// Package traefik knows Traefik Proxy: what it can enforce (profile.go, ability.go), how to ask it for that (write.go), and what it makes
// of a cluster's objects (the rest).
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. every listener that ends TLS gets what the one TLSOption named default says, or what holds without one (option.go)
//  4. every Service behind an HTTPRoute gets the TLS of its BackendTLSPolicy (hop.go); a TraefikService is an unknown
//  5. IngressRoutes and TraefikServices become ways around the gateways (way.go)
//  6. Middlewares and IngressRoutes that can undo all of it become hatches (middleware.go, hatch.go)
//
// Upstream files are those of github.com/traefik/traefik at v3.7.13.
package traefik

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type traefik struct{}

// New returns the controller.
func New() controller.Controller { return traefik{} }

func (traefik) Profile() controller.Profile { return profile() }

func (traefik) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (traefik) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

// WriteConsumer writes what pods that call by themselves need. The controller takes no part in it.
func (traefik) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	if s.Via != "direct" {
		return nil, fmt.Errorf("consumer %s: %s", s.Name, noEgress)
	}
	return kubernetes.WriteDirect(c, s)
}

func (traefik) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
