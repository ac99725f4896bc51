package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

// asks says in words what each ability is, for refusals.
var asks = map[controller.AbilityID]string{
	controller.EntryTerminate:         "end TLS at the gateway (tls.mode Terminate)",
	controller.EntryPassthrough:       "hand TLS on to the pods (tls.mode Passthrough)",
	controller.EntryFloor:             "require TLS 1.3 of its clients",
	controller.EntryClientCertificate: "require a client certificate of the trust domain",
	controller.EntryIdentityURI:       "accept only the listed URI identities (identity.enforcedBy gateway)",
	controller.EntryIdentityDNS:       "accept only the listed DNS identities (identity.enforcedBy gateway)",
	controller.EntrySourceCIDRs:       "admit only the consumers' addresses (egressCIDRs of their clusters)",
	controller.EntryBackendTLS:        "reach the pods by TLS with a pinned CA and a checked name",
	controller.EntryHTTPRoute:         "route by HTTPRoute",
	controller.ExitGateway:            "call out through an egress gateway (via gateway)",
	controller.ExitClientCertificate:  "present the consumer's client certificate (via gateway)",
	controller.ExitPinnedCA:           "pin the provider's CA (via gateway)",
	controller.ExitName:               "check the provider's name (via gateway)",
	controller.ExitFloor:              "call with TLS 1.3 at least (via gateway)",
	controller.ExitClosed:             "close the egress gateway to everybody else (via gateway)",
	controller.ExitDirect:             "let pods call for themselves (via direct)",
}

// ability asks the profile of a cluster's controller.
func (m *maker) ability(c *Cluster, id controller.AbilityID) (controller.Ability, bool) {
	if c.Controller == nil {
		return controller.Ability{}, false
	}
	return c.Controller.Profile().Ability(id, c.Facts.Controller.Distribution, c.Facts.Controller.Version)
}

// need refuses what the profile cannot do: what is asked, what the controller does instead, the source, and what works.
func (m *maker) need(c *Cluster, who string, at []string, ids ...controller.AbilityID) {
	for _, id := range ids {
		line, ok := m.ability(c, id)
		if ok {
			continue
		}
		because := line.How
		if line.Source != "" {
			because += " (" + line.Source + ")"
		}
		m.at(at, line.Instead, "%s: %s in cluster %s cannot %s: %s", who, called(c), c.Facts.Name, asks[id], because)
	}
}

// called is a cluster's controller as a person would name it.
func called(c *Cluster) string {
	parts := []string{c.Controller.Profile().Title}
	if v := c.Facts.Controller.Version; v != "" {
		parts = append(parts, v)
	}
	if d := c.Facts.Controller.Distribution; d != "" && d != "upstream" {
		parts = append(parts, "("+d+")")
	}
	return strings.Join(parts, " ")
}

func (m *maker) entryAbilities(c *Cluster, name string, at []string) {
	x := m.fleet.Exposures[name]
	who := "exposure " + name
	end := controller.EntryTerminate
	if mode(x) == "Passthrough" {
		end = controller.EntryPassthrough
	}
	m.need(c, who, at, end, controller.EntryFloor, controller.EntryClientCertificate, controller.EntryBackendTLS, controller.EntryHTTPRoute)
	if m.sourceCIDRs(c.Facts.Name, x) != nil {
		m.need(c, who, at, controller.EntrySourceCIDRs)
	}
	if !pinned(x) {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(x.Consumers)) {
		ask := controller.EntryIdentityURI
		if x.Consumers[id].Identity.URI == "" {
			ask = controller.EntryIdentityDNS
		}
		m.need(c, who+", consumer "+id, path("exposures", name, "consumers", id, "identity"), ask)
	}
}

func (m *maker) exitAbilities(c *Cluster, name, id string, at []string) {
	x := m.fleet.Exposures[name]
	consumer := x.Consumers[id]
	who := fmt.Sprintf("exposure %s, consumer %s", name, id)
	if via(consumer) == "direct" {
		m.need(c, who, at, controller.ExitDirect)
		return
	}
	if _, ok := m.ability(c, controller.ExitGateway); !ok {
		m.need(c, who, at, controller.ExitGateway) // the rest follows from it
		return
	}
	m.need(c, who, at, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitClosed)
	m.roots(c, x, who, at)
	m.closing(c, who, consumer.ServiceAccount, at)
	m.peerFloor(c, name, who, at)
}

// roots refuses an egress gateway whose CA nobody could check: one that takes it from a Secret, where the fleet names the bundle only.
func (m *maker) roots(c *Cluster, x fleet.Exposure, who string, at []string) {
	line, ok := m.ability(c, controller.ExitPinnedCA)
	if !ok || !line.NeedsPEM {
		return
	}
	for _, provider := range slices.Sorted(maps.Keys(x.Providers)) {
		name := m.fleet.Clusters[provider].Gateways[x.Providers[provider].Gateway].TrustDomain
		if td, declared := m.fleet.TrustDomains[name]; declared && td.Bundle.PEM == "" {
			m.at(at, "add the roots as trustDomains."+name+".bundle.pem, or say via direct",
				"%s: %s in cluster %s takes the CA of a call from a Secret (%s), and the fleet holds no roots of trust domain %s to write there",
				who, called(c), c.Facts.Name, line.How, name)
			return
		}
	}
}

// closing refuses an egress gateway that nothing would close: the mesh needs the pods' service account, a NetworkPolicy an engine.
func (m *maker) closing(c *Cluster, who, serviceAccount string, at []string) {
	line, ok := m.ability(c, controller.ExitClosed)
	if !ok {
		return
	}
	engine := c.Facts.NetworkPolicyEngine
	switch {
	case line.Enforcer == string(posture.ByMesh) && serviceAccount == "":
		m.at(at, "add "+strings.Join(append(slices.Clone(at), "serviceAccount"), "."),
			"%s: the mesh of cluster %s closes the egress gateway by the service account of the pods, and the fleet names none", who, c.Facts.Name)
	case line.Enforcer == string(posture.ByNetwork) && (engine == "" || engine == "none"):
		m.at(at, "add clusters."+c.Facts.Name+".networkPolicyEngine, or say via direct",
			"%s: a NetworkPolicy closes the egress gateway, and cluster %s names nothing that enforces it", who, c.Facts.Name)
	}
}

// peerFloor refuses a call that nobody holds to the floor: neither the egress gateway, nor every listener that it may meet.
func (m *maker) peerFloor(c *Cluster, name, who string, at []string) {
	line, ok := m.ability(c, controller.ExitFloor)
	if ok {
		return
	}
	x := m.fleet.Exposures[name]
	for _, provider := range slices.Sorted(maps.Keys(x.Providers)) {
		p := m.clusters[provider]
		if p == nil || p.Controller == nil {
			continue // refused for itself
		}
		if _, ok := m.ability(p, controller.EntryFloor); !ok {
			m.at(at, "serve the exposure where the gateway requires TLS 1.3, or say via direct",
				"%s: %s in cluster %s cannot %s (%s), and neither does %s in cluster %s",
				who, called(c), c.Facts.Name, asks[controller.ExitFloor], line.How, called(p), provider)
		}
	}
}
