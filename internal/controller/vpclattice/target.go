package vpclattice

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// withoutGrants is why a ReferenceGrant does not matter: no code of the controller reads one, and the namespace of a backendRef is used as
// it is (pkg/gateway/model_build_rule.go, model_build_targetgroup.go getBackendRefNsName).
const withoutGrants = "the controller reads no ReferenceGrant and follows the reference without one: keep the route in the Service's namespace"

// hops fills in how a listener's backends are reached.
func (r *reader) hops(e *posture.Entry) {
	for i := range e.Routes {
		route := &e.Routes[i]
		for _, list := range [][]posture.Backend{route.Backends, route.Mirrors} {
			for j := range list {
				r.hop(route.Ref, &list[j])
			}
		}
	}
}

func (r *reader) hop(route posture.Ref, b *posture.Backend) {
	if b.Ref.Namespace != route.Namespace {
		b.Granted = false
	}
	switch {
	case b.Ref.Kind == kindServiceImport:
		o := r.Objects.Find(gatewayapi.Group, route.Kind, route.Namespace, route.Name)
		r.Unknown(o, "value", b.From.Field, "a ServiceImport leads to a target group of another cluster or account, and what is in it is not in Git")
	case b.External:
		// a Service without endpoints has no targets: ExternalName leads nowhere (pkg/gateway/model_build_targets.go)
	case route.Kind == "TLSRoute":
		// TCP whatever a TargetGroupPolicy says (pkg/gateway/model_build_targetgroup.go buildTargetGroupSpec): the pods end TLS.
		b.TLS = unheld(posture.TLSNone, b.From, "the target group is TCP: TLS goes through to the pods")
	default:
		b.TLS = r.protocol(b)
		b.CA.Why, b.Name.Why = "Lattice does not verify the certificates of targets", "Lattice does not verify the certificates of targets"
	}
}

// protocol is what Lattice speaks to a Service behind an HTTPRoute or GRPCRoute: what the TargetGroupPolicy of its namespace says, HTTP
// without one (parseTargetGroupConfig). Of two the older counts, so the weakest of them does here.
func (r *reader) protocol(b *posture.Backend) posture.Setting[string] {
	out := unheld(posture.TLSNone, b.From, "no TargetGroupPolicy is for the Service, and the default is plaintext HTTP")
	decided := false
	for _, p := range r.targets {
		if !isTarget(p.object, p.target, "", "Service", b.Ref.Namespace, b.Ref.Name) {
			continue
		}
		at := gatewayapi.Nearest(p.object, "spec.protocol")
		var found posture.Setting[string]
		switch protocol := deref(p.spec.Protocol, "HTTP"); protocol {
		case "HTTPS":
			found = by(posture.ByGateway, "tls", at, "the target group is HTTPS")
		case "HTTP", "TCP":
			found = unheld(posture.TLSNone, at, "the target group is "+protocol)
		default:
			// The CRD takes any text; Lattice has these three (aws-sdk-go-v2 service/vpclattice/types/enums.go).
			r.Unknown(p.object, "value", "spec.protocol", fmt.Sprintf("%q is none of HTTP, HTTPS, TCP", protocol))
			found = unheld(posture.TLSNone, at, fmt.Sprintf("the protocol %q is not known", protocol))
		}
		if !decided || posture.CompareTLS(out.Value, found.Value) == posture.Weaker {
			out, decided = found, true
		}
	}
	return out
}

// ungranted takes every grant back: none is read.
func (r *reader) ungranted() {
	for i := range r.Posture.References {
		ref := &r.Posture.References[i]
		if ref.CrossNS && ref.From.Kind != "Gateway" {
			ref.Granted, ref.Ignored = false, withoutGrants
		}
	}
}
