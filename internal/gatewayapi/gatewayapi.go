// Package gatewayapi reads what Gateway API objects say by themselves, before any controller's own kinds: which listeners a
// Gateway has (its own and those of admitted ListenerSets), who may attach, which routes do attach, what they refer to, and
// which of those references are granted. Controllers build on it; where a controller differs from the specification, the
// controller's package says so, with its source.
package gatewayapi

import (
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Group is the API group of Gateway API.
const Group = gatewayv1.GroupName

// World is one cluster's objects as one controller sees them: its Gateways with their effective listeners. What it finds on
// the way (references, unknowns, assumptions) gathers in Posture; a controller's reader adds entries and exits to it and
// returns it.
type World struct {
	Cluster  controller.Cluster
	Profile  controller.Profile
	Objects  *object.Set
	Gateways []*Gateway // sorted by namespace and name
	Posture  posture.Posture
	// Demands is what an object that a route's filter refers to asks of requests; nil where the controller has nothing of the kind.
	Demands func(route *object.Object, ref gatewayv1.LocalObjectReference) []posture.Demand

	seen     map[any]bool // what Posture already says, so that nothing is said twice
	routes   []*route     // every route of the cluster, decoded once; nil before the first use
	policies []*BackendTLSPolicy
	loaded   struct{ routes, policies bool }
	makers   map[object.ID]*object.Object
	grants   []posture.Grant
}

// Gateway is a Gateway of the controller's class.
type Gateway struct {
	Object    *object.Object
	Spec      gatewayv1.GatewaySpec
	Listeners []*Listener // its own in order, then those of ListenerSets by namespace and name
}

// Listener is one effective listener.
type Listener struct {
	Gateway *Gateway
	Owner   *object.Object     // the Gateway or the ListenerSet that declares it
	Field   string             // "spec.listeners[2]" in Owner
	Spec    gatewayv1.Listener // a ListenerSet's entry in the same shape
	Subject posture.Subject
}

// Ref names the listener in its owner, with a field below it: Ref(".tls.options").
func (l *Listener) Ref(below string) posture.Ref { return RefOf(l.Owner, l.Field+below) }

// RefOf names an object and one of its fields.
func RefOf(o *object.Object, field string) posture.Ref {
	return posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Field: field}
}

// Nearest names an object and the nearest parent of a field that is there: what a person sees where a field is left out.
func Nearest(o *object.Object, field string) posture.Ref {
	for field != "" && o.Get(field) == nil {
		cut := len(field) - 1
		for cut > 0 && field[cut] != '.' && field[cut] != '[' {
			cut--
		}
		field = field[:cut]
	}
	return RefOf(o, field)
}

// SubjectOf is an object as a subject of findings.
func SubjectOf(o *object.Object) posture.Subject {
	return posture.Subject{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
}

// GroupOf is the API group of a reference: posture.Ref holds "group/version", or the bare group of an object that is not in Git.
func GroupOf(apiVersion string) string {
	if group, _, found := strings.Cut(apiVersion, "/"); found {
		return group
	}
	if strings.Contains(apiVersion, ".") {
		return apiVersion
	}
	return ""
}
