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
	controller.EntryGRPCRoute:         "route by GRPCRoute",
	controller.EntryTCP:               "end TLS and hand the bytes on (tcp)",
	controller.EntryRetries:           "try requests again (retries)",
	controller.EntryTimeouts:          "bound how long requests take (timeouts)",
	controller.EntryWeights:           "split requests over several Services (service.weights)",
	controller.EntryJWT:               "require a token beside the client certificate (jwt)",
	controller.EntryListenerSets:      "serve exposures by ListenerSets (listenerSet)",
	controller.EntryInternal:          "be reached by private addresses only (scheme internal)",
	controller.EntryInternetFacing:    "be reached from the internet (scheme internet-facing)",
	controller.EntryAccessLogs:        "log requests (observability.accessLogs)",
	controller.EntryMetrics:           "be scraped for metrics (observability.metrics)",
	controller.EntryReplicas:          "run as many proxies as the fleet says (replicas)",
	controller.EntryAnnotations:       "annotate the load balancer of a gateway (annotations)",
	controller.EntryAlerts:            "alert on refused handshakes (observability.alerts)",
	controller.EntryBackendEncrypted:  "reach the pods by TLS, whoever answers (service.attestation)",
	controller.ExitGateway:            "call out through an egress gateway (via gateway)",
	controller.ExitClientCertificate:  "present the consumer's client certificate (via gateway)",
	controller.ExitPinnedCA:           "pin the provider's CA (via gateway)",
	controller.ExitName:               "check the provider's name (via gateway)",
	controller.ExitFloor:              "call with TLS 1.3 at least (via gateway)",
	controller.ExitClosed:             "close the egress gateway to everybody else (via gateway)",
	controller.ExitDirect:             "let pods call for themselves (via direct)",
	controller.ExitGRPC:               "call a gRPC service through an egress gateway (grpc, via gateway)",
	controller.ExitTCP:                "call a service that speaks no HTTP through an egress gateway (tcp, via gateway)",
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
			c.use(id)
			continue
		}
		if m.lacking == nil {
			m.lacking = map[int]bool{}
		}
		m.lacks, m.lacking[len(m.all)] = append(m.lacks, Lack{id, line.How, line.Instead}), true
		because := line.How
		if line.Since != "" {
			because = "it has that from " + line.Since + " on, by " + line.How
		}
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
	for _, id := range asked(x) {
		m.need(c, who, m.asking(name, id, at), id)
	}
	gateway := m.fleet.Clusters[c.Facts.Name].Gateways[x.Providers[c.Facts.Name].Gateway]
	scheme := path("clusters", c.Facts.Name, "gateways", x.Providers[c.Facts.Name].Gateway, "scheme")
	if m.fleet.Position(scheme...).IsZero() {
		scheme = at
	}
	if gateway.Scheme == posture.SchemeInternetFacing {
		m.need(c, who, scheme, controller.EntryInternetFacing)
	} else {
		m.need(c, who, scheme, controller.EntryInternal)
	}
	if m.sourceCIDRs(c.Facts.Name, x) != nil {
		m.need(c, who, at, controller.EntrySourceCIDRs)
	}
	m.hop(c, x, who, at)
	m.clientCA(c, name, gateway, at)
	m.outside(c, name, gateway, at)
	m.forged(c, name)
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

// asking is the field of an exposure that asks for an ability, or else where it names the provider.
func (m *maker) asking(name string, id controller.AbilityID, at []string) []string {
	field := map[controller.AbilityID][]string{
		controller.EntryPassthrough: {"tls", "mode"}, controller.EntryGRPCRoute: {"grpc"}, controller.EntryTCP: {"tcp"}, controller.EntryJWT: {"jwt"},
		controller.EntryWeights: {"service", "weights"}, controller.EntryRetries: {"http"}, controller.EntryTimeouts: {"http"},
	}[id]
	if there := append(path("exposures", name), field...); field != nil && !m.fleet.Position(there...).IsZero() {
		return there
	}
	return at
}

// forged refuses identities that pods are to tell apart by what they cannot believe. Where TLS passes through, pods see the certificate.
func (m *maker) forged(c *Cluster, name string) {
	x, why := m.fleet.Exposures[name], c.Controller.Profile().PodsCannotTell
	if why == "" || mode(x) == "Passthrough" {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(x.Consumers)) {
		if enforcedBy(x.Consumers[id]) == "workload" {
			m.at(path("exposures", name, "consumers", id, "identity", "enforcedBy"),
				`say enforcedBy: "trustDomain" with a CA that signs nobody else, or tls.mode: "Passthrough"`,
				"exposure %s, consumer %s: behind %s in cluster %s pods cannot tell who calls (identity.enforcedBy workload): %s",
				name, id, called(c), c.Facts.Name, why)
		}
	}
}

// asked lists what an exposure asks of whatever controller serves it, beside identities, the hop to the pods and where it can be reached from.
func asked(x fleet.Exposure) []controller.AbilityID {
	if mode(x) == "Passthrough" {
		return []controller.AbilityID{controller.EntryPassthrough} // everything else is the pods' business
	}
	asks := []controller.AbilityID{controller.EntryTerminate, controller.EntryFloor, controller.EntryClientCertificate, routes[x.Protocol()]}
	for _, rule := range x.HTTP {
		if rule.Timeouts.Request != "" || rule.Timeouts.BackendRequest != "" {
			asks = append(asks, controller.EntryTimeouts)
		}
		if rule.Retries != nil {
			asks = append(asks, controller.EntryRetries)
		}
	}
	if len(x.Service.Weights) > 0 {
		asks = append(asks, controller.EntryWeights)
	}
	if x.JWT != nil {
		asks = append(asks, controller.EntryJWT)
	}
	slices.Sort(asks)
	return slices.Compact(asks)
}

// routes is what carries each protocol to the pods.
var routes = map[string]controller.AbilityID{
	"HTTP": controller.EntryHTTPRoute, "GRPC": controller.EntryGRPCRoute, "TCP": controller.EntryTCP,
}

// hop asks for TLS to the pods with a checked certificate; where the controller checks none, the fleet must say who answers for the way.
func (m *maker) hop(c *Cluster, x fleet.Exposure, who string, at []string) {
	if mode(x) == "Passthrough" {
		return
	}
	_, checks := m.ability(c, controller.EntryBackendTLS)
	if x.Service.Attestation != nil && !checks {
		m.need(c, who, at, controller.EntryBackendEncrypted)
		return
	}
	m.need(c, who, at, controller.EntryBackendTLS)
}

// attestedHop: the gateway of a cluster does not check the pods' certificate, and the fleet says who answers for that.
func (m *maker) attestedHop(c *Cluster, x fleet.Exposure) bool {
	_, checks := m.ability(c, controller.EntryBackendTLS)
	return mode(x) != "Passthrough" && x.Service.Attestation != nil && !checks
}

// clientCA refuses a gateway whose roots of clients do not come to where its controller takes them from, and a server certificate of
// another make than it ends TLS with.
func (m *maker) clientCA(c *Cluster, name string, gateway fleet.Gateway, at []string) {
	x := m.fleet.Exposures[name]
	if mode(x) == "Passthrough" {
		return
	}
	profile, cluster, id := c.Controller.Profile(), c.Facts.Name, x.Providers[c.Facts.Name].Gateway
	td := trustDomain(m.fleet, gateway.TrustDomain)
	switch {
	case profile.ClientCA == controller.FromCASecret && td.PEM == "" && !td.Distributed:
		m.at(at, "add the roots as trustDomains."+td.Name+".bundle.pem",
			"exposure %s: %s in cluster %s takes the roots of clients from a Secret, and the fleet holds no roots of trust domain %s to write there", name, called(c), cluster, td.Name)
	case profile.RootsBefore != "" && !c.Facts.ServesGatewayAPI(profile.RootsBefore) && !td.Written():
		m.at(at, "add the roots as trustDomains."+td.Name+".bundle.pem, not distributed, or upgrade the Gateway API's CRDs to "+profile.RootsBefore,
			"exposure %s: with Gateway API %s %s in cluster %s takes the roots of clients from a Secret beside the server's certificate, and the fleet holds no roots of trust domain %s to write there",
			name, c.Facts.GatewayAPI.Version, called(c), cluster, td.Name)
	case profile.ClientCA == controller.FromTrustStore && gateway.TrustStore == "":
		m.at(at, "add clusters."+cluster+".gateways."+id+".trustStore",
			"exposure %s: %s in cluster %s verifies clients with a trust store of the cloud, and gateway %s names none", name, called(c), cluster, id)
	case profile.ClientCA != controller.FromTrustStore && gateway.TrustStore != "":
		m.at(path("clusters", cluster, "gateways", id, "trustStore"), "leave trustStore out",
			"gateway %s of cluster %s: %s takes no trust store", id, cluster, called(c))
	}
	way := x.Providers[cluster].Certificate
	if way == nil {
		way = m.fleet.Clusters[cluster].Certificates
	}
	if way == nil {
		return // refused where the certificate is planned
	}
	if acm := profile.ServerCertificates == controller.FromACM; acm != (way.ACM != "") {
		what, instead := "ends TLS with a certificate of AWS Certificate Manager only", "give the provider certificate: acm: with the ARN of one"
		if !acm {
			what, instead = "ends TLS with a certificate from a Secret, which AWS Certificate Manager cannot make", "give the provider another certificate, or pass TLS through"
		}
		m.at(at, instead, "exposure %s: %s in cluster %s %s", name, called(c), cluster, what)
	} else if here, there := region(way.ACM), region(gateway.TrustStore); acm && gateway.TrustStore != "" && here != there {
		m.at(at, "name a certificate and a trust store of the region of cluster "+cluster,
			"exposure %s: its certificate is in %s and the trust store of gateway %s in %s, and a load balancer takes both from its own region (%s)",
			name, here, id, there, "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html")
	}
}

// region is that of an ARN with its partition, such as "aws eu-west-1".
func region(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 4 {
		return arn
	}
	return parts[1] + " " + parts[3]
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
	m.need(c, who, at, controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitClosed)
	switch x.Protocol() {
	case "GRPC":
		m.need(c, who, at, controller.ExitGRPC)
	case "TCP":
		m.need(c, who, at, controller.ExitTCP)
	}
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
		name = backendOrGateway(x, name)
		if td, declared := m.fleet.TrustDomains[name]; declared && td.Bundle.PEM == "" {
			m.at(at, "add the roots as trustDomains."+name+".bundle.pem, or say via direct",
				"%s: %s in cluster %s takes the CA of a call from a Secret (%s), and the fleet holds no roots of trust domain %s to write there",
				who, called(c), c.Facts.Name, line.How, name)
			return
		}
	}
}

// backendOrGateway is the trust domain whose certificate a caller meets: the pods' own where TLS passes through.
func backendOrGateway(x fleet.Exposure, gateway string) string {
	if mode(x) == "Passthrough" && x.Service.TrustDomain != "" {
		return x.Service.TrustDomain
	}
	return gateway
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
	x := m.fleet.Exposures[name]
	if ok {
		c.use(controller.ExitFloor)
		return
	}
	if mode(x) == "Passthrough" {
		return // the pods at the other end are attested to hold it
	}
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
