package awslb

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// reader is one reading of a cluster.
type reader struct {
	*gatewayapi.World
	balancers []layer
	targets   []target
	rules     map[object.ID]listenerRule
}

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(c, profile(), set), rules: map[object.ID]listenerRule{}}
	if len(r.Gateways) == 0 {
		return r.Posture // nothing of this controller: its other kinds have no effect
	}
	r.decode()
	for _, g := range r.Gateways {
		c := r.configuration(g)
		r.dryRun(g)
		r.shared(g)
		for _, l := range g.Listeners {
			r.Posture.Entries = append(r.Posture.Entries, r.entry(c, l))
		}
	}
	return r.Posture
}

// decode reads the controller's objects strictly.
func (r *reader) decode() {
	for _, o := range r.Objects.Kind(Group, kindLoadBalancer) {
		var d decoded[loadBalancer]
		if r.CheckFields(o, &d) {
			r.balancers = append(r.balancers, layer{o, d.Spec})
		}
	}
	for _, o := range r.Objects.Kind(Group, kindTargetGroup) {
		var d decoded[targetGroup]
		if r.CheckFields(o, &d) {
			r.targets = append(r.targets, target{o, d.Spec})
		}
	}
	for _, o := range r.Objects.Kind(Group, kindRule) {
		var d decoded[listenerRule]
		if r.CheckFields(o, &d) {
			r.rules[o.ID()] = d.Spec
		}
	}
}

func (r *reader) entry(c config, l *gatewayapi.Listener) posture.Entry {
	e := r.Entry(l)
	balancer := r.balancer(l)
	if !takes(balancer, l.Spec.Protocol) {
		e.Served = by(false, l.Ref(".protocol"), fmt.Sprintf("a load balancer of class %s takes no %s listener", l.Gateway.Spec.GatewayClassName, l.Spec.Protocol))
	}
	if balancer == controllerALB && l.Spec.Protocol == gatewayv1.HTTPSProtocolType {
		// tls.mode is not looked at: an HTTPS listener ends TLS (model_build_listener.go mapGatewayListenerConfigsByPort).
		e.TLS = by(posture.TLSTerminate, l.Ref(".protocol"), "protocol is HTTPS")
	}
	e.Scheme = r.scheme(c)
	e.SourceCIDRs = sources(c, balancer)
	if e.TLS.Value == posture.TLSTerminate {
		r.terminate(c, l, balancer, &e)
	}
	r.hops(c, balancer, &e)
	r.tokens(&e)
	return e
}

// takes reports whether a load balancer has listeners of a protocol (pkg/gateway/routeutils/listener_utils.go validateListenerList).
func takes(balancer string, protocol gatewayv1.ProtocolType) bool {
	http := protocol == gatewayv1.HTTPProtocolType || protocol == gatewayv1.HTTPSProtocolType
	return http == (balancer == controllerALB)
}

// dryRun reports a Gateway that the controller plans and does not deploy (pkg/gateway/constants/controller_constants.go).
func (r *reader) dryRun(g *gatewayapi.Gateway) {
	const annotation = "gateway.k8s.aws/dry-run"
	if g.Object.Annotations[annotation] == "true" {
		r.Unknown(g.Object, "value", object.Key("metadata.annotations", annotation), "the controller plans the Gateway and deploys nothing, so that what is enforced is not what is in Git")
	}
}

// shared reports routes that meet on a port of an NLB: one of them gets every connection, whatever its server name, and which one that
// is, the oldest, Git does not tell (model_build_listener.go pickOneL4Route).
func (r *reader) shared(g *gatewayapi.Gateway) {
	type at struct{ kind, namespace, name string }
	routes := map[gatewayv1.PortNumber]map[at]bool{}
	for _, l := range g.Listeners {
		if r.balancer(l) != controllerNLB || l.Spec.Protocol == gatewayv1.UDPProtocolType {
			continue
		}
		port := l.Spec.Port
		if routes[port] == nil {
			routes[port] = map[at]bool{}
		}
		for _, route := range r.Routes(l) {
			routes[port][at{route.Ref.Kind, route.Ref.Namespace, route.Ref.Name}] = true
		}
		if len(routes[port]) > 1 {
			r.Unknown(l.Owner, "value", l.Field+".port", fmt.Sprintf("%d routes share port %d of a Network Load Balancer, which routes by no name: one of them gets every connection", len(routes[port]), port))
		}
	}
}

// by makes a setting that the load balancer enforces.
func by[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByGateway, By: at, Why: why}
}

// byNetwork makes a setting that the load balancer's place or security group enforces.
func byNetwork[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNetwork, By: at, Why: why}
}

// unheld makes a setting that nobody enforces: the weakest value.
func unheld[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNobody, By: at, Why: why}
}
