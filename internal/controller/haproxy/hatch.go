package haproxy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// tuning are the settings of a Global or Defaults that only say how much and how long (api/definition/gate.v3.haproxy.org_globals.yaml,
// gate.v3.haproxy.org_defaults.yaml). Every other one is raw configuration of the proxies.
var tuning = [...]string{
	"close_spread_time", "cpu_maps", "cpu_policy", "cpu_set", "description", "grace", "hard_stop_after", "maxconn", "merge_strategy", "name", "nbthread",
	"client_timeout", "connect_timeout", "http_keep_alive_timeout", "http_request_timeout", "queue_timeout", "server_timeout", "tunnel_timeout",
}

// hatches finds raw settings of HAProxy.
func (r *reader) hatches() {
	for _, kind := range []string{kindGlobal, kindDefaults} {
		for _, o := range r.Objects.Kind(Group, kind) {
			spec, _ := o.Data["spec"].(map[string]any)
			for _, field := range slices.Sorted(maps.Keys(spec)) {
				if !slices.Contains(tuning[:], field) {
					r.hatch(o, object.Key("spec", field), nil, fmt.Sprintf("%s of a %s is raw configuration of the proxies, for every listener", field, kind))
				}
			}
		}
	}
	for _, e := range r.Posture.Entries {
		for _, route := range e.Routes {
			r.extended(e.Gateway, route)
			for _, b := range slices.Concat(route.Backends, route.Mirrors) {
				r.annotated(e.Gateway, b)
			}
		}
	}
}

// extended: a route names Backends whose settings are merged into what it leads to.
func (r *reader) extended(gateway posture.Subject, route posture.Route) {
	o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
	if o == nil {
		return
	}
	object.Walk("spec", o.Data["spec"], func(field, text string) {
		parent, isGroup := strings.CutSuffix(field, ".extensionRef.group")
		if isGroup && text == Group && o.Text(parent+".extensionRef.kind") == kindBackend {
			r.hatch(o, parent, []posture.Subject{gateway}, "a Backend is raw configuration of the proxies, for what the route leads to")
		}
	})
}

// annotated: a Service names a Backend, which is merged into everything that leads to it, or has a snippet of the Ingress controller's.
func (r *reader) annotated(gateway posture.Subject, b posture.Backend) {
	o := r.Objects.Find("", "Service", b.Ref.Namespace, b.Ref.Name)
	if o == nil || b.Ref.Kind != "Service" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(o.Annotations)) {
		at := object.Key("metadata.annotations", name)
		switch {
		case name == backendAnnotation:
			namespace, backend, found := strings.Cut(o.Annotations[name], "/")
			if !found {
				namespace, backend = "", namespace
			}
			r.Resolve(o, at, object.ID{Group: Group, Kind: kindBackend, Namespace: cmp.Or(namespace, o.Namespace), Name: backend}, "open")
			r.hatch(o, at, []posture.Subject{gateway}, "a Backend is raw configuration of the proxies, for whatever leads to the Service")
		case strings.HasSuffix(name, "-snippet") && (strings.HasPrefix(name, "haproxy.org/") || strings.HasPrefix(name, "haproxy.com/")):
			r.hatch(o, at, []posture.Subject{gateway}, "a snippet is raw configuration of the proxies")
		}
	}
}

// hatch records one escape hatch once, with every Gateway that it may touch; without any it may touch all of them.
func (r *reader) hatch(o *object.Object, field string, gateways []posture.Subject, why string) {
	h := posture.Hatch{Subject: gatewayapi.SubjectOf(o), By: gatewayapi.Nearest(o, field), Gateways: append([]posture.Subject{}, gateways...), Why: why}
	for i := range r.Posture.Hatches {
		known := &r.Posture.Hatches[i]
		if known.By != h.By {
			continue
		}
		for _, g := range h.Gateways {
			if !slices.Contains(known.Gateways, g) {
				known.Gateways = append(known.Gateways, g)
			}
		}
		return
	}
	r.Posture.Hatches = append(r.Posture.Hatches, h)
}
