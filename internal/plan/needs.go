package plan

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// oldestGatewayAPI has every kind that is written in the version it is written in: BackendTLSPolicy is v1 since then.
// Source: gateway-api CHANGELOG/1.4-CHANGELOG.md, "Move BackendTLSPolicy to standard" (#4074).
const oldestGatewayAPI = "1.4"

// fact is a field of a cluster that objects cannot be written without.
type fact struct {
	field string
	value func(controller.Cluster) string
	why   string
}

// always is what every controller's objects depend on.
var always = []fact{
	{"controller.version", func(c controller.Cluster) string { return c.Controller.Version }, "what the controller can enforce depends on its version"},
	{"gatewayAPI.version", func(c controller.Cluster) string { return c.GatewayAPI.Version }, "the kinds to write depend on the version of the Gateway API"},
}

// also is what one controller's objects need beside that.
var also = map[string][]fact{
	"envoy-gateway": {
		// Its installation makes no GatewayClass; whoever installs it chooses the name.
		{"controller.gatewayClassName", func(c controller.Cluster) string { return c.Controller.GatewayClassName }, "Envoy Gateway has no GatewayClass of its own"},
		// internal/infrastructure/kubernetes: proxies run in the controller's namespace unless it is in GatewayNamespace mode.
		{"controller.dataPlaneNamespace", func(c controller.Cluster) string { return c.Controller.DataPlaneNamespace }, "its proxies do not run in the Gateway's namespace, and NetworkPolicies must name theirs"},
	},
	"haproxy": {
		{"controller.dataPlaneNamespace", func(c controller.Cluster) string { return c.Controller.DataPlaneNamespace }, "its proxies run where it is installed, and NetworkPolicies must name their namespace"},
		{"controller.dataPlanePods", func(c controller.Cluster) string { return posture.Text(c.Controller.DataPlanePods) }, "its proxies run where it is installed, and NetworkPolicies must name their labels"},
		// k8s/gate/object-types/object_types.go of haproxytech/haproxy-unified-gateway: it reads v1alpha2.TLSRoute.
		{`gatewayAPI.channel: "experimental"`, func(c controller.Cluster) string { return only(c.GatewayAPI.Channel, "experimental") }, "it reads TLSRoutes in version v1alpha2, which the standard channel does not serve"},
	},
	"traefik": {
		{"controller.dataPlaneNamespace", func(c controller.Cluster) string { return c.Controller.DataPlaneNamespace }, "its proxies run where it is installed, and NetworkPolicies must name their namespace"},
		{"controller.dataPlanePods", func(c controller.Cluster) string { return posture.Text(c.Controller.DataPlanePods) }, "its proxies run where it is installed, and NetworkPolicies must name their labels"},
		// pkg/provider/kubernetes/gateway/client.go of traefik/traefik: its informers are of gatev1.TLSRoute.
		{`gatewayAPI.version: "1.5"`, func(c controller.Cluster) string {
			if !c.ServesGatewayAPI("1.5") {
				return ""
			}
			return c.GatewayAPI.Version
		}, "it reads TLSRoutes in version v1, which is served from Gateway API 1.5 on"},
	},
	"vpc-lattice": {
		// docs/guides/tls-passthrough.md of aws/aws-application-networking-k8s at v2.1.3.
		{`gatewayAPI.version: "1.5"`, func(c controller.Cluster) string {
			if !c.ServesGatewayAPI("1.5") {
				return ""
			}
			return c.GatewayAPI.Version
		}, "it reads TLSRoutes in version v1, which is served from Gateway API 1.5 on"},
	},
}

// only is a value where it is the one that is needed.
func only(value, needed string) string {
	if value != needed {
		return ""
	}
	return value
}

// serves refuses a cluster that no gateway can be written for. It is false when there is no profile to ask further; a missing
// fact is refused, and the rest is planned all the same, so that everything wrong is said in one run.
func (m *maker) serves(c *Cluster, exposure string, at []string) bool {
	if !m.modelled(c, "exposure "+exposure, at) {
		return false
	}
	m.facts(c, "exposure "+exposure)
	return true
}

// calls is the same for a consumer's cluster. Pods that call for themselves need no gateway.
func (m *maker) calls(c *Cluster, exposure, id string, at []string) bool {
	who := "exposure " + exposure + ", consumer " + id
	if !m.modelled(c, who, at) {
		return false
	}
	if via(m.fleet.Exposures[exposure].Consumers[id]) == "gateway" {
		m.facts(c, who)
	}
	return true
}

func (m *maker) modelled(c *Cluster, who string, at []string) bool {
	if c.Controller != nil {
		m.home(c, who)
		return true
	}
	m.at(at, "`gatespan controllers` lists those that it does",
		"%s: gatespan does not generate for %s, the controller of cluster %s", who, c.Facts.Controller.Name, c.Facts.Name)
	return false
}

// home refuses a controller in a cloud that it does not run in, whatever is asked of it: the fleet is wrong about the cluster.
func (m *maker) home(c *Cluster, who string) {
	f := c.Facts.Controller
	home, misplaced := c.Controller.Profile().Misplaced(c.Facts.Cloud, f.Distribution, f.GatewayClassName)
	if !misplaced {
		return
	}
	field := "name"
	if len(home.Distributions) > 0 {
		field = "distribution"
	}
	if m.nowhere == nil {
		m.nowhere = map[int]bool{}
	}
	m.nowhere[len(m.all)] = true
	m.at(path("clusters", c.Facts.Name, "controller", field), home.Instead, "%s: cluster %s is one of %s, and %s runs on %s only: %s (%s)",
		who, c.Facts.Name, strings.ToUpper(c.Facts.Cloud), called(c), strings.ToUpper(home.Cloud), home.Why, home.Source)
}

// facts refuses a cluster that lacks something that every write needs, or is older than anything the profile was checked with.
func (m *maker) facts(c *Cluster, who string) {
	name := c.Facts.Name
	for _, f := range slices.Concat(always, also[c.Facts.Controller.Name]) {
		if f.value(c.Facts) == "" {
			m.at(path("clusters", name), "add clusters."+name+"."+f.field, "%s needs %s of cluster %s: %s", who, f.field, name, f.why)
		}
	}
	if v := c.Facts.GatewayAPI.Version; v != "" && controller.CompareVersions(v, oldestGatewayAPI) < 0 {
		m.at(path("clusters", name, "gatewayAPI", "version"), "upgrade the Gateway API's CRDs to "+oldestGatewayAPI+" or newer",
			"%s: cluster %s has Gateway API %s, which has no BackendTLSPolicy in version v1", who, name, v)
	}
	m.version(c, who)
}

// version refuses a distribution that the profile does not know, and a version older than any that it was checked with. A
// newer one is written for: check says what it does not know of it.
func (m *maker) version(c *Cluster, who string) {
	profile, f := c.Controller.Profile(), c.Facts.Controller
	if len(profile.Versions) == 0 || f.Version == "" {
		return
	}
	known := []string{}
	for _, r := range profile.Versions {
		if !slices.Contains(known, r.Distribution) {
			known = append(known, r.Distribution)
		}
	}
	switch oldest := profile.Oldest(f.Distribution); {
	case oldest == "":
		m.at(path("clusters", c.Facts.Name, "controller", "distribution"), "gatespan knows it as "+strings.Join(known, ", "),
			"%s: gatespan does not know %s as %s (cluster %s)", who, profile.Title, f.Distribution, c.Facts.Name)
	case controller.CompareVersions(f.Version, oldest) < 0:
		m.at(path("clusters", c.Facts.Name, "controller", "version"), "upgrade to "+oldest+" or newer",
			"%s: cluster %s runs %s %s, which is older than what gatespan was checked with", who, c.Facts.Name, profile.Title, f.Version)
	}
}
