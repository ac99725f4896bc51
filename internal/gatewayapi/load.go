package gatewayapi

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Load finds the Gateways of the controller's classes and their effective listeners: their own, and those of the ListenerSets
// that they admit.
func Load(cluster controller.Cluster, profile controller.Profile, objects *object.Set) *World {
	return LoadFunc(cluster, profile, objects, func(class string) bool { return Owns(cluster, profile, objects, class) })
}

// LoadFunc is Load with another opinion on which classes count.
func LoadFunc(cluster controller.Cluster, profile controller.Profile, objects *object.Set, owns func(class string) bool) *World {
	w := &World{Cluster: cluster, Profile: profile, Objects: objects}
	for _, o := range objects.Kind(Group, "Gateway") {
		if !owns(o.Text("spec.gatewayClassName")) {
			continue
		}
		var decoded gatewayv1.Gateway
		if !w.CheckFields(o, &decoded) {
			continue
		}
		g := &Gateway{Object: o, Spec: decoded.Spec}
		for i, l := range decoded.Spec.Listeners {
			w.listen(g, o, i, l)
		}
		if decoded.Spec.DefaultScope != "" && decoded.Spec.DefaultScope != gatewayv1.GatewayDefaultScopeNone {
			w.Unknown(o, "field", "spec.defaultScope", "routes can attach to a default Gateway without naming it, which is experimental and not modelled")
		}
		w.Gateways = append(w.Gateways, g)
	}
	w.listenerSets()
	for _, g := range w.Gateways {
		w.conflicts(g)
	}
	return w
}

// Owns reports whether Gateways of a class belong to the controller. A GatewayClass object decides; without one the fleet does,
// where it names the class; without that the well-known names of the profile.
func Owns(cluster controller.Cluster, profile controller.Profile, objects *object.Set, class string) bool {
	declared := false
	for _, o := range objects.Kind(Group, "GatewayClass") {
		if o.Name != class {
			continue
		}
		declared = true
		if slices.Contains(profile.ControllerNames, o.Text("spec.controllerName")) {
			return true
		}
	}
	switch {
	case declared:
		return false
	case cluster.Controller.Name != "" && class != "" && (cluster.Controller.GatewayClassName == class || slices.Contains(cluster.Controller.GatewayClassNames, class)):
		return cluster.Controller.Name == profile.Name
	default:
		return slices.Contains(profile.Classes, class)
	}
}

func (w *World) listen(g *Gateway, owner *object.Object, index int, spec gatewayv1.Listener) {
	subject := SubjectOf(owner)
	subject.Listener = string(spec.Name)
	g.Listeners = append(g.Listeners, &Listener{
		Gateway: g, Owner: owner, Field: object.Item("spec.listeners", index), Spec: spec, Subject: subject,
	})
}

// listenerSets adds the listeners of ListenerSets. The kind is served from Gateway API 1.5 on (CHANGELOG/1.5-CHANGELOG.md).
func (w *World) listenerSets() {
	for _, o := range w.Objects.Kind(Group, "ListenerSet") {
		g := w.gateway(o)
		if g == nil {
			continue
		}
		if w.olderThan("1.5") {
			w.Unknown(o, "newer-field", "", "ListenerSet is served from Gateway API 1.5 on, and the cluster has "+w.Cluster.GatewayAPI.Version)
			continue
		}
		var decoded gatewayv1.ListenerSet
		if !w.CheckFields(o, &decoded) || !w.admits(g, o) {
			continue
		}
		for i, entry := range decoded.Spec.Listeners {
			w.listen(g, o, i, gatewayv1.Listener(entry))
		}
	}
	// The experimental predecessor is another kind; some controllers still read it.
	for _, o := range w.Objects.Kind("gateway.networking.x-k8s.io", "XListenerSet") {
		if w.gateway(o) != nil {
			w.Unknown(o, "kind", "", "XListenerSet may add listeners to its Gateway and is not modelled; use ListenerSet")
		}
	}
}

// gateway is the Gateway that a ListenerSet names, when it is the controller's.
func (w *World) gateway(set *object.Object) *Gateway {
	if group, ok := set.Get("spec.parentRef.group").(string); ok && group != Group {
		return nil
	}
	if kind, ok := set.Get("spec.parentRef.kind").(string); ok && kind != "Gateway" {
		return nil
	}
	namespace := cmp.Or(set.Text("spec.parentRef.namespace"), set.Namespace)
	for _, g := range w.Gateways {
		if g.Object.Namespace == namespace && g.Object.Name == set.Text("spec.parentRef.name") {
			return g
		}
	}
	return nil
}

// admits reports whether a Gateway takes the listeners of a ListenerSet; by default it takes none.
func (w *World) admits(g *Gateway, set *object.Object) bool {
	const field = "spec.allowedListeners.namespaces"
	from, selector := gatewayv1.NamespacesFromNone, allowedListeners(g)
	if selector != nil && selector.From != nil {
		from = *selector.From
	}
	var match Match
	switch from {
	case gatewayv1.NamespacesFromNone:
		match = Never
	case gatewayv1.NamespacesFromSelector:
		match = w.namespaceMatches(selector.Selector, set.Namespace)
	case gatewayv1.NamespacesFromSame:
		match = sure(set.Namespace == g.Object.Namespace)
	case gatewayv1.NamespacesFromAll:
		match = Always
	default:
		w.Unknown(g.Object, "value", field+".from", fmt.Sprintf("%q is none of All, Selector, Same, None", from))
		match = Always
	}
	if match == Possibly {
		w.Assume(g.Object, field+".selector", fmt.Sprintf(
			"namespace %s is not in Git and is taken to match the selector, so that the listeners of ListenerSet %s/%s count", set.Namespace, set.Namespace, set.Name))
	}
	return match != Never
}

func allowedListeners(g *Gateway) *gatewayv1.ListenerNamespaces {
	if g.Spec.AllowedListeners == nil {
		return nil
	}
	return g.Spec.AllowedListeners.Namespaces
}

// conflicts reports listeners that cannot be told apart: the specification says that none of them is served, implementations
// differ (apis/v1/gateway_types.go, "Handling indistinct Listeners").
func (w *World) conflicts(g *Gateway) {
	for i, b := range g.Listeners {
		for _, a := range g.Listeners[:i] {
			sameOwner := a.Owner == b.Owner
			switch {
			case sameOwner && a.Spec.Name == b.Spec.Name:
				w.Unknown(b.Owner, "value", b.Field+".name", fmt.Sprintf("two listeners are named %s", b.Spec.Name))
			case a.Spec.Port == b.Spec.Port && indistinct(a.Spec, b.Spec):
				w.Unknown(b.Owner, "value", b.Field, fmt.Sprintf("listeners %s and %s have the same port, protocol and hostname, and which of them is served cannot be known", a.Spec.Name, b.Spec.Name))
			}
		}
	}
}

func indistinct(a, b gatewayv1.Listener) bool {
	layer := map[gatewayv1.ProtocolType]string{
		gatewayv1.HTTPProtocolType: "http", gatewayv1.HTTPSProtocolType: "tls", gatewayv1.TLSProtocolType: "tls",
		gatewayv1.TCPProtocolType: "tcp", gatewayv1.UDPProtocolType: "udp",
	}
	left, right := layer[a.Protocol], layer[b.Protocol]
	switch {
	case left == "udp" || right == "udp":
		return left == right
	case left == "tcp" || right == "tcp":
		return true
	default:
		return left == right && deref(a.Hostname, "") == deref(b.Hostname, "")
	}
}

// olderThan reports whether the cluster's Gateway API is known to be older than a version.
func (w *World) olderThan(version string) bool {
	have := w.Cluster.GatewayAPI.Version
	return have != "" && controller.CompareVersions(have, version) < 0
}

func (w *World) once(key any) bool {
	if w.seen[key] {
		return false
	}
	if w.seen == nil {
		w.seen = map[any]bool{}
	}
	w.seen[key] = true
	return true
}

// Unknown records something that was not understood and could make an entry or exit less strict. Rule is the last part of the
// id of the rule that reports it.
func (w *World) Unknown(o *object.Object, rule, field, why string) {
	unknown := posture.Unknown{Rule: rule, Subject: SubjectOf(o), By: RefOf(o, field), Why: why}
	if w.once(unknown) {
		w.Posture.Unknowns = append(w.Posture.Unknowns, unknown)
	}
}

// Assume records something outside Git that the posture rests on.
func (w *World) Assume(o *object.Object, field, text string) {
	assumption := posture.Assumption{By: RefOf(o, field), Text: text}
	if w.once(assumption) {
		w.Posture.Assumptions = append(w.Posture.Assumptions, assumption)
	}
}

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
