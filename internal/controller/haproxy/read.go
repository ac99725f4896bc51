package haproxy

import (
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// reader is one reading of a cluster.
type reader struct{ *gatewayapi.World }

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{gatewayapi.Load(c, profile(), set)}
	if len(r.Gateways) == 0 {
		return r.Posture // nothing of this controller: its other kinds have no effect
	}
	for _, o := range r.Objects.Kind(Group, kindHugConf) {
		r.CheckFields(o, &decoded[hugConfSpec]{})
	}
	for _, g := range r.Gateways {
		if c.Controller.Distribution == ingressDistribution {
			r.Unknown(g.Object, "controller", "spec.gatewayClassName", "the HAProxy Kubernetes Ingress Controller "+whyUnread)
		}
		for _, l := range g.Listeners {
			e := r.Entry(l)
			e.Routes = slices.DeleteFunc(e.Routes, func(route posture.Route) bool { return !slices.Contains(routeKinds[:], route.Ref.Kind) })
			r.listener(l, &e)
			r.address(&e)
			r.hops(&e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
	}
	r.hatches()
	return r.Posture
}

const whyUnread = "reads Gateways of an API version that is served nowhere any more, and what it makes of this one is not known"

// routeKinds are the kinds of routes that the controller reads (k8s/gate/object-types/object_types.go).
var routeKinds = [...]string{"HTTPRoute", "TLSRoute"}

// hops: servers have an address and a port, and no TLS (k8s/gate/haproxy/servers.go). BackendTLSPolicies are not read.
func (r *reader) hops(e *posture.Entry) {
	const plain = "the controller speaks to servers without TLS, and reads no BackendTLSPolicy"
	for i := range e.Routes {
		for _, list := range [][]posture.Backend{e.Routes[i].Backends, e.Routes[i].Mirrors} {
			for j := range list {
				b := &list[j]
				b.TLS.Why, b.CA.Why, b.Name.Why, b.MinTLS.Why = plain, plain, plain, plain
				if e.TLS.Value == posture.TLSPassthrough {
					b.TLS.Why = "TLS goes through to the pods"
				}
			}
		}
	}
}

// by makes a setting that somebody enforces.
func by[T any](enforcer posture.Enforcer, value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: enforcer, By: at, Why: why}
}

// unheld makes a setting that nobody enforces.
func unheld[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return by(posture.ByNobody, value, at, why)
}
