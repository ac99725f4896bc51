package plan

import (
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
)

// trusts are the bundles that trust-manager makes in a cluster: of each trust domain that is distributed so, in the namespaces of the
// gateways that verify clients with it, of the Services whose pods it signs, and of the consumers that pin it.
func trusts(c *Cluster) []controller.Trust {
	needed := map[string]*controller.Trust{}
	need := func(td controller.TrustDomain, namespace string, secret bool) {
		if !td.Distributed {
			return
		}
		if needed[td.Name] == nil {
			needed[td.Name] = &controller.Trust{Domain: td}
		}
		t := needed[td.Name]
		t.Secret = t.Secret || secret
		if i, found := slices.BinarySearch(t.Namespaces, namespace); !found {
			t.Namespaces = slices.Insert(t.Namespaces, i, namespace)
		}
	}
	for _, g := range c.Gateways {
		if slices.ContainsFunc(g.Listeners, func(l controller.Listener) bool { return l.Mode != gatewayapi.Passthrough }) {
			need(g.TrustDomain, g.Namespace, c.Controller.Profile().ClientCA == controller.FromCASecret)
		}
	}
	for _, x := range c.Exposures {
		if x.Mode != gatewayapi.Passthrough {
			need(x.BackendTrust, x.Service.Namespace, false)
		}
	}
	for _, consumer := range c.Consumers {
		for _, d := range consumer.Destinations {
			need(d.TrustDomain, consumer.Namespace, false)
		}
	}
	var out []controller.Trust
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		out = append(out, *needed[name])
	}
	return out
}
