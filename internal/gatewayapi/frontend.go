package gatewayapi

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Frontend is the client validation that spec.tls.frontend of the Gateway gives a listener's port, and the field that decided it;
// nil when there is none.
//
// It is for HTTPS listeners only, and a perPort entry replaces the default wholesale, also when it has no validation
// (apis/v1/gateway_types.go, FrontendTLSConfig). CRDs before 1.5 of the standard channel drop spec.tls (config/crd/standard of
// v1.4.1 and v1.5.1), so there it is as if it were not written.
func (w *World) Frontend(l *Listener) (*gatewayv1.FrontendTLSValidation, posture.Ref) {
	const field = "spec.tls.frontend"
	o, spec := l.Gateway.Object, l.Gateway.Spec
	if l.Spec.Protocol != gatewayv1.HTTPSProtocolType {
		return nil, l.Ref(".protocol")
	}
	if spec.TLS == nil || spec.TLS.Frontend == nil {
		return nil, Nearest(o, field)
	}
	if w.olderThan("1.5") {
		w.Unknown(o, "newer-field", "spec.tls", "Gateway API "+w.Cluster.GatewayAPI.Version+" drops the field: clients are not asked for a certificate")
		return nil, RefOf(o, "spec.tls")
	}
	for i, port := range spec.TLS.Frontend.PerPort {
		if port.Port == l.Spec.Port {
			at := object.Item(field+".perPort", i)
			return port.TLS.Validation, Nearest(o, at+".tls.validation")
		}
	}
	return spec.TLS.Frontend.Default.Validation, Nearest(o, field+".default.validation")
}
