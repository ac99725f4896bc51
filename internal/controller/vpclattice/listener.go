package vpclattice

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// routeKinds are the kinds of routes that the controller reads (pkg/model/core/route.go ListAllRoutes).
var routeKinds = [...]string{"GRPCRoute", "HTTPRoute", "TLSRoute"}

// attached keeps the routes that the controller reads.
func (r *reader) attached(e *posture.Entry) {
	e.Routes = slices.DeleteFunc(e.Routes, func(route posture.Route) bool { return !slices.Contains(routeKinds[:], route.Ref.Kind) })
}

// listener fills in what Lattice does with TLS. No field of the cluster sets a version, and none asks clients for a certificate.
func (r *reader) listener(l *gatewayapi.Listener, e *posture.Entry) {
	at := gatewayapi.Nearest(l.Owner, l.Field+".tls")
	switch l.Spec.Protocol {
	case gatewayv1.HTTPProtocolType:
		e.ClientAuth = unheld(posture.ClientNone, e.TLS.By, "the listener has no TLS")
	case gatewayv1.HTTPSProtocolType:
		// docs.aws.amazon.com/vpc-lattice/latest/ug/https-listeners.html
		e.MinTLS = by(posture.ByGateway, "1.2", at, endsOldTLS)
		e.MaxTLS = by(posture.ByGateway, "1.2", at, endsOldTLS)
		e.ClientAuth = unheld(posture.ClientNone, e.ClientAuth.By, asksNobody)
		e.ClientCA.Why = asksNobody
	case gatewayv1.TLSProtocolType:
		if passesThrough(l.Spec) {
			const why = "Lattice passes TLS through without looking into it"
			e.ClientAuth = unheld(posture.ClientNone, e.TLS.By, why)
			e.MinTLS.By, e.MinTLS.Why, e.MaxTLS.By, e.MaxTLS.Why = e.TLS.By, why, e.TLS.By, why
			e.Forwarding = unheld("sanitize", e.TLS.By, "Lattice sees no header")
			return
		}
		e.ClientAuth = unheld(posture.ClientNone, at, asksNobody)
		r.Unknown(l.Owner, "value", l.Field+".tls.mode", "Lattice ends no TLS for a TLSRoute, and what becomes of the listener is not known")
	default:
		r.Unknown(l.Owner, "value", l.Field+".protocol", "Lattice has listeners for HTTP, HTTPS and TLS, and what becomes of another is not known")
	}
}
