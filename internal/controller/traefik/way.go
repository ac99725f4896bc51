package traefik

import (
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// viaClassic is the way of a router that Gateway API knows nothing of.
const viaClassic = "classic-route"

// ways are what IngressRoutes lead to, and TraefikServices: whoever knows the name of one may lead there, from any namespace.
func (r *reader) ways() {
	for _, u := range r.uses() {
		r.way(u.object, u.field, u.ref)
	}
}

// use is one place that leads to a Service or TraefikService.
type use struct {
	object *object.Object
	field  string
	ref    serviceRef
}

// uses are all of them, of IngressRoutes and of TraefikServices.
func (r *reader) uses() []use {
	var out []use
	for _, router := range r.routers {
		for i, rule := range router.spec.Routes {
			for j, s := range rule.Services {
				out = append(out, use{router.object, object.Item(object.Item("spec.routes", i)+".services", j), s})
			}
		}
	}
	for _, t := range r.services {
		for field, list := range map[string]*serviceList{"weighted": t.spec.Weighted, "highestRandomWeight": t.spec.HighestRandomWeight} {
			if list != nil {
				for i, s := range list.Services {
					out = append(out, use{t.object, object.Item("spec."+field+".services", i), s})
				}
			}
		}
		if m := t.spec.Mirroring; m != nil {
			out = append(out, use{t.object, "spec.mirroring", m.serviceRef})
			for i, s := range m.Mirrors {
				out = append(out, use{t.object, object.Item("spec.mirroring.mirrors", i), s.serviceRef})
			}
		}
		if f := t.spec.Failover; f != nil {
			out = append(out, use{t.object, "spec.failover.service", f.Service}, use{t.object, "spec.failover.fallback", f.Fallback})
		}
	}
	return out
}

// way is one Service that a router leads to. One of another provider may be a Gateway's, reached without what its listener asks; those
// named @kubernetescrd are TraefikServices or routers that are read themselves, and @internal are Traefik's own.
func (r *reader) way(o *object.Object, field string, s serviceRef) {
	if crossProvider(s.Name) {
		if !strings.HasSuffix(s.Name, "@internal") && !strings.HasSuffix(s.Name, "@kubernetescrd") {
			r.Unknown(o, "value", field+".name", fmt.Sprintf("%s leads to what another provider made, and gatespan does not follow it", s.Name))
		}
		return
	}
	if s.Kind != "" && s.Kind != "Service" || s.Name == "" {
		return // a TraefikService is read itself
	}
	namespace := s.Namespace
	if namespace == "" {
		namespace = o.Namespace
	}
	w := posture.Way{
		Subject: gatewayapi.SubjectOf(o), Via: viaClassic, By: gatewayapi.RefOf(o, field), Why: "a " + o.Kind + " leads to it",
		Service: posture.Subject{Kind: "Service", Namespace: namespace, Name: s.Name},
	}
	if service := r.Objects.Find("", "Service", namespace, s.Name); service != nil {
		w.Selector = service.Texts("spec.selector")
	}
	r.Posture.Ways = append(r.Posture.Ways, w)
}
