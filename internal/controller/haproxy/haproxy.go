// Package haproxy knows HAProxy Unified Gateway: what it can enforce (profile.go), how to ask it for that (write.go), and what it makes of a
// cluster's objects (the rest). It verifies no client certificate anywhere, so what it can serve is TLS that it passes through to pods
// that verify clients themselves. The older HAProxy Kubernetes Ingress Controller is its distribution ingress-controller, and
// serves nothing.
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. every listener gets the TLS that the installation's haproxy.cfg sets, and is refused where the controller refuses it (listener.go)
//  3. the Service in front of the proxies, where it is in Git, says where they can be reached from (address.go)
//  4. raw settings of HAProxy that reach a listener's backends or the whole process become hatches (hatch.go)
//
// Sources without a scheme are files of github.com/haproxytech/haproxy-unified-gateway, of which single files of the main branch in 2026
// could be read and no tag: the profile is for 1.0, and what is newer is not known.
package haproxy

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type haproxy struct{}

// New returns the controller.
func New() controller.Controller { return haproxy{} }

func (haproxy) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (haproxy) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (haproxy) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

func (haproxy) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (haproxy) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
