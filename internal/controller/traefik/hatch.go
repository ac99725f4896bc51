package traefik

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hatches finds what can undo everything that the reader understood of a Gateway.
func (r *reader) hatches() {
	for _, g := range r.Gateways {
		r.ingresses(g)
		for _, router := range r.routers {
			if router.spec.TLS == nil {
				continue // without TLS it is another port's, and what it leads to is a way
			}
			for i, rule := range router.spec.Routes {
				if takes(rule.Match, g) {
					r.hatch(g, router.object, object.Item("spec.routes", i)+".match",
						fmt.Sprintf("an %s for a listener's host decides on its TLS options and takes its connections", router.object.Kind))
				}
			}
		}
	}
	r.middlewares()
	r.borrowers()
	r.undone()
}

// optionAnnotation gives the routers of an Ingress TLS options of their own (pkg/provider/kubernetes/ingress/annotations.go). Where a
// listener's name is a wildcard, connections for one host of it then have those, and requests reach the listener's routes all the same: only
// routers for the very same host are in conflict (pkg/server/aggregator.go).
const optionAnnotation = "traefik.ingress.kubernetes.io/router.tls.options"

// ingresses are those with TLS options of their own.
func (r *reader) ingresses(g *gatewayapi.Gateway) {
	for _, o := range r.Objects.Kind("networking.k8s.io", "Ingress") {
		if options := o.Annotations[optionAnnotation]; options == "" || options == defaultOption {
			continue
		}
		rules, _ := o.Get("spec.rules").([]any)
		for i := range rules {
			field := object.Item("spec.rules", i) + ".host"
			if host := o.Text(field); host == "" || takes("host("+host+")", g) {
				r.hatch(g, o, object.Key("metadata.annotations", optionAnnotation), "an Ingress for a listener's host decides on its TLS options")
			}
		}
	}
}

// takes reports whether a rule may match connections or requests for a listener of a Gateway: it has a listener's name in it, or none at
// all, or a pattern. One for other hosts alone keeps its TLS options to itself (pkg/middlewares/snicheck: another Host is answered 421).
func takes(match string, g *gatewayapi.Gateway) bool {
	match = strings.ReplaceAll(strings.ToLower(match), " ", "")
	if !strings.Contains(match, "host") || strings.Contains(match, "hostregexp(") || strings.Contains(match, "hostsniregexp(") ||
		strings.Contains(match, "*") || strings.Contains(match, "!host") {
		return true
	}
	return slices.ContainsFunc(g.Listeners, func(l *gatewayapi.Listener) bool {
		name := strings.ToLower(string(deref(l.Spec.Hostname, "")))
		return strings.Contains(match, strings.TrimPrefix(name, "*"))
	})
}

// hatch records one escape hatch once, with every Gateway that it may touch.
func (r *reader) hatch(g *gatewayapi.Gateway, o *object.Object, field, why string) {
	gateway, at := gatewayapi.SubjectOf(g.Object), gatewayapi.Nearest(o, field)
	for i, known := range r.Posture.Hatches {
		if known.By == at && known.Why == why {
			if !slices.Contains(known.Gateways, gateway) {
				r.Posture.Hatches[i].Gateways = append(known.Gateways, gateway)
			}
			return
		}
	}
	r.Posture.Hatches = append(r.Posture.Hatches, posture.Hatch{Subject: gatewayapi.SubjectOf(o), By: at, Gateways: []posture.Subject{gateway}, Why: why})
}
