package istio

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

// classicGateways makes an entry of every server of Istio's own Gateway kind, and a way around of every VirtualService that binds to one
// that is not in Git.
func (r *reader) classicGateways() {
	for _, g := range r.classic {
		for i, s := range g.spec.Servers {
			r.Posture.Entries = append(r.Posture.Entries, r.server(g, i, s))
		}
	}
	for _, v := range r.virtual {
		for i, name := range v.spec.Gateways {
			if name == "mesh" || r.knownClassic(name, v.object.Namespace) {
				continue
			}
			for _, host := range r.destinations(v) {
				service, namespace, ok := localService(host)
				if !ok {
					continue
				}
				way := posture.Way{
					Subject: gatewayapi.SubjectOf(v.object), Via: "classic-route",
					Service: posture.Subject{Kind: "Service", Namespace: namespace, Name: service}, Pods: posture.Labels{}, Selector: posture.Labels{},
					By:  gatewayapi.RefOf(v.object, object.Item("spec.gateways", i)),
					Why: fmt.Sprintf("a VirtualService binds it to Gateway %s, which is not in Git", name),
				}
				if o := r.Objects.Find("", "Service", namespace, service); o != nil {
					way.Selector = labelsAt(o, "spec.selector")
					way.Pods = way.Selector
				}
				r.Posture.Ways = append(r.Posture.Ways, way)
			}
		}
	}
}

func (r *reader) knownClassic(name, namespace string) bool {
	return slices.ContainsFunc(r.classic, func(g item[classicGatewaySpec]) bool { return bindsTo(name, namespace, g.object) })
}

// bindsTo: `namespace/name`, or the name alone in the VirtualService's namespace, or `name.namespace.svc…` (config.go resolveGatewayName).
func bindsTo(name, namespace string, g *object.Object) bool {
	if ns, rest, found := strings.Cut(name, "/"); found {
		namespace, name = ns, rest
	} else if first, rest, found := strings.Cut(name, "."); found {
		ns, _, _ := strings.Cut(rest, ".")
		namespace, name = ns, first
	}
	if namespace == "." {
		namespace = g.Namespace
	}
	return g.Namespace == namespace && g.Name == name
}

// server is one server of a classic Gateway as an entry (pilot/pkg/networking/core/listener.go BuildListenerTLSContext).
func (r *reader) server(g item[classicGatewaySpec], index int, s classicServer) posture.Entry {
	field := object.Item("spec.servers", index)
	ref := func(below string) posture.Ref { return gatewayapi.Nearest(g.object, field+below) }
	name := cmp.Or(s.Name, s.Port.Name, fmt.Sprint(s.Port.Number))
	gateway := gatewayapi.SubjectOf(g.object)
	subject := gateway
	subject.Listener = name
	at := ref("")
	e := posture.Entry{
		Subject: subject, Gateway: gateway, Controller: r.Profile.Name, Class: "", Labels: g.object.Labels, Listener: gatewayapi.RefOf(g.object, field),
		Port: s.Port.Number, Protocol: strings.ToUpper(s.Port.Protocol), Hostnames: []string{},
		Served: by(true, at, "nothing in Git makes Istio refuse the server"),
		Scheme: unheld(posture.SchemeUnknown, ref(""), "whoever deploys the proxies decides where they can be reached from"),
		Attachment: unheld(posture.Attachment{Everybody: true, Namespaces: []string{}, Kinds: []string{}}, ref(".hosts"),
			"VirtualServices of every namespace may bind to it"),
		HTTP3: by(false, at, "HTTP/3 is off by default"), Resumption: by(false, at, "the handshake of a resumed session keeps the client's identity"),
		Expired: by(false, at, "Envoy refuses expired certificates"), Revocation: by("none", ref(".tls"), "no revocation list is named"),
		Forwarding:  by("sanitize", at, "a gateway of Istio sets x-forwarded-client-cert anew"),
		SourceCIDRs: unheld(posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}, at, "nothing restricts source addresses"),
		Routes:      []posture.Route{},
	}
	namespaces, bound := []string{}, len(s.Hosts) > 0
	for _, h := range s.Hosts {
		namespace, host, found := strings.Cut(h, "/")
		switch {
		case !found:
			host, bound = h, false
		case namespace == "*":
			bound = false
		case namespace == ".":
			namespaces = append(namespaces, g.object.Namespace)
		default:
			namespaces = append(namespaces, namespace)
		}
		if host != "*" {
			e.Hostnames = append(e.Hostnames, host)
		}
	}
	if bound {
		slices.Sort(namespaces)
		e.Attachment = by(posture.Attachment{Namespaces: slices.Compact(namespaces), Kinds: []string{}}, ref(".hosts"), "its hosts name the namespaces whose VirtualServices may bind")
	}
	r.serverTLS(g.object, field, s, &e)
	e.Identities = r.classicIdentities(g, e.Hostnames, at)
	if s.TLS != nil && s.TLS.HTTPSRedirect && e.TLS.Value == posture.TLSNone {
		// Every virtual host of the server requires TLS: plaintext is answered with a redirect, whatever binds to it (gateway.go).
		e.Routes = append(e.Routes, posture.Route{
			Ref: ref(".tls.httpsRedirect"), Hostnames: []string{}, Paths: []string{}, RedirectOnly: true,
			Backends: []posture.Backend{}, Mirrors: []posture.Backend{}, Headers: []posture.Header{},
		})
		return e
	}
	for _, v := range r.virtual {
		if slices.ContainsFunc(v.spec.Gateways, func(name string) bool { return bindsTo(name, v.object.Namespace, g.object) }) {
			e.Routes = append(e.Routes, r.virtualRoute(g, v))
		}
	}
	return e
}

func (r *reader) serverTLS(g *object.Object, field string, s classicServer, e *posture.Entry) {
	ref := func(below string) posture.Ref { return gatewayapi.Nearest(g, field+below) }
	e.TLS = unheld(posture.TLSNone, ref(".port.protocol"), "protocol is "+s.Port.Protocol)
	none := "the server speaks no TLS"
	e.MinTLS, e.MaxTLS = unheld("", ref(".tls"), none), unheld("", ref(".tls"), none)
	e.ClientAuth = unheld(posture.ClientNone, ref(".tls"), none)
	e.ClientCA = unheld([]posture.Anchor{}, ref(".tls"), none)
	if s.TLS == nil || e.Protocol != "HTTPS" && e.Protocol != "TLS" {
		return
	}
	t, mode := s.TLS, ref(".tls.mode")
	why := "tls mode is " + cmp.Or(t.Mode, "PASSTHROUGH")
	switch t.Mode {
	case "PASSTHROUGH", "": // the enum's zero value
		e.TLS = by(posture.TLSPassthrough, mode, why)
		return
	case "AUTO_PASSTHROUGH":
		e.TLS = by(posture.TLSPassthrough, mode, why)
		r.Posture.Hatches = append(r.Posture.Hatches, posture.Hatch{
			Subject: e.Subject, By: mode, Gateways: []posture.Subject{e.Gateway}, Why: "the server forwards to every Service of the mesh by SNI",
		})
		return
	}
	e.TLS = by(posture.TLSTerminate, mode, why)
	e.MinTLS, e.MaxTLS = r.serverFloor(g, ref(".tls.minProtocolVersion"), t.MinProtocolVersion), by("1.3", ref(".tls"), "no highest version is set")
	if v, ok := protocolVersions[t.MaxProtocolVersion]; ok {
		e.MaxTLS = by(v, ref(".tls.maxProtocolVersion"), "maxProtocolVersion is "+t.MaxProtocolVersion)
	}
	forced := r.compliance()
	if forced != nil { // after everything else (listener.go BuildListenerTLSContext)
		e.MinTLS, e.MaxTLS = by(forced.lowest, forced.at, forced.why), by(forced.highest, forced.at, forced.why)
	}
	switch t.Mode {
	case modeMutual:
		e.ClientAuth = by(posture.ClientRequired, mode, why)
	case modeOptionalMutual:
		e.ClientAuth = by(posture.ClientOptional, mode, why)
	case modeIstioMutual:
		e.ClientAuth = posture.Setting[string]{Value: posture.ClientRequired, Enforcer: posture.ByMesh, By: mode, Why: why}
		e.ClientCA = posture.Setting[[]posture.Anchor]{Value: r.meshAnchor(), Enforcer: posture.ByMesh, By: mode, Why: why}
		if forced == nil {
			e.MinTLS = by("1.2", mode, why+", to which no floor applies")
		}
		return
	case modeSimple:
		e.ClientAuth = by(posture.ClientNone, mode, why)
		return
	default:
		e.ClientAuth = unheld(posture.ClientNone, mode, why)
		r.Unknown(g, "value", mode.Field, fmt.Sprintf("%q is no TLS mode of a Gateway", t.Mode))
		return
	}
	if t.InsecureSkipVerify != nil && *t.InsecureSkipVerify {
		e.ClientAuth = unheld(posture.ClientNone, ref(".tls.insecureSkipVerify"), "insecureSkipVerify is true")
	}
	e.ClientCA = r.serverAnchors(g, ref, t)
}

func (r *reader) serverAnchors(g *object.Object, ref func(string) posture.Ref, t *serverTLS) posture.Setting[[]posture.Anchor] {
	name, at := t.CredentialName, ref(".tls.credentialName")
	if name == "" && len(t.CredentialNames) > 0 {
		name, at = t.CredentialNames[0], ref(".tls.credentialNames")
	}
	if t.CACertCredentialName != "" {
		name, at = strings.TrimSuffix(t.CACertCredentialName, caSuffix), ref(".tls.caCertCredentialName")
	}
	switch {
	case name != "":
		// Secrets are those of the proxies' namespace, which a classic Gateway does not tell; its own is the usual one.
		id := credential(name, g.Namespace)
		if id.Kind == "ConfigMap" {
			ns := gatewayv1.Namespace(id.Namespace)
			anchors, _ := r.Anchors(g, id.Namespace, at.Field, []gatewayv1.ObjectReference{{Kind: "ConfigMap", Namespace: &ns, Name: gatewayv1.ObjectName(id.Name)}}, closed)
			return by(anchors, at, "the server names it")
		}
		return by(r.secretAnchors(g, at.Field, id.Namespace, id.Name), at, "the CA that goes with the server's credential")
	case t.CACertificates != "":
		file := ref(".tls.caCertificates")
		r.Assume(g, file.Field, "the file "+t.CACertificates+" in the proxies holds the roots")
		return by([]posture.Anchor{{Ref: file, Source: gatewayapi.FromSecret}}, file, "caCertificates names a file")
	default:
		return unheld([]posture.Anchor{}, ref(".tls"), "the server names no CA for clients")
	}
}

var protocolVersions = map[string]string{"TLSV1_0": "1.0", "TLSV1_1": "1.1", "TLSV1_2": "1.2", "TLSV1_3": "1.3"}

// serverFloor: the server's own minProtocolVersion out-ranks the mesh's.
func (r *reader) serverFloor(g *object.Object, at posture.Ref, version string) posture.Setting[string] {
	switch v, ok := protocolVersions[version]; {
	case ok:
		return by(v, at, "minProtocolVersion is "+version)
	case version != "" && version != "TLS_AUTO":
		r.Unknown(g, "value", at.Field, fmt.Sprintf("%q is no TLS version of a Gateway", version))
		return by("1.0", at, "minProtocolVersion is "+version)
	default:
		return r.floor(g)
	}
}
