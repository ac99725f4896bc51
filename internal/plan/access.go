package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// named is what RBAC needs to know of an object that a controller's writer made.
type named struct{ group, kind, namespace, name string }

func names(objects []any) []named {
	var out []named
	for _, o := range objects {
		data, err := normal(o)
		if err != nil {
			continue // the overlay that holds it is refused
		}
		version, _ := data["apiVersion"].(string)
		group, _, grouped := strings.Cut(version, "/")
		if !grouped {
			group = ""
		}
		meta, _ := data["metadata"].(map[string]any)
		m := named{group: group}
		m.kind, _ = data["kind"].(string)
		m.namespace, _ = meta["namespace"].(string)
		m.name, _ = meta["name"].(string)
		out = append(out, m)
	}
	return out
}

// developers lets application developers change, of the objects of one overlay, the routes and the grants: what they say of their own
// Service, in the namespaces where it is said, by name.
func developers(name string, objects []any, who []fleet.RBACSubject) []any {
	if len(who) == 0 {
		return nil
	}
	theirs := map[string][]kubernetes.Owned{}
	for _, m := range names(objects) {
		if m.group == gatewayapi.Group && (strings.HasSuffix(m.kind, "Route") || m.kind == "ReferenceGrant") {
			theirs[m.namespace] = own(theirs[m.namespace], m)
		}
	}
	var out []any
	for _, namespace := range slices.Sorted(maps.Keys(theirs)) {
		out = append(out, kubernetes.NamespaceAccess(name+"-developers", namespace, theirs[namespace], subjects(who))...)
	}
	return out
}

// own adds a named object to a list with one item for each kind.
func own(list []kubernetes.Owned, m named) []kubernetes.Owned {
	for i := range list {
		if list[i].Group == m.group && list[i].Kind == m.kind {
			list[i].Names = append(list[i].Names, m.name)
			return list
		}
	}
	return append(list, kubernetes.Owned{Group: m.group, Kind: m.kind, Names: []string{m.name}})
}

// Of every controller: what cluster operators and infrastructure providers change beside the controller's own kinds.
var (
	operators = []kubernetes.Owned{{Group: gatewayapi.Group, Kind: "Gateway"}, {Group: gatewayapi.Group, Kind: "BackendTLSPolicy"}}
	providers = []kubernetes.Owned{{Group: gatewayapi.Group, Kind: "GatewayClass"}}
)

// access writes what infrastructure providers and cluster operators need. Gateways is what is made for gateways and egress gateways.
func (w *writer) access(c *Cluster, gateways []any) {
	roles := c.Facts.Roles
	// Fleets of one repository may share a cluster's folder and the cluster, so their names are in those of the overlays and objects.
	at := func(field string) []string { return path("clusters", c.Facts.Name, "roles", field) }
	if len(roles.InfrastructureProviders) > 0 {
		name := w.plan.Fleet + "-infrastructure-providers"
		objects := kubernetes.ClusterAccess("gatespan-"+name, providers, roles.InfrastructureProviders)
		if parameters := kindsOf(profile(c), profile(c).Parameters); len(parameters) > 0 {
			for _, namespace := range parameterNamespaces(c) {
				objects = append(objects, kubernetes.NamespaceAccess("gatespan-"+name, namespace, parameters, roles.InfrastructureProviders)...)
			}
		}
		w.overlay(c, part{kind: "access", name: name, at: at("infrastructureProviders"), made: objects}, nil)
	}
	if len(roles.ClusterOperators) > 0 {
		name := w.plan.Fleet + "-cluster-operators"
		var objects []any
		theirs := operated(c, gateways)
		for _, namespace := range slices.Sorted(maps.Keys(theirs)) {
			objects = append(objects, kubernetes.NamespaceAccess("gatespan-"+name, namespace, theirs[namespace], roles.ClusterOperators)...)
		}
		w.overlay(c, part{kind: "access", name: name, at: at("clusterOperators"), made: objects}, nil)
	}
}

// profile is that of the cluster's controller; one that is not modelled has no kinds that anybody needs.
func profile(c *Cluster) controller.Profile {
	if c.Controller == nil {
		return controller.Profile{}
	}
	return c.Controller.Profile()
}

// parameterNamespaces are where a controller's parameters are: where it and its proxies run, and beside the Gateways.
func parameterNamespaces(c *Cluster) []string {
	var out []string
	if c.Facts.Controller.DataPlaneNamespace != "" {
		out = append(out, c.Facts.Controller.DataPlaneNamespace)
	}
	for _, g := range c.Gateways {
		out = append(out, g.Namespace)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// operated is what cluster operators may change, by namespace: gateways and policies where the fleet has gateways, and the bundles of roots
// that are written beside them, by name. Nobody needs Secrets for it.
func operated(c *Cluster, objects []any) map[string][]kubernetes.Owned {
	out := map[string][]kubernetes.Owned{}
	policies := append(slices.Clone(operators), kindsOf(profile(c), profile(c).Policies)...)
	all := names(objects)
	for _, m := range all {
		if m.group == gatewayapi.Group && m.kind == "Gateway" && out[m.namespace] == nil {
			out[m.namespace] = slices.Clone(policies)
		}
	}
	for _, m := range all {
		if m.group == "" && m.kind == "ConfigMap" && out[m.namespace] != nil {
			out[m.namespace] = own(out[m.namespace], m)
		}
	}
	return out
}

// kindsOf finds the groups of some of a profile's kinds.
func kindsOf(p controller.Profile, kinds []string) []kubernetes.Owned {
	var out []kubernetes.Owned
	for group, known := range p.Kinds {
		for _, kind := range known {
			if slices.Contains(kinds, kind) {
				out = append(out, kubernetes.Owned{Group: group, Kind: kind, Plural: p.Plurals[kind]})
			}
		}
	}
	slices.SortFunc(out, func(a, b kubernetes.Owned) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}
