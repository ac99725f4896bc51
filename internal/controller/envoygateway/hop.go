package envoygateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type backend struct {
	object *object.Object
	spec   backendSpec
}

// hop is TLS between the proxies and one destination.
type hop struct {
	tls         posture.Setting[string]
	ca          posture.Setting[[]posture.Anchor]
	names       posture.Setting[[]string]
	minTLS      posture.Setting[string]
	certificate posture.Setting[string]
	sni         string
}

// hops fills in how a listener's backends are reached, and turns those that are Backends of Envoy Gateway into exits.
func (r *reader) hops(p proxyConfig, e *posture.Entry) {
	for i := range e.Routes {
		route := &e.Routes[i]
		for _, list := range [][]posture.Backend{route.Backends, route.Mirrors} {
			for j := range list {
				r.hop(p, e, route.Ref, &list[j])
			}
		}
	}
}

func (r *reader) hop(p proxyConfig, e *posture.Entry, route posture.Ref, b *posture.Backend) {
	if b.Ref.Kind == kindBackend && gatewayapi.GroupOf(b.Ref.APIVersion) == Group {
		target, ok := r.backends[object.ID{Group: Group, Kind: kindBackend, Namespace: b.Ref.Namespace, Name: b.Ref.Name}]
		if !ok || !b.Granted {
			return // the rule answers 500
		}
		r.exits(p, e, route, b, target)
		return
	}
	port := "" // what a BackendTLSPolicy's sectionName means (getTargetBackendReference in internal/gatewayapi/route.go)
	if b.Ref.Kind == "Service" {
		port = r.PortName(b.Ref.Namespace, b.Ref.Name, b.Port)
	}
	h := r.tls(p, b.From, gatewayapi.GroupOf(b.Ref.APIVersion), b.Ref, port, nil)
	b.TLS, b.CA, b.MinTLS, b.Certificate = h.tls, h.ca, h.minTLS, h.certificate
	b.Name = posture.Setting[string]{Value: strings.Join(h.names.Value, ", "), Enforcer: h.names.Enforcer, By: h.names.By, Why: h.names.Why}
}

// tls merges what a BackendTLSPolicy and a Backend say of the server with what Backend, Gateway and EnvoyProxy say of the client,
// as applyBackendTLSSetting in internal/gatewayapi/backendtlspolicy.go does. Without the first two the hop is plaintext, whatever
// the others say.
func (r *reader) tls(p proxyConfig, from posture.Ref, group string, to posture.Ref, port string, target *backend) hop {
	policies := gatewayapi.Rivals(r.BackendTLSPolicies(to.Namespace, to.Name, group, to.Kind, port))
	var own *backendTLSSettings
	if target != nil {
		own = target.spec.TLS
	}
	none := func(why string) hop {
		return hop{
			tls:         posture.Setting[string]{Value: posture.TLSNone, Enforcer: posture.ByNobody, By: from, Why: why},
			ca:          posture.Setting[[]posture.Anchor]{Value: []posture.Anchor{}, Enforcer: posture.ByNobody, By: from, Why: why},
			names:       posture.Setting[[]string]{Value: []string{}, Enforcer: posture.ByNobody, By: from, Why: why},
			minTLS:      posture.Setting[string]{Enforcer: posture.ByNobody, By: from, Why: why},
			certificate: posture.Setting[string]{Enforcer: posture.ByNobody, By: from, Why: why},
		}
	}
	if len(policies) == 0 && own == nil {
		if target != nil {
			from = gatewayapi.Nearest(target.object, "spec.tls")
			return none(fmt.Sprintf("%s has no tls and no BackendTLSPolicy targets it", target.object))
		}
		if at, why, found := r.OtherPort(to.Namespace, to.Name, group, to.Kind, port); found {
			from = at
			return none(why)
		}
		return none("no BackendTLSPolicy targets it, so the hop is plaintext")
	}
	var h hop
	if own != nil {
		h = r.fromBackend(*target)
	}
	for i, policy := range policies {
		next := r.fromPolicy(policy)
		switch {
		case own != nil && own.InsecureSkipVerify:
			// A policy never clears insecureSkipVerify (mergeServerValidationTLSConfigs).
		case i == 0:
			h = next
		default:
			h = weakestHop(h, next, fmt.Sprintf("%s and %s have the same target: the older one counts, and Git does not tell which", policies[0].Object, policy.Object))
		}
	}
	h.minTLS, h.certificate = r.client(p, target)
	return h
}

// fromBackend is what Backend spec.tls says of the server. The SNI is also the name that is checked; without one the name follows
// the request, which its sender chooses (buildXdsUpstreamTLSSocketWthCert in internal/xds/translator/translator.go).
func (r *reader) fromBackend(b backend) hop {
	o, t := b.object, b.spec.TLS
	h := hop{tls: byGatewayItself("tls", gatewayapi.Nearest(o, "spec.tls"), "the Backend has tls"), sni: t.SNI}
	at := gatewayapi.Nearest(o, "spec.tls.caCertificateRefs")
	switch {
	case t.InsecureSkipVerify:
		at, why := gatewayapi.RefOf(o, "spec.tls.insecureSkipVerify"), "insecureSkipVerify is true"
		h.ca = posture.Setting[[]posture.Anchor]{Value: []posture.Anchor{}, Enforcer: posture.ByNobody, By: at, Why: why}
		h.names = posture.Setting[[]string]{Value: []string{}, Enforcer: posture.ByNobody, By: at, Why: why}
		return h
	case t.WellKnownCACertificates != "":
		h.ca = r.system(o, "spec.tls.wellKnownCACertificates", t.WellKnownCACertificates)
	default:
		h.ca = r.pinned(o, "spec.tls.caCertificateRefs", t.CACertificateRefs)
		if len(t.CACertificateRefs) == 0 {
			h.ca = byGatewayItself([]posture.Anchor{}, at, "a Backend with tls and without a CA is refused, and its routes answer 500")
		}
	}
	switch {
	case t.SNI != "":
		h.names = byGatewayItself([]string{t.SNI}, gatewayapi.RefOf(o, "spec.tls.sni"), "the sni is checked")
	case t.AutoSNIFromEndpointHostname && len(b.spec.Endpoints) == 1 && b.spec.Endpoints[0].FQDN != nil:
		h.sni = b.spec.Endpoints[0].FQDN.Hostname
		h.names = byGatewayItself([]string{h.sni}, gatewayapi.RefOf(o, "spec.tls.autoSNIFromEndpointHostname"), "the endpoint's hostname is checked")
	default:
		h.names = posture.Setting[[]string]{
			Value: []string{}, Enforcer: posture.ByNobody, By: gatewayapi.Nearest(o, "spec.tls.sni"), Why: "the Backend has no sni, so the name that is checked is whatever the request says",
		}
	}
	return h
}

// fromPolicy is what a BackendTLSPolicy says: with subjectAltNames the hostname is only the SNI and is not checked
// (buildValidationContext in internal/xds/translator/translator.go).
func (r *reader) fromPolicy(p *gatewayapi.BackendTLSPolicy) hop {
	o, v := p.Object, p.Spec.Validation
	h := hop{tls: byGatewayItself("tls", gatewayapi.Nearest(o, p.Field()), fmt.Sprintf("%s targets it", o)), sni: string(v.Hostname)}
	if v.WellKnownCACertificates != nil && *v.WellKnownCACertificates != "" {
		h.ca = r.system(o, "spec.validation.wellKnownCACertificates", string(*v.WellKnownCACertificates))
	} else {
		h.ca = r.pinned(o, "spec.validation.caCertificateRefs", v.CACertificateRefs)
	}
	h.names = byGatewayItself([]string{string(v.Hostname)}, gatewayapi.Nearest(o, "spec.validation.hostname"), "the hostname is checked")
	if len(v.SubjectAltNames) > 0 {
		names := []string{}
		for _, san := range v.SubjectAltNames {
			names = append(names, cmp.Or(string(san.Hostname), string(san.URI)))
		}
		slices.Sort(names)
		h.names = byGatewayItself(slices.Compact(names), gatewayapi.RefOf(o, "spec.validation.subjectAltNames"), "subjectAltNames are checked in place of the hostname")
	}
	return h
}

func (r *reader) system(o *object.Object, field, value string) posture.Setting[[]posture.Anchor] {
	at := gatewayapi.RefOf(o, field)
	if value != string(gatewayv1.WellKnownCACertificatesSystem) {
		r.Unknown(o, "value", field, fmt.Sprintf("%q is not System", value))
	}
	return byGatewayItself([]posture.Anchor{{Ref: at, System: true, Source: gatewayapi.FromGit}}, at, "any public CA may sign the server's certificate")
}

func (r *reader) pinned(o *object.Object, field string, refs []gatewayv1.LocalObjectReference) posture.Setting[[]posture.Anchor] {
	out := make([]gatewayv1.ObjectReference, len(refs))
	for i, ref := range refs {
		out[i] = gatewayv1.ObjectReference{Group: ref.Group, Kind: ref.Kind, Name: ref.Name}
	}
	anchors, _ := r.Anchors(o, o.Namespace, field, out, closed)
	if anchors == nil {
		anchors = []posture.Anchor{}
	}
	return byGatewayItself(anchors, gatewayapi.Nearest(o, field), "the CA is pinned")
}

// clientLayer is one place that sets the proxies' own half of TLS.
type clientLayer struct {
	object *object.Object
	field  string
	tls    *backendTLS
}

// client is what the proxies present and accept themselves: field by field the Backend's, over the Gateway's spec.tls.backend, which as
// soon as it is there (from 1.8) hides the whole of EnvoyProxy spec.backendTLS, its floor too (GetBackendTLSConfig in contexts.go).
func (r *reader) client(p proxyConfig, target *backend) (minTLS, certificate posture.Setting[string]) {
	g := p.gateway.Object
	var layers []clientLayer
	if target != nil && target.spec.TLS != nil {
		layers = append(layers, clientLayer{target.object, "spec.tls", &target.spec.TLS.backendTLS})
	}
	at, why := gatewayapi.Nearest(g, "spec.infrastructure"), "nothing sets the lowest version towards backends, and the default is 1.2"
	if t := p.gateway.Spec.TLS; t != nil && t.Backend != nil && !r.olderThan("1.8") {
		layers = append(layers, clientLayer{g, "spec.tls.backend", &backendTLS{ClientCertificateRef: t.Backend.ClientCertificateRef}})
		at, why = gatewayapi.RefOf(g, "spec.tls.backend"), "spec.tls.backend hides EnvoyProxy spec.backendTLS with its minVersion, and the default is 1.2"
	} else if tls, from := first(p, func(s envoyProxySpec) (*backendTLS, bool) { return s.BackendTLS, s.BackendTLS != nil }); from != nil {
		layers = append(layers, clientLayer{from, "spec.backendTLS", tls})
		at = gatewayapi.RefOf(from, "spec.backendTLS")
	} else if len(p.chain) > 0 {
		at = gatewayapi.Nearest(p.chain[0].object, "spec.backendTLS")
	}
	if target != nil && target.spec.TLS != nil {
		at = gatewayapi.RefOf(target.object, "spec.tls")
	}
	minTLS = byGatewayItself("1.2", at, why)
	certificate = posture.Setting[string]{Enforcer: posture.ByNobody, By: at, Why: "no clientCertificateRef is set"}
	for _, layer := range slices.Backward(layers) {
		if v := layer.tls.MinVersion; v != "" {
			minTLS = r.bound(layer.object, layer.field+".minVersion", v, "1.2", "1.0")
		}
		if ref := layer.tls.ClientCertificateRef; ref != nil {
			field := layer.field + ".clientCertificateRef"
			id := object.ID{
				Group: string(deref(ref.Group, "")), Kind: string(deref(ref.Kind, "Secret")),
				Namespace: cmp.Or(string(deref(ref.Namespace, "")), layer.object.Namespace), Name: string(ref.Name),
			}
			r.Resolve(layer.object, field, id, closed)
			certificate = byGatewayItself("Secret "+id.Namespace+"/"+id.Name, gatewayapi.RefOf(layer.object, field), "clientCertificateRef names it")
		}
	}
	for _, layer := range layers {
		if v := layer.tls.MaxVersion; v != "" && v != "Auto" {
			if v < minTLS.Value {
				minTLS = byGatewayItself(v, gatewayapi.RefOf(layer.object, layer.field+".maxVersion"), "maxVersion is below minVersion")
			}
			break
		}
	}
	return minTLS, certificate
}

// weakestHop joins what two policies say when Git does not tell which of them counts: either's CA, and a name only where both agree.
func weakestHop(a, b hop, tie string) hop {
	out := a
	out.ca = union(a.ca, b.ca, compareAnchors, joinAnchors, undeclared, tie)
	if !slices.Equal(a.names.Value, b.names.Value) {
		out.names = posture.Setting[[]string]{Value: []string{}, Enforcer: posture.ByNobody, By: b.names.By, Why: tie}
	}
	return out
}
