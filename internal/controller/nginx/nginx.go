// Package nginx knows NGINX Gateway Fabric: what it can enforce (profile.go, ability.go), how to ask it for that (write*.go), and what it
// makes of a cluster's objects (the rest).
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. every listener gets the floor of its own TLS options (option.go), and the client validation of its Gateway's port (frontend.go)
//  4. the NginxProxies of the Gateway and of its class, merged field by field, say where it can be reached from (proxy.go)
//  5. every backend gets the TLS of the hop to it (hop.go), and ExternalName Services become exits (exit.go)
//  6. what can undo all of it becomes a hatch (hatch.go)
//
// Upstream files are those of github.com/nginx/nginx-gateway-fabric at v2.6.7, below internal/controller unless their path says otherwise;
// "2.7" is its main branch at e55bfe33969f.
package nginx

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type nginx struct{}

// New returns the controller.
func New() controller.Controller { return nginx{} }

func (nginx) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (nginx) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (nginx) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

func (nginx) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (nginx) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
