package traefik

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// hops fills in how a listener's backends are reached. Services of type ExternalName lead nowhere (codeGateway getBackendAddresses); a
// TraefikService becomes the exits that it leads to, or an unknown.
func (r *reader) hops(e *posture.Entry) {
	for i := range e.Routes {
		route := &e.Routes[i]
		route.Backends, route.Mirrors = r.led(e, route.Ref, route.Backends), r.led(e, route.Ref, route.Mirrors)
	}
}

func (r *reader) led(e *posture.Entry, route posture.Ref, list []posture.Backend) []posture.Backend {
	out := []posture.Backend{}
	for _, b := range list {
		group := gatewayapi.GroupOf(b.Ref.APIVersion)
		switch {
		case group == Group || crossProvider(b.Ref.Name):
			exits, why := r.follow(e, route, b)
			if why == "" {
				out = append(out, exits...)
				continue
			}
			if o := r.Objects.Find(gatewayapi.Group, route.Kind, route.Namespace, route.Name); o != nil {
				r.Unknown(o, "kind", b.From.Field, "gatespan does not follow the "+b.Ref.Kind+": "+why)
			}
			plain(&b, "where "+b.Ref.Name+" leads is not known")
		case e.TLS.Value == posture.TLSPassthrough:
			plain(&b, "TLS goes through to the pods")
		case route.Kind != "HTTPRoute":
			plain(&b, "BackendTLSPolicies are read for HTTPRoutes alone, so the hop is plaintext") // codeGRPC loadGRPCServers, codeTLSR loadTLSServers
		case group == "" && b.Ref.Kind == "Service":
			r.hop(&b)
		}
		out = append(out, b)
	}
	return out
}

func plain(b *posture.Backend, why string) {
	b.TLS.Why, b.CA.Why, b.Name.Why, b.MinTLS.Why = why, why, why, why
}

// hop is what the BackendTLSPolicies of a Service's port make of the way to it. The oldest counts, whether or not it names the port,
// unlike what Gateway API says; its age is not in Git, so that all of them together are the weakest (codeHTTP loadHTTPServers).
func (r *reader) hop(b *posture.Backend) {
	port := r.PortName(b.Ref.Namespace, b.Ref.Name, b.Port)
	policies := r.BackendTLSPolicies(b.Ref.Namespace, b.Ref.Name, "", "Service", port)
	if len(policies) == 0 {
		if at, why, found := r.OtherPort(b.Ref.Namespace, b.Ref.Name, "", "Service", port); found {
			plain(b, why)
			b.TLS.By = at
			return
		}
		plain(b, "no BackendTLSPolicy targets it, so the hop is plaintext, or TLS by a ServersTransport of the installation")
		return
	}
	for i, p := range policies {
		o := p.Object
		ca, name := r.server(p)
		if i == 0 {
			b.TLS = by(posture.ByGateway, "tls", gatewayapi.Nearest(o, p.Field()), fmt.Sprintf("%s targets it", o))
			b.MinTLS = by(posture.ByGateway, "1.2", gatewayapi.Nearest(o, "spec.validation"), "nothing sets the lowest version, and Go's is 1.2")
			b.CA, b.Name = ca, name
			continue
		}
		tie := fmt.Sprintf("%s and %s have the same target: the older one counts, and Git does not tell which", policies[0].Object, o)
		for _, anchor := range ca.Value {
			if !slices.ContainsFunc(b.CA.Value, func(a posture.Anchor) bool { return a.Ref == anchor.Ref }) {
				b.CA.Value, b.CA.Why, b.CA.By = append(b.CA.Value, anchor), tie, ca.By
			}
		}
		if b.Name.Value != name.Value {
			b.Name = unheld("", name.By, tie)
		}
	}
}

// server is how one policy verifies the pods' certificate: its CA, or the system's, and its hostname. subjectAltNames and options are not
// read (codeHTTP loadServersTransport).
func (r *reader) server(p *gatewayapi.BackendTLSPolicy) (posture.Setting[[]posture.Anchor], posture.Setting[string]) {
	o, v := p.Object, p.Spec.Validation
	name := by(posture.ByGateway, string(v.Hostname), gatewayapi.Nearest(o, "spec.validation.hostname"), "the hostname is checked")
	if len(v.SubjectAltNames) > 0 {
		name.Why = "the hostname is checked, and subjectAltNames are ignored"
	}
	if v.WellKnownCACertificates != nil {
		at := gatewayapi.RefOf(o, "spec.validation.wellKnownCACertificates")
		return by(posture.ByGateway, []posture.Anchor{{Ref: at, System: true, Source: gatewayapi.FromGit}}, at, "any public CA may sign the server's certificate"), name
	}
	const field = "spec.validation.caCertificateRefs"
	refs := make([]gatewayv1.ObjectReference, len(v.CACertificateRefs))
	for i, ref := range v.CACertificateRefs {
		refs[i] = gatewayv1.ObjectReference{Group: ref.Group, Kind: ref.Kind, Name: ref.Name}
	}
	anchors, _ := r.Anchors(o, o.Namespace, field, refs, closed)
	return by(posture.ByGateway, slices.Concat([]posture.Anchor{}, anchors), gatewayapi.Nearest(o, field), "the CA is pinned"), name
}
