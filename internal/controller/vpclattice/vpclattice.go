// Package vpclattice knows the AWS Gateway API Controller for VPC Lattice: what it can enforce (profile.go), how to ask it for that
// (write.go), and what it makes of a cluster's objects (the rest). Lattice ends TLS 1.2 only and asks clients for no certificate, so
// what it can serve is TLS that it passes through to pods that verify clients themselves.
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. every listener gets Lattice's fixed TLS, and where it can be reached from (listener.go, association.go)
//  4. every backend gets the protocol of its target group; one of another namespace is never granted (target.go)
//  5. routes of several Gateways, and policies that are for nothing, are unknown (route.go, policy.go)
//  6. exported Services are ways around (export.go)
//
// Sources without a scheme are files of github.com/aws/aws-application-networking-k8s at v2.1.3.
package vpclattice

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type lattice struct{}

// New returns the controller.
func New() controller.Controller { return lattice{} }

func (lattice) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (lattice) WriteGateway(c controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(c, g)
}

func (lattice) WriteExposure(_ controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(e)
}

func (lattice) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (lattice) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
