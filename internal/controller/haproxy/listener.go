package haproxy

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// listener fills in what the proxies do with TLS, and which listeners the controller refuses (k8s/gate/tree/gateway_listener.go).
func (r *reader) listener(l *gatewayapi.Listener, e *posture.Entry) {
	at := gatewayapi.Nearest(l.Owner, l.Field+".tls")
	refuse := func(field, why string) {
		e.Served = by(posture.ByGateway, false, gatewayapi.Nearest(l.Owner, l.Field+field), why)
	}
	switch l.Spec.Protocol {
	case gatewayv1.HTTPProtocolType:
		e.ClientAuth = unheld(posture.ClientNone, e.TLS.By, "the listener has no TLS")
	case gatewayv1.HTTPSProtocolType:
		e.MinTLS = by(posture.ByGateway, "1.1", at, "the installation's haproxy.cfg accepts TLS 1.1, and a Global that says otherwise is not counted on")
		e.MaxTLS = by(posture.ByGateway, "1.3", at, "nothing lowers the highest version")
		e.ClientAuth = unheld(posture.ClientNone, e.ClientAuth.By, asksNobody)
		e.ClientCA.Why = asksNobody
		if e.TLS.Value == posture.TLSPassthrough { // bindParams goes by the protocol
			e.TLS = by(posture.ByGateway, posture.TLSTerminate, e.TLS.By, "a listener of protocol HTTPS ends TLS, whatever its mode")
		}
		if l.Spec.TLS == nil || len(l.Spec.TLS.CertificateRefs) == 0 {
			refuse(".tls.certificateRefs", "a listener of protocol HTTPS without a certificate is refused")
		}
	case gatewayv1.TLSProtocolType:
		if e.TLS.Value == posture.TLSPassthrough {
			const why = "the gateway passes TLS through, and looks at the server name alone"
			e.ClientAuth = unheld(posture.ClientNone, e.TLS.By, why)
			e.MinTLS.By, e.MinTLS.Why, e.MaxTLS.By, e.MaxTLS.Why = e.TLS.By, why, e.TLS.By, why
			e.Forwarding = unheld("sanitize", e.TLS.By, "the gateway sees no header")
			return
		}
		refuse(".tls.mode", "a listener of protocol TLS that ends it is refused")
	default:
		refuse(".protocol", "the controller has listeners for HTTP, HTTPS and TLS")
	}
}
