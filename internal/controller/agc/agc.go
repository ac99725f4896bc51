// Package agc knows Azure Application Gateway for Containers: what it can enforce (profile.go), and what it makes of a cluster's
// objects (the rest). Its proxies are Azure's, outside the cluster, and no policy of theirs has a floor of TLS 1.3; so it serves
// no exposure and is nobody's way out, and all that is written in such a cluster is what pods that call directly need.
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. every listener gets what the FrontendTLSPolicies that may count for it have in common (frontend.go, target.go)
//  4. every backend gets the TLS of the hop to it, from the BackendTLSPolicy of the controller's own group (hop.go)
//
// The controller's source is not public. What it does is taken from Microsoft's documentation (MicrosoftDocs/azure-docs,
// articles/application-gateway/for-containers, "docs" in what follows) and from the types of its API that Microsoft publishes with
// its migration tool (Azure/Application-Gateway-for-Containers-Migration-Utility at f93a0223, crds/v1, "API"). Where both are
// silent the least strict reading counts, or an unknown says so.
package agc

import (
	"fmt"
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type agc struct{}

// New returns the controller.
func New() controller.Controller { return agc{} }

func (agc) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

// WriteGateway is an error: the profile has no ability that a gateway needs, and the plan refuses every one.
func (agc) WriteGateway(_ controller.Cluster, g controller.Gateway) ([]any, error) {
	return nil, fmt.Errorf("gateway %s/%s: %s", g.Namespace, g.Name, noFloor)
}

// WriteExposure is an error for the same reason.
func (agc) WriteExposure(_ controller.Cluster, e controller.Exposure) ([]any, error) {
	return nil, fmt.Errorf("exposure %s: %s", e.Name, noFloor)
}

// WriteConsumer writes what pods that call by themselves need. The controller takes no part in it.
func (agc) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	if s.Via != "direct" {
		return nil, fmt.Errorf("consumer %s: %s", s.Name, noEgress)
	}
	return kubernetes.WriteDirect(c, s)
}

func (agc) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
