package traefik

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
)

// middlewares are those that routes of Gateways refer to, of the route's own namespace. Most of them only refuse, limit or rewrite.
func (r *reader) middlewares() {
	known := map[object.ID]middlewareSpec{}
	for _, m := range decode[middlewareSpec](r, kindMiddleware) {
		known[m.object.ID()] = m.spec
	}
	for _, g := range r.Gateways {
		for _, route := range r.routes(g) {
			object.Walk("spec", route.Data["spec"], func(field, text string) {
				parent, isKind := strings.CutSuffix(field, ".extensionRef.kind")
				if !isKind || text != kindMiddleware || route.Text(parent+".extensionRef.group") != Group {
					return
				}
				o := r.Objects.Find(Group, kindMiddleware, route.Namespace, route.Text(parent+".extensionRef.name"))
				if o == nil {
					r.hatch(g, route, parent+".extensionRef", "the Middleware is not in Git, and what it does is not known")
					return
				}
				for _, does := range forging(known[o.ID()]) {
					r.hatch(g, o, does.field, does.why)
				}
			})
		}
	}
}

// deed is a field of a Middleware that can undo something.
type deed struct{ field, why string }

// forging are the fields of a Middleware that tell pods another caller than the certificate's, or hand requests to somebody else.
func forging(m middlewareSpec) []deed {
	var out []deed
	add := func(there bool, field, why string) {
		if there {
			out = append(out, deed{"spec." + field, why})
		}
	}
	add(m.Plugin != nil, "plugin", "a plugin is code in the proxy")
	add(m.Chain != nil, "chain", "a chain leads to Middlewares of any namespace, and gatespan does not follow it")
	add(m.ForwardAuth != nil, "forwardAuth", "every request is shown to another server, which may set headers of it")
	add(m.Errors != nil, "errors", "requests that fail are shown to another Service")
	if m.Headers != nil {
		for _, name := range slices.Sorted(maps.Keys(m.Headers.CustomRequestHeaders)) {
			// An empty value takes the header away (pkg/middlewares/headers/header.go).
			add(gatewayapi.IdentityHeader(name) && m.Headers.CustomRequestHeaders[name] != "", object.Key("headers.customRequestHeaders", name),
				"it sets a header that pods take for the caller's certificate")
		}
	}
	for field, a := range map[string]*authentication{"basicAuth": m.BasicAuth, "digestAuth": m.DigestAuth} {
		add(a != nil && gatewayapi.IdentityHeader(a.HeaderField), field+".headerField", "the user's name goes into a header that pods take for the caller's certificate")
	}
	return out
}

// routes are the route objects attached to a Gateway's listeners.
func (r *reader) routes(g *gatewayapi.Gateway) []*object.Object {
	var out []*object.Object
	for _, e := range r.Posture.Entries {
		if e.Gateway != gatewayapi.SubjectOf(g.Object) {
			continue
		}
		for _, route := range e.Routes {
			o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
			if o != nil && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}
