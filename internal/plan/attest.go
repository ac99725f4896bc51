package plan

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// attestations are what an exposure's fleet says of its pods, as assumptions about the Gateway in a cluster that serves it: with mode
// Passthrough that they require TLS 1.3 and verify clients, and where a gateway checks no certificate of its backends that nobody else
// answers for them.
func (m *maker) attestations(c *Cluster, name string, gateway fleet.Gateway) []posture.Assumption {
	x := m.fleet.Exposures[name]
	by := posture.Ref{
		APIVersion: gatewayapi.Version, Kind: "Gateway", Namespace: gateway.Namespace, Name: x.Providers[c.Facts.Name].Gateway, Field: "spec.listeners",
	}
	say := func(who *fleet.Attestation, what string) []posture.Assumption {
		return []posture.Assumption{{By: by, Text: fmt.Sprintf("exposure %s: %s, as %s attests (%s)", name, what, who.By, who.Evidence)}}
	}
	switch {
	case mode(x) == "Passthrough" && x.TLS.Attestation != nil:
		return say(x.TLS.Attestation, "its pods require TLS "+floor+" and verify clients")
	case m.attestedHop(c, x):
		return say(x.Service.Attestation, "nobody but its pods answers the gateway, which checks no certificate")
	}
	return nil
}

// together refuses what exposures of one Gateway cannot have together, or one cannot ask for, with the controller's reason.
func (m *maker) together(c *Cluster, g controller.Gateway, at []string) {
	profile := c.Controller.Profile()
	through, ends := "", ""
	keys := map[string]controller.Listener{} // by issuer, the first that asks for its tokens
	for _, l := range g.Listeners {
		refuse := func(reason, hint, format string, args ...any) {
			m.at(path("exposures", l.Name), hint, "gateway %s of cluster %s, exposure %s: %s: %s", g.Name, c.Facts.Name, l.Name, fmt.Sprintf(format, args...), reason)
		}
		if l.JWT != nil && len(l.JWT.Audiences) > 1 && profile.OneAudience != "" {
			refuse(profile.OneAudience, "name one audience, or serve the exposure with another controller", "%s cannot ask for one of several audiences", profile.Title)
		}
		if l.JWT != nil && l.Mode != gatewayapi.Passthrough && profile.OneKeySet != "" {
			if first, again := keys[l.JWT.Issuer]; !again {
				keys[l.JWT.Issuer] = l
			} else if first.JWT.JWKSURI != l.JWT.JWKSURI {
				m.at(path("exposures", l.Name, "jwt", "jwksURI"), "write the same jwksURI in both, or serve the exposure on a gateway of its own",
					"gateway %s of cluster %s, exposure %s: issuer %s has its keys at %s, and in exposure %s (%s) at %s: %s", g.Name, c.Facts.Name, l.Name, l.JWT.Issuer,
					l.JWT.JWKSURI, first.Name, m.place(path("exposures", first.Name, "jwt")), first.JWT.JWKSURI, profile.OneKeySet)
			}
		}
		other, same := &ends, through
		if l.Mode == gatewayapi.Passthrough {
			other, same = &through, ends
		}
		if same != "" && profile.OneMode != "" {
			refuse(profile.OneMode, "serve them on gateways of their own", "exposure %s has another tls.mode", same)
		}
		if other == &through && through != "" && profile.OnePassthrough != "" {
			refuse(profile.OnePassthrough, "give it a gateway of its own", "exposure %s passes TLS through on it already", through)
		}
		*other = l.Name
	}
}

// installed refuses settings of a gateway that its controller would not look at: what a user writes is in effect, or an error.
func (m *maker) installed(c *Cluster, who string, at []string, g controller.Gateway) {
	if g.Replicas > 0 {
		m.need(c, who, append(slices.Clone(at), "replicas"), controller.EntryReplicas)
	}
	if len(g.Annotations) > 0 {
		m.need(c, who, append(slices.Clone(at), "annotations"), controller.EntryAnnotations)
	}
	profile := c.Controller.Profile()
	ends := slices.ContainsFunc(g.Listeners, func(l controller.Listener) bool { return l.Mode != gatewayapi.Passthrough })
	if g.TrustStore != "" && !ends && profile.ClientCA == controller.FromTrustStore {
		m.at(append(slices.Clone(at), "trustStore"), "leave trustStore out",
			"%s of cluster %s passes TLS through: nothing verifies clients with its trust store", who, c.Facts.Name)
	}
	if declared := m.fleet.Clusters[c.Facts.Name].Gateways[g.Name]; len(declared.SubnetCIDRs) > 0 && profile.OutsideCluster == "" {
		m.at(append(slices.Clone(at), "subnetCIDRs"), "leave subnetCIDRs out",
			"%s: NetworkPolicies of pods in cluster %s admit %s by other means than the addresses of subnets", who, c.Facts.Name, called(c))
	}
}

// outside refuses a gateway whose addresses nobody says, where NetworkPolicies of pods must admit them because it is no pod.
func (m *maker) outside(c *Cluster, name string, gateway fleet.Gateway, at []string) {
	engine, reason := c.Facts.NetworkPolicyEngine, c.Controller.Profile().OutsideCluster
	if reason == "" || engine == "" || engine == "none" || len(gateway.SubnetCIDRs) > 0 {
		return
	}
	id := m.fleet.Exposures[name].Providers[c.Facts.Name].Gateway
	m.at(at, "add clusters."+c.Facts.Name+".gateways."+id+".subnetCIDRs: the ranges of the load balancer's subnets",
		"exposure %s: the NetworkPolicy of its pods in cluster %s must admit gateway %s by address, and the fleet says none: %s", name, c.Facts.Name, id, reason)
}

// oneClass refuses two gateways of one class and different modes where a gateway has one mode, because its class decides on it.
func (m *maker) oneClass(c *Cluster, g controller.Gateway, at []string) {
	reason := c.Controller.Profile().OneMode
	if reason == "" || g.ClassName == "" {
		return
	}
	passes := func(g controller.Gateway) bool { return g.Listeners[0].Mode == gatewayapi.Passthrough }
	for _, other := range c.Gateways {
		if other.ClassName == g.ClassName && passes(other) != passes(g) {
			m.at(at, "give each of them a gatewayClassName of its own, or leave it out",
				"gateways %s and %s of cluster %s have GatewayClass %s, and one of them passes TLS through and the other ends it: %s", other.Name, g.Name, c.Facts.Name, g.ClassName, reason)
			return
		}
	}
}
