package trust

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/fleet"
)

// setting is one thing that a cluster is judged by.
type setting struct {
	rule  string
	field string
	what  string
	get   func(fleet.Cluster) any
	put   func(to *fleet.Cluster, from fleet.Cluster)
	// harmless: the change can only make the check stricter.
	harmless func(was, now fleet.Cluster) bool
}

// settings are all but what exposures need (gateways but for their classes, certificates, source addresses): that is read from the head, and
// shows in the posture. The versions of the controller and the CRDs are apart, because upgrades are ordinary.
var settings = []setting{
	{rule: "gate/cluster-changed", field: "cloud", what: "another cloud", get: func(c fleet.Cluster) any { return c.Cloud }, put: func(to *fleet.Cluster, from fleet.Cluster) { to.Cloud = from.Cloud }},
	{rule: "gate/cluster-changed", field: "controller", what: "another controller", get: func(c fleet.Cluster) any { return unversioned(c) }, put: func(to *fleet.Cluster, from fleet.Cluster) {
		own := to.Controller.EgressPort
		to.Controller = from.Controller
		to.Controller.EgressPort = own
	}},
	{rule: "gate/cluster-changed", field: "path", what: "another path", get: func(c fleet.Cluster) any { return c.Path }, put: func(to *fleet.Cluster, from fleet.Cluster) { to.Path = from.Path }},
	{rule: "gate/cluster-changed", field: "gitops", what: "another GitOps engine or destination", get: func(c fleet.Cluster) any { return c.GitOps }, put: func(to *fleet.Cluster, from fleet.Cluster) { to.GitOps = from.GitOps }},
	{
		rule: "gate/cluster-changed", field: "networkPolicyEngine", what: "another engine for NetworkPolicies", get: func(c fleet.Cluster) any { return c.NetworkPolicyEngine },
		put: func(to *fleet.Cluster, from fleet.Cluster) { to.NetworkPolicyEngine = from.NetworkPolicyEngine },
	},
	{
		rule: "gate/cluster-changed", field: "provided", what: "objects that are not in Git", get: func(c fleet.Cluster) any { return c.Provided },
		put:      func(to *fleet.Cluster, from fleet.Cluster) { to.Provided = from.Provided },
		harmless: func(was, now fleet.Cluster) bool { return within(now.Provided, was.Provided) },
	},
	{
		rule: "gate/public-gateway-added", field: "publicGateways", what: "another gateway for browsers", get: func(c fleet.Cluster) any { return c.PublicGateways },
		put:      func(to *fleet.Cluster, from fleet.Cluster) { to.PublicGateways = from.PublicGateways },
		harmless: func(was, now fleet.Cluster) bool { return within(now.PublicGateways, was.PublicGateways) },
	},
	{
		// Which controller serves a class is read from this where Git has no such GatewayClass.
		rule: "gate/cluster-changed", field: "gateways", what: "GatewayClasses", get: func(c fleet.Cluster) any { return classes(c) },
		put: func(to *fleet.Cluster, from fleet.Cluster) {
			known := append(classes(from), from.Controller.GatewayClassName)
			to.Gateways = maps.Clone(to.Gateways)
			for name, g := range to.Gateways {
				if !slices.Contains(known, g.ClassName) {
					g.ClassName = ""
					to.Gateways[name] = g
				}
			}
		},
		harmless: func(was, now fleet.Cluster) bool {
			return within(classes(now), append(classes(was), was.Controller.GatewayClassName))
		},
	},
	{
		rule: "gate/exclude-added", field: "exclude", what: "another path that is left out", get: func(c fleet.Cluster) any { return c.Exclude },
		put:      func(to *fleet.Cluster, from fleet.Cluster) { to.Exclude = from.Exclude },
		harmless: func(was, now fleet.Cluster) bool { return within(now.Exclude, was.Exclude) },
	},
	{
		rule: "gate/roles-changed", field: "roles", what: "other people in its roles", get: func(c fleet.Cluster) any { return c.Roles },
		put: func(to *fleet.Cluster, from fleet.Cluster) { to.Roles = from.Roles },
		harmless: func(was, now fleet.Cluster) bool {
			return within(now.Roles.InfrastructureProviders, was.Roles.InfrastructureProviders) && within(now.Roles.ClusterOperators, was.Roles.ClusterOperators)
		},
	},
}

// classes are the GatewayClasses of a cluster's single gateways.
func classes(c fleet.Cluster) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c.Gateways)) {
		if class := c.Gateways[name].ClassName; class != "" {
			out = append(out, class)
		}
	}
	return out
}

// unversioned is the controller without its version, and without a port that only what is generated has.
func unversioned(c fleet.Cluster) fleet.Controller {
	c.Controller.Version, c.Controller.EgressPort = "", 0
	return c.Controller
}

// versions are what an upgrade changes.
func versions(c fleet.Cluster) [2]string {
	return [2]string{c.Controller.Version, c.GatewayAPI.Version + " " + c.GatewayAPI.Channel}
}

// within reports whether every item of a list is in another one.
func within[T comparable](items, of []T) bool {
	return !slices.ContainsFunc(items, func(item T) bool { return !slices.Contains(of, item) })
}

// clusters takes the clusters of the tip.
func (j *judging) clusters() {
	for _, name := range slices.Sorted(maps.Keys(j.Head.Clusters)) {
		tip, known := j.Tip.Clusters[name]
		merge, before := j.Merge.Clusters[name]
		switch {
		case known:
			j.cluster(name, merge, before, tip)
		case !before:
			j.report(about("gate/cluster-added", name, "Cluster", name, "", j.Head.Position("clusters", name), j.Head.Clusters[name],
				"cluster %s is new: it is judged by what the change says of it", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(j.Tip.Clusters)) {
		if _, stays := j.Head.Clusters[name]; stays {
			continue
		}
		tip := j.Tip.Clusters[name]
		there := j.Exists(tip.Path)
		if _, was := j.Merge.Clusters[name]; was {
			message := "cluster %s is no longer in the fleet, and its overlays are still there: they are judged as the base has it"
			if !there {
				message = "cluster %s is no longer in the fleet, and its overlays are gone"
			}
			if j.report(about("gate/cluster-removed", name, "Cluster", name, "", j.Tip.Position("clusters", name), "removed", message, name)) {
				continue
			}
		}
		if there {
			j.head.Clusters[name] = tip
		}
	}
}

// cluster takes what the tip says of one cluster.
func (j *judging) cluster(name string, merge fleet.Cluster, before bool, tip fleet.Cluster) {
	head := j.Head.Clusters[name]
	trusted := head
	for _, s := range settings {
		now, was := s.get(head), s.get(tip)
		switch {
		case same(now, was):
		case before && same(now, s.get(merge)): // the base moved on
			s.put(&trusted, tip)
		case s.harmless != nil && s.harmless(tip, head):
		case !j.report(about(s.rule, name, "Cluster", name, s.field, j.Head.Position("clusters", name, s.field), now,
			"the change gives cluster %s %s than the base has; the base's counts", name, other(s.what))):
			s.put(&trusted, tip)
		}
	}
	trusted.Controller.Version, trusted.GatewayAPI = tip.Controller.Version, tip.GatewayAPI
	if same(unversioned(trusted), unversioned(head)) && versions(head) != versions(tip) && !(before && versions(head) == versions(merge)) {
		at := j.Head.Position("clusters", name, "controller")
		if !j.report(about("gate/version-changed", name, "Cluster", name, "controller.version", at, versions(head),
			"cluster %s goes from %s to %s; it is judged under both", name, spoken(tip), spoken(head))) {
			upgraded := trusted
			upgraded.Controller.Version, upgraded.GatewayAPI = head.Controller.Version, head.GatewayAPI
			j.proposed[name] = upgraded
		} else {
			trusted.Controller.Version, trusted.GatewayAPI = head.Controller.Version, head.GatewayAPI
		}
	}
	j.head.Clusters[name] = trusted
}

// other turns "another controller" and "objects that are not in Git" into something to be compared with "than".
func other(what string) string {
	if strings.HasPrefix(what, "another ") || strings.HasPrefix(what, "other ") {
		return what
	}
	return "other " + what
}

// spoken is a cluster's controller and Gateway API as people say it.
func spoken(c fleet.Cluster) string {
	out := strings.TrimSpace(c.Controller.Name + " " + c.Controller.Version)
	if c.GatewayAPI.Version != "" {
		out += " with Gateway API " + c.GatewayAPI.Version
	}
	return out
}

func split(field string) []string { return strings.Split(field, ".") }
