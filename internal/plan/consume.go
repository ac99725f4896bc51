package plan

import (
	"cmp"
	"maps"
	"net"
	"slices"
	"strconv"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

// consume notes which consumers call an exposure, and refuses those that cannot.
func (m *maker) consume(name string) {
	x := m.fleet.Exposures[name]
	for _, id := range slices.Sorted(maps.Keys(x.Consumers)) {
		consumer := x.Consumers[id]
		at := path("exposures", name, "consumers", id)
		c, ok := m.clusters[consumer.Cluster]
		if !ok {
			m.at(append(at, "cluster"), "declare it under clusters", "exposure %s, consumer %s: there is no cluster %s", name, id, consumer.Cluster)
			continue
		}
		if !m.calls(c, name, id, at) {
			continue
		}
		m.exitAbilities(c, name, id, at)
		m.reachable(name, id, at)
		m.uses = append(m.uses, use{consumer.Cluster, id, name})
	}
}

func via(consumer fleet.Consumer) string { return cmp.Or(consumer.Via, "gateway") }

// reachable refuses a consumer without a way to an internal gateway.
func (m *maker) reachable(name, id string, at []string) {
	x := m.fleet.Exposures[name]
	from := x.Consumers[id].Cluster
	for _, cluster := range slices.Sorted(maps.Keys(x.Providers)) {
		gateway, ok := m.fleet.Clusters[cluster].Gateways[x.Providers[cluster].Gateway]
		if !ok || gateway.Scheme == posture.SchemeInternetFacing || cluster == from || slices.Contains(gateway.ReachableFrom, from) {
			continue
		}
		m.at(at, "add "+from+" to clusters."+cluster+".gateways."+x.Providers[cluster].Gateway+".reachableFrom if there is a private path, or make the gateway internet-facing",
			"exposure %s, consumer %s: gateway %s of cluster %s is internal, and nothing says that cluster %s can reach it",
			name, id, x.Providers[cluster].Gateway, cluster, from)
	}
}

// consumers makes one Consumer of all uses by the same name in a cluster.
func (m *maker) consumers() {
	merged := map[[2]string]*controller.Consumer{}
	for _, u := range m.uses {
		key := [2]string{u.cluster, u.consumer}
		x := m.fleet.Exposures[u.exposure]
		declared := x.Consumers[u.consumer]
		if merged[key] == nil {
			made := m.consumer(u, declared)
			merged[key] = &made
		}
		to := merged[key]
		to.Destinations = append(to.Destinations, m.destination(u, x, declared))
		c := m.clusters[u.cluster]
		c.Wanted.Exits = append(c.Wanted.Exits, m.wantedExit(c, u, *to, to.Destinations[len(to.Destinations)-1]))
	}
	for _, key := range slices.SortedFunc(maps.Keys(merged), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	}) {
		consumer := merged[key]
		m.certificates(key[0], consumer)
		c := m.clusters[key[0]]
		m.alone(c, consumer)
		m.onlyBytes(c, consumer)
		c.Consumers = append(c.Consumers, *consumer)
	}
}

// alone refuses an egress gateway beside another gateway where a cluster has one for everything.
func (m *maker) alone(c *Cluster, consumer *controller.Consumer) {
	if c.Controller == nil || c.Controller.Profile().OneGateway == "" || consumer.Via != "gateway" {
		return
	}
	beside := ""
	if i := slices.IndexFunc(c.Consumers, func(other controller.Consumer) bool { return other.Via == "gateway" }); i >= 0 {
		beside = "the egress gateway of consumer " + c.Consumers[i].Name
	}
	if len(c.Gateways) > 0 {
		beside = "gateway " + c.Gateways[0].Name
	}
	if beside != "" {
		m.at(path("exposures", consumer.Destinations[0].Exposure, "consumers", consumer.Name), "say via direct, or let it call from a cluster whose controller has a gateway for each",
			"consumer %s needs an egress gateway in cluster %s, which has %s: %s", consumer.Name, c.Facts.Name, beside, c.Controller.Profile().OneGateway)
	}
}

// onlyBytes refuses an egress gateway that would carry bytes and nothing else where that does not work.
func (m *maker) onlyBytes(c *Cluster, consumer *controller.Consumer) {
	if c.Controller == nil || c.Controller.Profile().BytesBeside == "" || consumer.Via != "gateway" ||
		slices.ContainsFunc(consumer.Destinations, func(d controller.Destination) bool { return d.Protocol != "TCP" }) {
		return
	}
	exposure := consumer.Destinations[0].Exposure
	m.at(path("exposures", exposure, "consumers", consumer.Name), "say via direct, or let the same consumer call an exposure by http or grpc as well",
		"exposure %s, consumer %s: the egress gateway of %s in cluster %s would carry bytes and nothing else: %s",
		exposure, consumer.Name, called(c), c.Facts.Name, c.Controller.Profile().BytesBeside)
}

func (m *maker) consumer(u use, declared fleet.Consumer) controller.Consumer {
	return controller.Consumer{
		EgressPort: m.egressPort(u.cluster), Name: u.consumer, Namespace: declared.Namespace, Via: via(declared),
		Pods: maps.Clone(declared.PodSelector.MatchLabels), ServiceAccount: declared.ServiceAccount,
		Identity: controller.AcceptedIdentity{URI: declared.Identity.URI, DNS: declared.Identity.DNS, EnforcedBy: enforcedBy(declared)},
	}
}

// egressPortFor refuses a port that no egress gateway of the cluster would listen on.
func (m *maker) egressPortFor(c *Cluster) {
	if m.fleet.Clusters[c.Facts.Name].Controller.EgressPort != 0 && c.Controller.Profile().EgressPort == 0 {
		m.at(path("clusters", c.Facts.Name, "controller", "egressPort"), "leave egressPort out",
			"cluster %s: the ports of %s's egress gateways are those of each Gateway, which gatespan chooses", c.Facts.Name, c.Controller.Profile().Title)
	}
}

// egressPort is the port that the egress gateways of a cluster listen on, where its installation has it.
func (m *maker) egressPort(cluster string) int {
	c := m.clusters[cluster]
	if c.Controller == nil || c.Controller.Profile().EgressPort == 0 {
		return 0
	}
	return cmp.Or(m.fleet.Clusters[cluster].Controller.EgressPort, c.Controller.Profile().EgressPort)
}

// destination is the exposure as its providers serve it; shared has refused providers that differ in what a caller sees.
func (m *maker) destination(u use, x fleet.Exposure, declared fleet.Consumer) controller.Destination {
	d := controller.Destination{
		Exposure: u.exposure, ServiceName: cmp.Or(declared.ServiceName, u.exposure), Hostname: x.Hostname,
		MinTLS: floor, FloorBy: m.floorBy(u.cluster, x, declared), Protocol: x.Protocol(), HTTP: httpRules(x.HTTP), GRPC: grpcRules(x.GRPC),
	}
	for _, cluster := range slices.Sorted(maps.Keys(x.Providers)) {
		if gateway, ok := m.fleet.Clusters[cluster].Gateways[x.Providers[cluster].Gateway]; ok {
			d.Port, d.TrustDomain = gateway.Port, trustDomain(m.fleet, backendOrGateway(x, gateway.TrustDomain))
			break
		}
	}
	return d
}

// floorBy says who holds the floor of a call: the pods themselves, the egress gateway, or, where its controller cannot, the
// listener that it meets, or the pods behind one that passes TLS through, which are attested to.
func (m *maker) floorBy(cluster string, x fleet.Exposure, consumer fleet.Consumer) string {
	if via(consumer) == "direct" {
		return "workload"
	}
	if _, ok := m.ability(m.clusters[cluster], controller.ExitFloor); ok {
		return "gateway"
	}
	if mode(x) == "Passthrough" {
		return "attested"
	}
	return "peer"
}

// certificates says how a consumer's own certificates are made, once its destinations are known.
func (m *maker) certificates(cluster string, consumer *controller.Consumer) {
	first := consumer.Destinations[0].Exposure
	declared := m.fleet.Exposures[first].Consumers[consumer.Name]
	at := path("exposures", first, "consumers", consumer.Name, "certificate")
	wish := certificateOf{
		way: declared.Certificate, cluster: cluster, at: at, purpose: "the client certificate of consumer " + consumer.Name,
		secret: consumer.Name + "-client-tls", namespace: consumer.Namespace, client: true, trust: consumer.Destinations[0].TrustDomain,
	}
	if consumer.Identity.URI != "" {
		wish.uris = []string{consumer.Identity.URI}
	} else {
		wish.dns = []string{consumer.Identity.DNS}
	}
	consumer.Certificate = m.certificate(wish)
	if consumer.Via != "gateway" {
		return
	}
	if m.meshCloses(m.clusters[cluster]) {
		return
	}
	server := certificateOf{
		way: m.fleet.Clusters[cluster].Certificates, cluster: cluster, at: at, purpose: "the server certificate of the egress gateway of consumer " + consumer.Name,
		secret: consumer.Name + "-egress-tls", namespace: consumer.Namespace, trust: consumer.Destinations[0].TrustDomain,
	}
	if server.way == nil {
		server.way = declared.Certificate
	}
	for _, d := range consumer.Destinations {
		name := d.ServiceName + "." + consumer.Namespace
		server.dns = append(server.dns, d.ServiceName, name, name+".svc", name+".svc.cluster.local")
	}
	consumer.ServerCertificate = m.certificate(server)
}

func (m *maker) wantedExit(c *Cluster, u use, consumer controller.Consumer, d controller.Destination) controller.WantedExit {
	w := controller.WantedExit{
		Exposure: u.exposure, Consumer: u.consumer, Via: consumer.Via, Hostname: d.Hostname, Port: d.Port,
		SHA256: d.TrustDomain.SHA256, MinTLS: d.MinTLS, FloorBy: d.FloorBy,
		Gateway: posture.Subject{Kind: "Gateway", Namespace: consumer.Namespace, Name: u.consumer + "-egress", Listener: u.exposure},
	}
	w.EnforcedBy = posture.Enforcer(consumer.Identity.EnforcedBy)
	w.Issuer = m.issuer(m.fleet.Exposures[u.exposure].Consumers[u.consumer].Certificate, c.Facts.Name)
	w.Developers = subjects(m.fleet.Exposures[u.exposure].Consumers[u.consumer].Developers)
	w.Identity = posture.Identity{Type: "uri", Match: "exact", Value: consumer.Identity.URI}
	if consumer.Identity.URI == "" {
		w.Identity = posture.Identity{Type: "dns", Match: "exact", Value: consumer.Identity.DNS}
	}
	if consumer.Via == "direct" {
		w.Gateway = posture.Subject{Kind: "Workload", Namespace: consumer.Namespace, Name: u.consumer}
		w.URL = "https://" + net.JoinHostPort(d.Hostname, strconv.Itoa(d.Port))
		return w
	}
	scheme := "https"
	if m.meshCloses(c) {
		scheme = "http" // the pods' sidecars encrypt the hop
	}
	w.URL = scheme + "://" + d.ServiceName + "." + consumer.Namespace + ".svc.cluster.local"
	return w
}

// meshCloses reports whether the mesh closes a cluster's egress gateways: then their listeners have the mesh's certificates; otherwise
// pods reach them by HTTPS.
func (m *maker) meshCloses(c *Cluster) bool {
	closed, ok := m.ability(c, controller.ExitClosed)
	return ok && closed.Enforcer == string(posture.ByMesh)
}
