package nginx

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// frontend applies Gateway spec.tls.frontend: to HTTPS listeners only, from 2.6 on, and by port, so that the listeners of ListenerSets have
// it too; references are the Gateway's. Sources: CHANGELOG.md 2.6.0, state/dataplane/configuration.go buildFrontendTLSCertBundles,
// state/graph/listenerset.go mergeGatewayAndListenerSetListeners.
func (r *reader) frontend(l *gatewayapi.Listener, e *posture.Entry) {
	g := l.Gateway.Object
	validation, field := r.validation(l, e)
	if validation == nil {
		return
	}
	at := gatewayapi.RefOf(g, field)
	if r.olderThan("2.6") {
		e.ClientAuth.By, e.ClientAuth.Why = at, "NGINX Gateway Fabric "+r.Cluster.Controller.Version+" ignores spec.tls.frontend"
		return
	}
	anchors, _ := r.Anchors(g, g.Namespace, field+".caCertificateRefs", validation.CACertificateRefs, closed)
	e.ClientCA = byGatewayItself(anchors, gatewayapi.Nearest(g, field+".caCertificateRefs"), "spec.tls.frontend names the CA")
	if gatewayapi.AllMissing(anchors) {
		e.Served = unheld(false, e.ClientCA.By, "none of the CAs is there, or may be referred to, so the listener is refused")
	}
	mode := gatewayapi.Nearest(g, field+".mode")
	if validation.Mode == gatewayv1.AllowInsecureFallback {
		e.ClientAuth = unheld(posture.ClientNone, mode, "mode is AllowInsecureFallback, which is ssl_verify_client optional_no_ca")
		return
	}
	// Whatever else mode is, the controller requires a certificate (addClientSettingsToSSLServers); the API server refuses other words.
	e.ClientAuth = byGatewayItself(posture.ClientRequired, mode, "spec.tls.frontend requires a certificate of its CA")
	e.Identities.By = at
	r.restsOnVersion(l, e.ClientAuth, "2.6")
}

// validation is what spec.tls.frontend says for a listener's port, and its field; nil, with the reason in the entry, when it says nothing.
//
// A perPort entry without validation does not count, unlike what Gateway API says: the default is applied in its place
// (state/graph/gateway_listener.go createFrontendTLSCaCertReferenceResolver).
func (r *reader) validation(l *gatewayapi.Listener, e *posture.Entry) (*gatewayv1.FrontendTLSValidation, string) {
	const frontend = "spec.tls.frontend"
	o, spec := l.Gateway.Object, l.Gateway.Spec
	none := func(at posture.Ref, why string) (*gatewayv1.FrontendTLSValidation, string) {
		e.ClientAuth = unheld(posture.ClientNone, at, why)
		return nil, ""
	}
	switch {
	case l.Spec.Protocol != gatewayv1.HTTPSProtocolType:
		return none(l.Ref(".protocol"), "clients of TLS listeners are never asked for a certificate") // nginx/config/stream_servers_template.go
	case spec.TLS == nil || spec.TLS.Frontend == nil:
		return none(gatewayapi.Nearest(o, frontend), "the Gateway has no spec.tls.frontend")
	case r.Cluster.GatewayAPI.Version != "" && !r.Cluster.ServesGatewayAPI("1.5"):
		// config/crd/standard of gateway-api v1.4.1 has no spec.tls.
		r.Unknown(o, "newer-field", "spec.tls", "Gateway API "+r.Cluster.GatewayAPI.Version+" drops the field: clients are not asked for a certificate")
		return none(gatewayapi.RefOf(o, "spec.tls"), "Gateway API "+r.Cluster.GatewayAPI.Version+" drops spec.tls")
	}
	for i, port := range spec.TLS.Frontend.PerPort {
		if v := port.TLS.Validation; port.Port == l.Spec.Port && v != nil && len(v.CACertificateRefs) > 0 {
			return v, object.Item(frontend+".perPort", i) + ".tls.validation"
		}
	}
	if v := spec.TLS.Frontend.Default.Validation; v != nil && len(v.CACertificateRefs) > 0 {
		return v, frontend + ".default.validation"
	}
	return none(gatewayapi.Nearest(o, frontend+".default.validation"), "spec.tls.frontend gives the listener no validation")
}
