package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
)

// maxListeners is how many listeners a Gateway may have, and a ListenerSet. Source: gateway-api apis/v1/gateway_types.go, GatewaySpec.Listeners,
// and listenerset_types.go, ListenerSetSpec.Listeners (+kubebuilder:validation:MaxItems=64).
const maxListeners = 64

// listenerSetsSince is the version of Gateway API that serves ListenerSets (CHANGELOG/1.5-CHANGELOG.md).
const listenerSetsSince = "1.5"

// spread refuses more listeners than a Gateway or a ListenerSet holds, a Gateway without a listener of its own, and ListenerSets that the
// cluster does not serve or its controller does not protect. Which listener is where is the user's choice: none moves because another came.
func (m *maker) spread(c *Cluster, who string, at []string, g controller.Gateway) {
	users := map[string][]string{}
	for _, l := range g.Listeners {
		users[l.Set] = append(users[l.Set], l.Name)
	}
	own := users[""]
	for _, set := range slices.Sorted(maps.Keys(users)) {
		names := users[set]
		last := path("exposures", names[len(names)-1], "providers", c.Facts.Name, "listenerSet")
		where := who
		if set != "" {
			where = fmt.Sprintf("ListenerSet %s of %s", set, who)
			m.need(c, where, last, controller.EntryListenerSets)
			if !c.Facts.ServesGatewayAPI(listenerSetsSince) {
				m.at(last, "upgrade the Gateway API's CRDs to "+listenerSetsSince+" or newer, or leave listenerSet out",
					"%s: cluster %s has Gateway API %s, which serves no ListenerSets", where, c.Facts.Name, c.Facts.GatewayAPI.Version)
			}
		}
		if len(names) > maxListeners {
			m.at(at, m.otherwise(c, names[maxListeners]),
				"%s in cluster %s has %d listeners, and at most %d are possible", where, c.Facts.Name, len(names), maxListeners)
		}
	}
	if len(own) == 0 && len(g.Listeners) > 0 {
		m.at(at, "leave listenerSet out for one of its exposures, such as "+g.Listeners[0].Name,
			"%s in cluster %s has no listener of its own, and a Gateway must have one", who, c.Facts.Name)
	}
}

// otherwise is what to do about a listener too many.
func (m *maker) otherwise(c *Cluster, exposure string) string {
	line, ok := m.ability(c, controller.EntryListenerSets)
	if ok {
		return "add exposures." + exposure + ".providers." + c.Facts.Name + ".listenerSet, and to whatever else is too many"
	}
	return line.Instead
}
