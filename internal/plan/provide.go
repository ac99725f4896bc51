package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

// floor is the lowest TLS version of everything that gatespan writes; a lower one is a waiver's business, not the fleet's.
const floor = "1.3"

// provide plans the provider side of an exposure in each of its clusters.
func (m *maker) provide(name string) {
	x := m.fleet.Exposures[name]
	for _, cluster := range slices.Sorted(maps.Keys(x.Providers)) {
		at := path("exposures", name, "providers", cluster)
		c, ok := m.clusters[cluster]
		if !ok {
			m.at(at, "declare it under clusters", "exposure %s: there is no cluster %s", name, cluster)
			continue
		}
		gateway, ok := m.fleet.Clusters[cluster].Gateways[x.Providers[cluster].Gateway]
		if !ok {
			m.at(at, "declare it under clusters."+cluster+".gateways", "exposure %s: cluster %s has no gateway %s", name, cluster, x.Providers[cluster].Gateway)
			continue
		}
		if !m.serves(c, name, at) {
			continue
		}
		m.entryAbilities(c, name, at)
		c.Exposures = append(c.Exposures, m.exposure(c, name, gateway))
		c.Wanted.Entries = append(c.Wanted.Entries, m.wantedEntry(cluster, name, gateway))
		c.Attestations = append(c.Attestations, m.attestations(c, name, gateway)...)
	}
}

func (m *maker) exposure(c *Cluster, name string, gateway fleet.Gateway) controller.Exposure {
	x := m.fleet.Exposures[name]
	s := x.Service
	engine := c.Facts.NetworkPolicyEngine
	return controller.Exposure{
		Name: name, Owner: x.Owner,
		GatewayName: x.Providers[c.Facts.Name].Gateway, GatewayNamespace: gateway.Namespace,
		Listener: name, ListenerSet: x.Providers[c.Facts.Name].ListenerSet, Hostname: x.Hostname, Mode: mode(x),
		Service: controller.Service{
			Namespace: s.Namespace, Name: s.Name, Port: s.Port, PortName: s.PortName, TargetPort: s.TargetPort,
			Selector: maps.Clone(s.Selector), Hostname: s.Hostname, Weights: weights(s),
		},
		BackendTrust:    trustDomain(m.fleet, backendTrust(x, gateway)),
		Protocol:        x.Protocol(),
		HTTP:            httpRules(x.HTTP),
		GRPC:            grpcRules(x.GRPC),
		JWT:             jwt(x),
		BackendAttested: m.attestedHop(c, x),
		NetworkPolicy:   engine != "" && engine != "none",
		GatewayCIDRs:    slices.Compact(slices.Sorted(slices.Values(gateway.SubnetCIDRs))),
	}
}

func weights(s fleet.Service) []controller.WeightedService {
	var out []controller.WeightedService
	for _, name := range slices.Sorted(maps.Keys(s.Weights)) {
		out = append(out, controller.WeightedService{Name: name, Weight: s.Weights[name]})
	}
	return out
}

func jwt(x fleet.Exposure) *controller.JWT {
	if x.JWT == nil {
		return nil
	}
	return &controller.JWT{Issuer: x.JWT.Issuer, Audiences: slices.Sorted(slices.Values(x.JWT.Audiences)), JWKSURI: x.JWT.JWKSURI}
}

func backendTrust(x fleet.Exposure, gateway fleet.Gateway) string {
	return cmp.Or(x.Service.TrustDomain, gateway.TrustDomain)
}

func mode(x fleet.Exposure) string { return cmp.Or(x.TLS.Mode, "Terminate") }

func httpRules(rules []fleet.HTTPRule) []controller.HTTPRule {
	var out []controller.HTTPRule
	for _, rule := range rules {
		r := controller.HTTPRule{Request: rule.Timeouts.Request, BackendRequest: rule.Timeouts.BackendRequest}
		if rule.Retries != nil {
			r.Retries = &controller.Retries{Attempts: rule.Retries.Attempts, Codes: slices.Sorted(slices.Values(rule.Retries.Codes)), Backoff: rule.Retries.Backoff}
		}
		for _, match := range rule.Matches {
			h := controller.HTTPMatch{PathType: cmp.Or(match.Path.Type, "PathPrefix"), Path: match.Path.Value, Method: match.Method}
			for _, header := range match.Headers {
				h.Headers = append(h.Headers, controller.HTTPHeader(header))
			}
			r.Matches = append(r.Matches, h)
		}
		out = append(out, r)
	}
	return out
}

func grpcRules(rules []fleet.GRPCRule) []controller.GRPCRule {
	var out []controller.GRPCRule
	for _, rule := range rules {
		var r controller.GRPCRule
		for _, match := range rule.Matches {
			g := controller.GRPCMatch{Service: match.Service, Method: match.Method}
			for _, header := range match.Headers {
				g.Headers = append(g.Headers, controller.HTTPHeader(header))
			}
			r.Matches = append(r.Matches, g)
		}
		out = append(out, r)
	}
	return out
}

// gateways makes one Gateway of all listeners that exposures have on it.
func (m *maker) gateways() {
	for _, cluster := range slices.Sorted(maps.Keys(m.clusters)) {
		c := m.clusters[cluster]
		for _, name := range slices.Sorted(maps.Keys(m.fleet.Clusters[cluster].Gateways)) {
			declared := m.fleet.Clusters[cluster].Gateways[name]
			at := path("clusters", cluster, "gateways", name)
			g := controller.Gateway{
				Name: name, Namespace: declared.Namespace, ClassName: cmp.Or(declared.ClassName, c.Facts.Controller.GatewayClassName),
				Scheme: declared.Scheme, Port: declared.Port, TrustStore: declared.TrustStore,
				Observability: controller.Observability(declared.Observability),
				TrustDomain:   trustDomain(m.fleet, declared.TrustDomain), Annotations: maps.Clone(declared.Annotations), Replicas: declared.Replicas,
			}
			for _, x := range c.Exposures {
				if x.GatewayName == name {
					g.Listeners = append(g.Listeners, m.listener(c, x, g))
				}
			}
			if len(g.Listeners) == 0 {
				continue // nothing is served on it yet
			}
			who := "gateway " + name
			m.spread(c, who, at, g)
			m.observed(c, who, path("clusters", cluster, "gateways", name, "observability"), g.Observability)
			m.installed(c, who, at, g)
			m.together(c, g, at)
			m.oneClass(c, g, at)
			if one := c.Controller.Profile().OneGateway; one != "" && len(c.Gateways) > 0 {
				m.at(at, "serve its exposures on gateway "+c.Gateways[0].Name+", or from a cluster of their own",
					"cluster %s has gateways %s and %s: %s", cluster, c.Gateways[0].Name, name, one)
			}
			c.Gateways = append(c.Gateways, g)
		}
	}
}

// observed asks for what a gateway is to tell of itself. Alerts are made of what is scraped.
func (m *maker) observed(c *Cluster, who string, at []string, o controller.Observability) {
	if o.AccessLogs {
		m.need(c, who, append(slices.Clone(at), "accessLogs"), controller.EntryAccessLogs)
	}
	if o.Metrics {
		m.need(c, who, append(slices.Clone(at), "metrics"), controller.EntryMetrics)
	}
	if !o.Alerts {
		return
	}
	m.need(c, who, append(slices.Clone(at), "alerts"), controller.EntryAlerts)
	if _, can := m.ability(c, controller.EntryAlerts); can && !o.Metrics {
		m.at(append(slices.Clone(at), "alerts"), "add metrics: true", "%s of cluster %s: alerts are made of metrics, which nothing scrapes", who, c.Facts.Name)
	}
}

func (m *maker) listener(c *Cluster, exposure controller.Exposure, g controller.Gateway) controller.Listener {
	x := m.fleet.Exposures[exposure.Name]
	cluster := c.Facts.Name
	l := controller.Listener{
		Name: exposure.Name, Hostname: x.Hostname, Mode: exposure.Mode, MinTLS: floor,
		PinIdentities: pinned(x), SourceCIDRs: m.sourceCIDRs(cluster, x), Protocol: x.Protocol(), JWT: jwt(x),
		ServiceNamespace: x.Service.Namespace, Set: x.Providers[cluster].ListenerSet,
	}
	if l.Mode == "Passthrough" {
		return l // the pods have the certificate, and verify the client
	}
	if l.PinIdentities {
		l.Identities = accepted(x)
	}
	l.Certificate = m.certificate(certificateOf{
		way: x.Providers[cluster].Certificate, cluster: cluster,
		at: path("exposures", exposure.Name, "providers", cluster, "certificate"), purpose: "the server certificate of exposure " + exposure.Name,
		secret: g.Name + "-" + l.Name + "-tls", namespace: g.Namespace, dns: []string{x.Hostname}, trust: g.TrustDomain,
	})
	return l
}

// pinned: one identity that the gateway must tell from the others makes the listener accept the declared ones only.
func pinned(x fleet.Exposure) bool {
	if mode(x) == "Passthrough" {
		return false
	}
	for _, consumer := range x.Consumers {
		if enforcedBy(consumer) == "gateway" {
			return true
		}
	}
	return false
}

func enforcedBy(consumer fleet.Consumer) string {
	return cmp.Or(consumer.Identity.EnforcedBy, "gateway")
}

// accepted is every identity of an exposure, each once.
func accepted(x fleet.Exposure) []controller.AcceptedIdentity {
	seen := map[string]controller.AcceptedIdentity{}
	for _, consumer := range x.Consumers {
		id := controller.AcceptedIdentity{URI: consumer.Identity.URI, DNS: consumer.Identity.DNS, EnforcedBy: enforcedBy(consumer)}
		key := id.URI + " " + id.DNS
		if before, ok := seen[key]; !ok || strings.Compare(id.EnforcedBy, before.EnforcedBy) < 0 {
			seen[key] = id // "gateway" sorts first, and is the strictest
		}
	}
	var out []controller.AcceptedIdentity
	for _, key := range slices.Sorted(maps.Keys(seen)) {
		out = append(out, seen[key])
	}
	return out
}

// sourceCIDRs is every address that a consumer's call can come from; nil, for everywhere, when that cannot be known: a
// cluster that declares none, or a consumer in the gateway's own cluster, whose calls do not take the way out.
func (m *maker) sourceCIDRs(cluster string, x fleet.Exposure) []string {
	all := map[string]bool{}
	for _, consumer := range x.Consumers {
		cidrs := m.fleet.Clusters[consumer.Cluster].EgressCIDRs
		if len(cidrs) == 0 || consumer.Cluster == cluster {
			return nil
		}
		for _, cidr := range cidrs {
			all[cidr] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (m *maker) wantedEntry(cluster, name string, gateway fleet.Gateway) controller.WantedEntry {
	x := m.fleet.Exposures[name]
	w := controller.WantedEntry{
		Exposure: name,
		Gateway:  posture.Subject{Kind: "Gateway", Namespace: gateway.Namespace, Name: x.Providers[cluster].Gateway, Listener: name},
		Listener: posture.Subject{Kind: "Gateway", Namespace: gateway.Namespace, Name: x.Providers[cluster].Gateway, Listener: name},
		Hostname: x.Hostname, Port: gateway.Port, Mode: mode(x), MinTLS: floor,
		TrustDomain: gateway.TrustDomain, SHA256: trustDomain(m.fleet, gateway.TrustDomain).SHA256,
		PinIdentities: pinned(x), Identities: []posture.Identity{}, SourceCIDRs: m.sourceCIDRs(cluster, x),
		Service:     posture.Subject{Kind: "Service", Namespace: x.Service.Namespace, Name: x.Service.Name},
		ServicePort: x.Service.Port, Pods: maps.Clone(x.Service.Selector),
		BackendName: x.Service.Hostname, BackendSHA256: trustDomain(m.fleet, backendTrust(x, gateway)).SHA256,
		Services: slices.Sorted(maps.Keys(x.Service.Weights)), Protocol: x.Protocol(),
		Developers: subjects(x.Developers),
		Attested:   mode(x) == "Passthrough" || m.attestedHop(m.clusters[cluster], x),
	}
	if w.Mode != "Passthrough" {
		w.Issuer = m.issuer(x.Providers[cluster].Certificate, cluster)
	}
	if set := x.Providers[cluster].ListenerSet; set != "" {
		w.Listener.Kind, w.Listener.Name = "ListenerSet", set
	}
	if len(w.Services) == 0 {
		w.Services = []string{x.Service.Name}
	}
	if x.JWT != nil {
		w.JWT = &controller.WantedJWT{Issuer: x.JWT.Issuer, Audiences: slices.Sorted(slices.Values(x.JWT.Audiences)), JWKSURI: x.JWT.JWKSURI}
	}
	for _, id := range accepted(x) {
		if id.URI != "" {
			w.Identities = append(w.Identities, posture.Identity{Type: "uri", Match: "exact", Value: id.URI})
		} else {
			w.Identities = append(w.Identities, posture.Identity{Type: "dns", Match: "exact", Value: id.DNS})
		}
	}
	slices.SortFunc(w.Identities, func(a, b posture.Identity) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Value, b.Value))
	})
	return w
}
