package nginx

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hop is TLS between the proxies and one Service.
type hop struct {
	tls, name, minTLS posture.Setting[string]
	ca                posture.Setting[[]posture.Anchor]
}

// hops fills in how a listener's backends are reached, and turns ExternalName Services into exits.
func (r *reader) hops(p proxyConfig, e *posture.Entry) {
	for i := range e.Routes {
		route := &e.Routes[i]
		for _, list := range [][]posture.Backend{route.Backends, route.Mirrors} {
			for j := range list {
				b := &list[j]
				h := r.hop(b)
				b.TLS, b.CA, b.Name, b.MinTLS = h.tls, h.ca, h.name, h.minTLS
				if b.TLS.Value != posture.TLSNone {
					b.Certificate = r.clientCertificate(p, route.Ref)
				}
				if b.External {
					r.exit(p, e, route.Ref, b)
				}
			}
		}
	}
}

// hop is what the BackendTLSPolicies of a Service's port make of the way to it. The oldest counts, whether or not it names the port, unlike
// what Gateway API says; one that is not valid makes the route answer 500 (state/graph/backend_refs.go findBackendTLSPolicyForService).
func (r *reader) hop(b *posture.Backend) hop {
	if b.Ref.Kind != "Service" || gatewayapi.GroupOf(b.Ref.APIVersion) != "" {
		return plain(b.From, "NGINX Gateway Fabric does not know a backend of kind "+b.Ref.Kind) // the rule answers 500, or it is an InferencePool
	}
	port := r.PortName(b.Ref.Namespace, b.Ref.Name, b.Port)
	policies := r.BackendTLSPolicies(b.Ref.Namespace, b.Ref.Name, "", "Service", port)
	if len(policies) == 0 {
		if at, why, found := r.OtherPort(b.Ref.Namespace, b.Ref.Name, "", "Service", port); found {
			return plain(at, why)
		}
		return plain(b.From, "no BackendTLSPolicy targets it, so the hop is plaintext")
	}
	out := r.fromPolicy(policies[0])
	for _, p := range policies[1:] {
		next, tie := r.fromPolicy(p), fmt.Sprintf("%s and %s have the same target: the older one counts, and Git does not tell which", policies[0].Object, p.Object)
		if !foreign(out.ca.Value) {
			out.ca.By = next.ca.By // of two, the one that is suspect by itself is named as what decided
		}
		for _, anchor := range next.ca.Value {
			if !slices.ContainsFunc(out.ca.Value, func(a posture.Anchor) bool { return a.Ref == anchor.Ref }) {
				out.ca.Value, out.ca.Why = append(out.ca.Value, anchor), tie
			}
		}
		if next.name.Value != out.name.Value {
			out.name = unheld("", next.name.By, tie)
		}
	}
	return out
}

// foreign: some anchor is of no trust domain of the fleet.
func foreign(anchors []posture.Anchor) bool {
	return slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return a.System || a.TrustDomain == "" })
}

func plain(at posture.Ref, why string) hop {
	return hop{
		tls: unheld(posture.TLSNone, at, why), name: unheld("", at, why), minTLS: unheld("", at, why),
		ca: unheld([]posture.Anchor{}, at, why),
	}
}

// fromPolicy is what one BackendTLSPolicy says: exactly one CA, or the system's, and the hostname, which is the SNI and is checked. Its
// subjectAltNames and options are not read (state/graph/backend_tls_policy.go; proxy_ssl_name in nginx/config/servers_template.go).
func (r *reader) fromPolicy(p *gatewayapi.BackendTLSPolicy) hop {
	o, v := p.Object, p.Spec.Validation
	h := hop{
		tls:    byGatewayItself("tls", gatewayapi.Nearest(o, p.Field()), fmt.Sprintf("%s targets it", o)),
		name:   byGatewayItself(string(v.Hostname), gatewayapi.Nearest(o, "spec.validation.hostname"), "the hostname is checked"),
		minTLS: byGatewayItself("1.2", gatewayapi.Nearest(o, "spec.validation"), "nothing sets proxy_ssl_protocols, and the default is 1.2"),
	}
	if len(v.SubjectAltNames) > 0 {
		h.name.Why = "the hostname is checked, and subjectAltNames are ignored"
	}
	if wellKnown := deref(v.WellKnownCACertificates, ""); wellKnown != "" {
		const field = "spec.validation.wellKnownCACertificates"
		at := gatewayapi.RefOf(o, field)
		if wellKnown != gatewayv1.WellKnownCACertificatesSystem {
			r.Unknown(o, "value", field, fmt.Sprintf("%q is not System", wellKnown))
		}
		h.ca = byGatewayItself([]posture.Anchor{{Ref: at, System: true, Source: gatewayapi.FromGit}}, at, "any public CA may sign the server's certificate")
		return h
	}
	const field = "spec.validation.caCertificateRefs"
	refs := make([]gatewayv1.ObjectReference, len(v.CACertificateRefs))
	for i, ref := range v.CACertificateRefs {
		refs[i] = gatewayv1.ObjectReference{Group: ref.Group, Kind: ref.Kind, Name: ref.Name}
	}
	anchors, _ := r.Anchors(o, o.Namespace, field, refs, closed)
	if anchors == nil {
		anchors = []posture.Anchor{}
	}
	h.ca = byGatewayItself(anchors, gatewayapi.Nearest(o, field), "the CA is pinned")
	return h
}

// clientCertificate is what the proxies present to every backend that they speak TLS to: spec.tls.backend of the Gateway, by the directives
// of proxy_pass, which grpc_pass does not read (nginx/config/base_http_config_template.go, servers_template.go).
func (r *reader) clientCertificate(p proxyConfig, route posture.Ref) posture.Setting[string] {
	const field = "spec.tls.backend.clientCertificateRef"
	g := p.gateway.Object
	spec := p.gateway.Spec.TLS
	switch {
	case spec == nil || spec.Backend == nil || spec.Backend.ClientCertificateRef == nil:
		return unheld("", gatewayapi.Nearest(g, field), "the Gateway has no spec.tls.backend.clientCertificateRef")
	case r.olderThan("2.3"):
		return unheld("", gatewayapi.RefOf(g, field), "NGINX Gateway Fabric "+r.Cluster.Controller.Version+" ignores spec.tls.backend")
	case route.Kind == "GRPCRoute":
		return unheld("", route, "nginx presents the Gateway's client certificate by proxy_pass alone, and a GRPCRoute goes by grpc_pass")
	}
	ref := spec.Backend.ClientCertificateRef
	id := object.ID{
		Group: string(deref(ref.Group, "")), Kind: string(deref(ref.Kind, "Secret")),
		Namespace: string(deref(ref.Namespace, gatewayv1.Namespace(g.Namespace))), Name: string(ref.Name),
	}
	r.Resolve(g, field, id, closed)
	return byGatewayItself("Secret "+id.Namespace+"/"+id.Name, gatewayapi.RefOf(g, field), "spec.tls.backend names it")
}
