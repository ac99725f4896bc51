package kubernetes

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// Guarded is where the things are that protect exposed gateways, by namespace, and which API groups configure gateways.
type Guarded struct {
	Groups                                map[string]bool // of Gateway API and the controllers
	Gateways, Routes, Services, Consumers map[string]bool
	// Held are the names of what there is, by kind and namespace: a power over other names only is none. The kinds are Gateway, Route, Secret
	// (with a certificate) and ConfigMap (with roots).
	Held map[string]map[string][]string
}

// NewGuarded is one with nothing in it.
func NewGuarded() Guarded {
	return Guarded{
		Groups: map[string]bool{}, Gateways: map[string]bool{}, Routes: map[string]bool{}, Services: map[string]bool{}, Consumers: map[string]bool{},
		Held: map[string]map[string][]string{"Gateway": {}, "Route": {}, "Secret": {}, "ConfigMap": {}},
	}
}

// Empty reports whether nothing is exposed.
func (g Guarded) Empty() bool { return len(g.Gateways)+len(g.Consumers) == 0 }

// Hold notes the name of something that is there; what is of another kind does not count.
func (g Guarded) Hold(kind, namespace, name string) {
	if names := g.Held[kind]; names != nil {
		names[namespace] = append(names[namespace], name)
	}
}

// place is what a namespace is to the exposed gateways; "" when it is nothing to them. A namespace that is several things is the first of them.
func (g Guarded) place(namespace string) string {
	switch {
	case g.Gateways[namespace]:
		return posture.PlaceGateway
	case g.Consumers[namespace]:
		return posture.PlaceConsumer
	case g.Services[namespace]:
		return posture.PlaceService
	case g.Routes[namespace]:
		return posture.PlaceGateway
	case len(g.Held["Secret"][namespace]) > 0:
		return posture.PlaceKeys
	}
	return ""
}

// namespaces are all that matter, sorted.
func (g Guarded) namespaces() []string {
	var out []string
	for _, set := range []map[string]bool{g.Gateways, g.Routes, g.Services, g.Consumers} {
		for namespace := range set {
			out = append(out, namespace)
		}
	}
	for namespace := range g.Held["Secret"] {
		out = append(out, namespace)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// within reports whether something that a power is over protects an exposed gateway when it is in a namespace, whatever its name, or when it
// has one of the names.
func (g Guarded) within(over, namespace string, names []string) bool {
	ends := g.Gateways[namespace] || g.Consumers[namespace]
	switch over {
	case posture.OverGateways:
		return g.named("Gateway", namespace, names, ends)
	case posture.OverRoutes:
		return g.named("Route", namespace, names, ends || g.Routes[namespace])
	case posture.OverBundles:
		return g.named("ConfigMap", namespace, names, ends || len(g.Held["ConfigMap"][namespace]) > 0)
	case posture.OverSecrets, posture.OverKeys:
		return g.named("Secret", namespace, names, ends || len(g.Held["Secret"][namespace]) > 0)
	case posture.OverGrants:
		return g.Services[namespace] || len(g.Held["Secret"][namespace]) > 0
	case posture.OverPolicies, posture.OverNetwork:
		return ends || g.Services[namespace]
	case posture.OverCertificates, posture.OverAccess:
		return ends || len(g.Held["Secret"][namespace]) > 0
	case posture.OverUnknown:
		return g.place(namespace) != ""
	}
	return false
}

// named: without names all of the namespace's are meant, and otherwise one of them must be there.
func (g Guarded) named(kind, namespace string, names []string, all bool) bool {
	if len(names) == 0 {
		return all
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.Contains(g.Held[kind][namespace], name) || all && strings.Contains(name, "${")
	})
}
