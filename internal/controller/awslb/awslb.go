// Package awslb knows the AWS Load Balancer Controller: what its two load balancers can enforce (profile.go), how to ask for that
// (write*.go), and what it makes of a cluster's objects (the rest). A Gateway is an Application Load Balancer (ALB), which ends TLS and
// verifies clients against a trust store of AWS, or a Network Load Balancer (NLB), which hands bytes on to the pods.
//
// Reading takes these steps:
//
//  1. gatewayapi reads what Gateway API itself says: listeners, routes, grants
//  2. the controller's own objects are decoded strictly (types.go); what is not known is an unknown
//  3. the class of a Gateway tells which load balancer it is, and the LoadBalancerConfigurations of class and Gateway become one (config.go)
//  4. the listeners of one port are one listener of the load balancer: the entry of listenerConfigurations for that protocol and port
//     says its TLS policy and what it asks of clients (listener.go, policies.go); its security group says who may connect (source.go)
//  5. every backend gets the protocol of its target group (hop.go), and every route what it asks of tokens (token.go)
//
// Sources are files of kubernetes-sigs/aws-load-balancer-controller at v3.5.0 where nothing else is said.
package awslb

import (
	"sync"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type awsLB struct{}

// New returns the controller.
func New() controller.Controller { return awsLB{} }

func (awsLB) Profile() controller.Profile { return once() }

// once is the profile, which is asked for each ability of each exposure.
var once = sync.OnceValue(profile)

func (awsLB) WriteGateway(_ controller.Cluster, g controller.Gateway) ([]any, error) {
	return writeGateway(g)
}

func (awsLB) WriteExposure(c controller.Cluster, e controller.Exposure) ([]any, error) {
	return writeExposure(c, e)
}

func (awsLB) WriteConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	return writeConsumer(c, s)
}

func (awsLB) Read(c controller.Cluster, set *object.Set) posture.Posture { return read(c, set) }
