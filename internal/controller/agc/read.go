package agc

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// policy is one decoded object of the controller's.
type policy[C any] struct {
	object *object.Object
	spec   policySpec[C]
}

// reader is one reading of a cluster.
type reader struct {
	*gatewayapi.World
	frontend []policy[frontendTLS]
	backend  []policy[backendTLS]
}

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(c, profile(), set)}
	if len(r.Gateways) == 0 {
		return r.Posture // nothing of this controller: its other kinds have no effect
	}
	r.decode()
	for _, g := range r.Gateways {
		for _, l := range g.Listeners {
			e := r.Entry(l)
			r.protocol(l)
			e.Scheme = posture.Setting[string]{
				Value: posture.SchemeInternetFacing, Enforcer: posture.ByNobody, By: gatewayapi.Nearest(g.Object, "spec.gatewayClassName"),
				Why: "a frontend of Azure's has a public name, and private ones are not supported",
			}
			if e.TLS.Value == posture.TLSTerminate {
				r.clients(l, &e)
			}
			r.hops(&e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
	}
	return r.Posture
}

// decode reads the controller's objects strictly; those that decide nothing are looked through for fields that are not known. An
// AuthPolicy can only ask more of a request, and is never counted on: it is a preview whose fields are not in the API's types.
func (r *reader) decode() {
	r.frontend = policies[frontendTLS](r, kindFrontendTLSPolicy)
	r.backend = policies[backendTLS](r, kindBackendTLSPolicy)
	policies[healthCheck](r, kindHealthCheck)
	policies[routeSettings](r, kindRoutePolicy)
	checked[loadBalancingSpec](r, kindLoadBalancing)
	checked[firewallSpec](r, kindFirewall)
	checked[loadBalancerSpec](r, kindLoadBalancer)
}

// policies are those of a kind that the controller accepts.
func policies[C any](r *reader, kind string) []policy[C] {
	var out []policy[C]
	for _, o := range r.Objects.Kind(Group, kind) {
		var d decoded[policySpec[C]]
		if r.CheckFields(o, &d) {
			out = append(out, policy[C]{o, d.Spec})
		}
	}
	return out
}

func checked[S any](r *reader, kind string) {
	for _, o := range r.Objects.Kind(Group, kind) {
		var d decoded[S]
		r.CheckFields(o, &d)
	}
}

// protocol reports a listener that the documentation does not have: it knows HTTP, and HTTPS that terminates.
func (r *reader) protocol(l *gatewayapi.Listener) {
	switch p := l.Spec.Protocol; p {
	case gatewayv1.HTTPProtocolType:
	case gatewayv1.HTTPSProtocolType:
		if l.Spec.TLS != nil && l.Spec.TLS.Mode != nil && *l.Spec.TLS.Mode != gatewayv1.TLSModeTerminate {
			r.Unknown(l.Owner, "value", l.Field+".tls.mode", fmt.Sprintf("what becomes of an HTTPS listener with mode %s is not documented", *l.Spec.TLS.Mode))
		}
	default:
		r.Unknown(l.Owner, "value", l.Field+".protocol", fmt.Sprintf("what becomes of a %s listener is not documented", p))
	}
}

// by makes a setting that the gateway enforces.
func by[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByGateway, By: at, Why: why}
}

// unheld makes a setting that nobody enforces: the weakest value.
func unheld[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNobody, By: at, Why: why}
}
