package traefik

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// identityHeaders are what generated routes take from requests. Traefik takes X-Forwarded-Tls-Client-Cert itself, and hands every other
// header on (pkg/middlewares/forwardedheaders/forwarded_header.go xHeaders).
var identityHeaders = [...]string{"X-Forwarded-Client-Cert", "Client-Cert", "Client-Cert-Chain"}

// forwarding says whether a client's x-forwarded-client-cert reaches pods: it does unless each rule of each route takes it away. Taking it
// away is no forgery here, so such headers are not among the route's.
func (r *reader) forwarding(l *gatewayapi.Listener, e *posture.Entry) {
	e.Forwarding = by(posture.ByGateway, "sanitize", l.Ref(""), "no route hands requests on")
	if e.TLS.Value == posture.TLSPassthrough {
		e.Forwarding = unheld("sanitize", e.TLS.By, "the gateway sees no header")
	}
	for i := range e.Routes {
		route := &e.Routes[i]
		route.Headers = slices.DeleteFunc(route.Headers, func(h posture.Header) bool { return h.Does == "remove" })
		o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
		if o == nil || o.Kind != "HTTPRoute" && o.Kind != "GRPCRoute" || len(route.Backends)+len(route.Mirrors) == 0 {
			continue
		}
		rules, _ := o.Get("spec.rules").([]any)
		for j := range rules {
			if at := object.Item("spec.rules", j); !removes(o, at) {
				e.Forwarding = unheld("forward", gatewayapi.Nearest(o, at+".filters"),
					fmt.Sprintf("Traefik hands on what clients send, and the rule does not remove %s", identityHeaders[0]))
				return
			}
		}
		if e.Forwarding.Enforcer == posture.ByGateway {
			e.Forwarding = by(posture.ByGateway, "sanitize", gatewayapi.Nearest(o, "spec.rules"), "every rule removes "+identityHeaders[0])
		}
	}
}

// removes reports whether a rule of a route takes the header from requests.
func removes(o *object.Object, rule string) bool {
	filters, _ := o.Get(rule + ".filters").([]any)
	for i := range filters {
		at := object.Item(rule+".filters", i)
		names, _ := o.Get(at + ".requestHeaderModifier.remove").([]any)
		if o.Text(at+".type") == "RequestHeaderModifier" &&
			slices.ContainsFunc(names, func(name any) bool { return strings.EqualFold(fmt.Sprint(name), identityHeaders[0]) }) {
			return true
		}
	}
	return false
}
