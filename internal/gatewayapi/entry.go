package gatewayapi

import (
	"cmp"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Entry is what Gateway API itself decides about a listener, with its routes. What it leaves to the controller is given its
// least strict value, and the reason that Gateway API has no field for it: a reader overwrites what it knows better.
func (w *World) Entry(l *Listener) posture.Entry {
	g := l.Gateway.Object
	e := posture.Entry{
		Subject: l.Subject, Gateway: SubjectOf(g), Controller: w.Profile.Name, Class: string(l.Gateway.Spec.GatewayClassName),
		Labels: g.Labels, Listener: l.Ref(""), Port: int(l.Spec.Port), Protocol: string(l.Spec.Protocol), Hostnames: []string{},
		Attachment: w.attachment(l), TLS: w.mode(l), Routes: w.Routes(l),
	}
	w.certificates(l, &e)
	if h := deref(l.Spec.Hostname, ""); h != "" {
		e.Hostnames = append(e.Hostnames, string(h))
	}
	at := l.Ref("")
	e.Served = setting(true, at, "nothing in Git makes the controller refuse the listener")
	e.Scheme = setting(posture.SchemeUnknown, Nearest(g, "spec.infrastructure"), "Gateway API does not say where a Gateway can be reached from")
	e.MinTLS = setting("", Nearest(l.Owner, l.Field+".tls"), "Gateway API has no field for the lowest TLS version")
	e.MaxTLS = setting("", Nearest(l.Owner, l.Field+".tls"), "Gateway API has no field for the highest TLS version")
	e.HTTP3 = setting(false, at, "Gateway API has no field for HTTP/3")
	e.Resumption = setting(false, at, "Gateway API has no field for session resumption")
	e.ClientAuth = setting(posture.ClientNone, Nearest(g, "spec.tls.frontend"), "nothing asks clients for a certificate")
	e.ClientCA = setting([]posture.Anchor{}, Nearest(g, "spec.tls.frontend"), "nothing names a CA for clients")
	e.Identities = setting(posture.Identities{Everybody: true, Accepted: []posture.Identity{}}, at, "nothing tells one client certificate from another")
	e.Expired = setting(false, at, "Gateway API has no field for expired certificates")
	e.Revocation = setting("none", at, "Gateway API has no field for revocation")
	e.Forwarding = setting("forward", at, "Gateway API does not say what happens to identity headers")
	e.SourceCIDRs = setting(posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}, at, "nothing restricts source addresses")
	e.Probe = setting("", at, "nothing says how a load balancer probes the proxies")
	e.JWT = setting(posture.JWT{Value: posture.JWTNone, Issuers: []string{}, Audiences: []string{}, Keys: []string{}}, at, "nothing asks requests for a token")
	return e
}

// certificates records what a listener's certificates refer to. Without the Secret, or without the grant that lets a reference cross
// namespaces, a listener is not programmed (apis/v1/gateway_types.go, ListenerTLSConfig.certificateRefs: RefNotPermitted).
func (w *World) certificates(l *Listener, e *posture.Entry) {
	if l.Spec.TLS == nil || e.TLS.Value != posture.TLSTerminate {
		return
	}
	for i, ref := range l.Spec.TLS.CertificateRefs {
		w.Resolve(l.Owner, object.Item(l.Field+".tls.certificateRefs", i), object.ID{
			Group: string(deref(ref.Group, "")), Kind: string(deref(ref.Kind, "Secret")),
			Namespace: cmp.Or(string(deref(ref.Namespace, "")), l.Owner.Namespace), Name: string(ref.Name),
		}, "closed")
	}
}

func setting[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	enforcer := posture.ByNobody
	if v, ok := any(value).(bool); ok && v {
		enforcer = posture.ByGateway
	}
	return posture.Setting[T]{Value: value, Enforcer: enforcer, By: by, Why: why}
}

// mode is what the listener does with TLS, by its protocol and tls.mode.
func (w *World) mode(l *Listener) posture.Setting[string] {
	protocol := l.Spec.Protocol
	out := posture.Setting[string]{Value: posture.TLSNone, Enforcer: posture.ByGateway, By: l.Ref(".protocol"), Why: fmt.Sprintf("protocol is %s", protocol)}
	switch protocol {
	case gatewayv1.HTTPSProtocolType, gatewayv1.TLSProtocolType:
		mode := gatewayv1.TLSModeTerminate
		if l.Spec.TLS != nil {
			mode = deref(l.Spec.TLS.Mode, mode)
		}
		switch mode {
		case gatewayv1.TLSModeTerminate:
			out.Value = posture.TLSTerminate
		case gatewayv1.TLSModePassthrough:
			out.Value = posture.TLSPassthrough
		default:
			w.Unknown(l.Owner, "value", l.Field+".tls.mode", fmt.Sprintf("%q is neither Terminate nor Passthrough", mode))
		}
		if mode != gatewayv1.TLSModeTerminate {
			out.By, out.Why = l.Ref(".tls.mode"), fmt.Sprintf("mode is %s", mode)
		}
	case gatewayv1.HTTPProtocolType, gatewayv1.TCPProtocolType, gatewayv1.UDPProtocolType:
		out.Enforcer = posture.ByNobody
	default:
		out.Enforcer = posture.ByNobody
		w.Unknown(l.Owner, "value", l.Field+".protocol", fmt.Sprintf("Gateway API does not define protocol %q", protocol))
	}
	return out
}

// attachment is who may attach routes to the listener, and listeners to its Gateway.
func (w *World) attachment(l *Listener) posture.Setting[posture.Attachment] {
	value := posture.Attachment{Namespaces: []string{}, Kinds: []string{}, Listeners: foreignListeners(l.Gateway)}
	out := posture.Setting[posture.Attachment]{Enforcer: posture.ByGateway, By: Nearest(l.Owner, l.Field+".allowedRoutes.namespaces.from")}
	from, selector := allowedNamespaces(l)
	switch from {
	case gatewayv1.NamespacesFromAll:
		value.Everybody = true
		out.Why = "routes of all namespaces may attach"
	case gatewayv1.NamespacesFromSelector:
		out.By = Nearest(l.Owner, l.Field+".allowedRoutes.namespaces.selector")
		value.Everybody = NearlyAll(selector)
		value.Selector = SelectorText(selector)
		value.Namespaces = w.selected(selector)
		out.Why = fmt.Sprintf("routes of namespaces that match %q may attach", value.Selector)
	case gatewayv1.NamespacesFromSame:
		value.Namespaces = append(value.Namespaces, l.Owner.Namespace)
		out.Why = "only routes of its own namespace may attach"
	case gatewayv1.NamespacesFromNone:
		out.Why = "no route may attach"
	default:
		value.Everybody = true
		out.Why = fmt.Sprintf("%q is none of All, Selector, Same", from)
		w.Unknown(l.Owner, "value", l.Field+".allowedRoutes.namespaces.from", out.Why)
	}
	if l.Spec.AllowedRoutes != nil {
		for _, k := range l.Spec.AllowedRoutes.Kinds {
			value.Kinds = append(value.Kinds, string(deref(k.Group, Group))+"/"+string(k.Kind))
		}
	}
	slices.Sort(value.Kinds)
	if value.Listeners && !value.Everybody {
		out.By = Nearest(l.Gateway.Object, "spec.allowedListeners.namespaces")
		out.Why += ", and ListenerSets of other namespaces may add listeners"
	}
	out.Value = value
	return out
}

// allowedNamespaces is from and selector of allowedRoutes; by default the listener's own namespace.
func allowedNamespaces(l *Listener) (gatewayv1.FromNamespaces, *metav1.LabelSelector) {
	if l.Spec.AllowedRoutes == nil || l.Spec.AllowedRoutes.Namespaces == nil {
		return gatewayv1.NamespacesFromSame, nil
	}
	n := l.Spec.AllowedRoutes.Namespaces
	return deref(n.From, gatewayv1.NamespacesFromSame), n.Selector
}

// selected are the known namespaces that a selector matches: those in Git, and those that it lists by name.
func (w *World) selected(selector *metav1.LabelSelector) []string {
	names, _ := Namespaces(selector)
	for _, o := range w.Objects.Kind("", "Namespace") {
		names = append(names, o.Name)
	}
	out := []string{}
	for _, name := range names {
		if w.namespaceMatches(selector, name) != Never {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// foreignListeners reports whether ListenerSets of other namespaces may add listeners to the Gateway.
func foreignListeners(g *Gateway) bool {
	allowed := allowedListeners(g)
	if allowed == nil {
		return false
	}
	switch deref(allowed.From, gatewayv1.NamespacesFromNone) {
	case gatewayv1.NamespacesFromNone, gatewayv1.NamespacesFromSame:
		return false
	case gatewayv1.NamespacesFromSelector:
		names, listed := Namespaces(allowed.Selector)
		return allowed.Selector != nil && (!listed || slices.ContainsFunc(names, func(n string) bool { return n != g.Object.Namespace }))
	default:
		return true
	}
}
