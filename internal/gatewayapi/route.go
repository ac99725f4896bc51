package gatewayapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// RouteKinds are the kinds of routes of Gateway API, sorted.
var RouteKinds = [...]string{"GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"}

// route is one route object in a shape that all kinds share.
type route struct {
	object    *object.Object
	parents   []gatewayv1.ParentReference
	hostnames []gatewayv1.Hostname
	rules     []rule
	check     any // the typed object, for CheckFields
	checked   bool
}

// rule is one rule of a route.
type rule struct {
	field    string
	matches  []match  // of requests; none for connections
	paths    []string // nil: every path
	filters  []filter
	backends []backend
}

// match is the path of a request, and that with all else that it must have.
type match struct{ path, whole string }

// backend is one backendRef with its own filters.
type backend struct {
	field   string
	ref     gatewayv1.BackendObjectReference
	weight  int
	filters []filter
}

// Routes are the routes attached to a listener, sorted by kind, namespace and name: a parentRef names the listener's owner (and, where it
// says so, the listener's name and port), the listener allows the route's kind and namespace, and their hostnames intersect.
func (w *World) Routes(l *Listener) []posture.Route {
	w.loadRoutes()
	out := []posture.Route{}
	for _, r := range w.routes {
		parent := r.parent(l)
		if parent < 0 {
			continue
		}
		if !r.checked {
			r.checked = true
			w.CheckFields(r.object, r.check)
		}
		names, meet := Intersect(string(deref(l.Spec.Hostname, "")), r.hostnames)
		if !meet || !allowsKind(l, r.object) || !w.allowsNamespace(l, r, parent) {
			continue
		}
		out = append(out, w.read(r, parent, names))
	}
	return out
}

// loadRoutes decodes every route of the cluster once. Fields are checked only of routes that name one of the controller's Gateways,
// because the others say nothing about it.
func (w *World) loadRoutes() {
	if w.loaded.routes {
		return
	}
	w.loaded.routes = true
	for _, kind := range RouteKinds {
		for _, o := range w.Objects.Kind(Group, kind) {
			r, err := decode(o)
			if err != nil {
				w.undecodable(o, err)
				continue
			}
			if o.Get("spec.useDefaultGateways") != nil && o.Text("spec.useDefaultGateways") != string(gatewayv1.GatewayDefaultScopeNone) {
				w.Unknown(o, "field", "spec.useDefaultGateways", "the route attaches to Gateways that it does not name, which is experimental and not modelled")
			}
			w.routes = append(w.routes, r)
		}
	}
}

// parent is the index of the first parentRef that names the listener, or -1. A parentRef to a Gateway means its own listeners, not
// those of its ListenerSets (apis/v1/listenerset_types.go); one to a Service is the mesh's business.
func (r *route) parent(l *Listener) int {
	return slices.IndexFunc(r.parents, func(p gatewayv1.ParentReference) bool {
		return string(deref(p.Group, Group)) == Group &&
			string(deref(p.Kind, "Gateway")) == l.Owner.Kind &&
			string(p.Name) == l.Owner.Name &&
			cmp.Or(string(deref(p.Namespace, "")), r.object.Namespace) == l.Owner.Namespace &&
			(deref(p.SectionName, "") == "" || *p.SectionName == l.Spec.Name) &&
			(deref(p.Port, 0) == 0 || *p.Port == l.Spec.Port)
	})
}

// protocolKinds are the kinds that attach to a protocol when a listener lists none. A TLS listener that terminates also takes
// TCPRoutes (apis/v1/gateway_types.go, Protocol).
var protocolKinds = map[gatewayv1.ProtocolType][]string{
	gatewayv1.HTTPProtocolType:  {"HTTPRoute", "GRPCRoute"},
	gatewayv1.HTTPSProtocolType: {"HTTPRoute", "GRPCRoute"},
	gatewayv1.TLSProtocolType:   {"TLSRoute", "TCPRoute"},
	gatewayv1.TCPProtocolType:   {"TCPRoute"},
	gatewayv1.UDPProtocolType:   {"UDPRoute"},
}

func allowsKind(l *Listener, o *object.Object) bool {
	if l.Spec.AllowedRoutes != nil && len(l.Spec.AllowedRoutes.Kinds) > 0 {
		return slices.ContainsFunc(l.Spec.AllowedRoutes.Kinds, func(k gatewayv1.RouteGroupKind) bool {
			return string(deref(k.Group, Group)) == o.Group() && string(k.Kind) == o.Kind
		})
	}
	kinds, known := protocolKinds[l.Spec.Protocol]
	return !known || slices.Contains(kinds, o.Kind)
}

func (w *World) allowsNamespace(l *Listener, r *route, parent int) bool {
	namespace := r.object.Namespace
	from, selector := allowedNamespaces(l)
	switch from {
	case gatewayv1.NamespacesFromSame:
		return namespace == l.Owner.Namespace
	case gatewayv1.NamespacesFromNone:
		return false
	case gatewayv1.NamespacesFromSelector:
		match := w.namespaceMatches(selector, namespace)
		if match == Possibly {
			w.Assume(r.object, object.Item("spec.parentRefs", parent), fmt.Sprintf(
				"namespace %s is not in Git and is taken to match %q, so that the route is attached to %s", namespace, SelectorText(selector), l.Subject))
		}
		return match != Never
	default:
		return true
	}
}

// read is what a route says once it is attached.
func (w *World) read(r *route, parent int, hostnames []string) posture.Route {
	out := posture.Route{
		Ref:       RefOf(r.object, object.Item("spec.parentRefs", parent)),
		Hostnames: append([]string{}, hostnames...),
		Paths:     paths(r.rules), RedirectOnly: len(r.rules) > 0,
		Backends: []posture.Backend{}, Mirrors: []posture.Backend{}, Headers: []posture.Header{},
	}
	for _, rule := range r.rules {
		redirects := false
		for _, f := range rule.filters {
			redirects = redirects || f.redirectsToHTTPS
			w.filter(r.object, f, &out)
		}
		for _, b := range rule.backends {
			out.Backends = append(out.Backends, w.backend(r.object, b))
			for _, f := range b.filters {
				w.filter(r.object, f, &out)
			}
		}
		out.Asks = append(out.Asks, w.asked(r.object, rule)...)
		plain := !slices.ContainsFunc(rule.filters, func(f filter) bool { return f.mirror != nil || f.extension != nil })
		out.RedirectOnly = out.RedirectOnly && redirects && plain && len(rule.backends) == 0
	}
	return out
}

// paths are all paths of a route, sorted; none when one rule matches every path.
func paths(rules []rule) []string {
	out := []string{}
	for _, r := range rules {
		if len(r.paths) == 0 {
			return []string{}
		}
		out = append(out, r.paths...)
	}
	slices.SortFunc(out, strings.Compare)
	return slices.Compact(out)
}
