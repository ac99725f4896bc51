package istio

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hops fills in how the gateway speaks to every backend of a listener's routes.
func (r *reader) hops(l *gatewayapi.Listener, e *posture.Entry) {
	w := workload{namespace: l.Gateway.Object.Namespace, gateway: l.Gateway.Object.Name, labels: podLabels(l.Gateway)}
	for i := range e.Routes {
		route := &e.Routes[i]
		for _, list := range [][]posture.Backend{route.Backends, route.Mirrors} {
			for j := range list {
				r.hop(l, e, *route, &list[j], w)
			}
		}
	}
}

func (r *reader) hop(l *gatewayapi.Listener, e *posture.Entry, route posture.Route, b *posture.Backend, w workload) {
	group := gatewayapi.GroupOf(b.Ref.APIVersion)
	switch {
	case group == "" && b.Ref.Kind == "Service" && b.External:
		r.leave(l, e, route, b, w, target{host: serviceHost(b.Ref.Name, b.Ref.Namespace), namespace: b.Ref.Namespace, dial: b.Host, port: b.Port})
	case group == "" && b.Ref.Kind == "Service":
		r.inside(l.Gateway.Object, b, w)
	case group == networkingGroup && b.Ref.Kind == kindHostname:
		r.byHostname(l, e, route, b, w)
	default:
		if o := r.Objects.Find(gatewayapi.Group, b.From.Kind, b.From.Namespace, b.From.Name); o != nil {
			r.Unknown(o, "value", b.From.Field, fmt.Sprintf("what a backend of kind %s is to Istio is not known", b.Ref.Kind))
		}
	}
}

// inside is the hop to a Service of this cluster. A TLSRoute and a TCPRoute forward as they are.
func (r *reader) inside(g *object.Object, b *posture.Backend, w workload) {
	host := serviceHost(b.Ref.Name, b.Ref.Namespace)
	choices := r.choices(host, b.Ref.Namespace, w, b.Port)
	u, _ := r.weakest(choices, host, nil, w)
	said := slices.ContainsFunc(choices, func(c choice) bool { return c.tls != nil && c.tls.Mode != "" })
	if !said {
		strict, at, why := r.strict(b.Ref.Namespace, b.Ref.Name, b.Port)
		if ignored := r.ignored[host]; ignored != nil && (strict || len(choices) == 0) {
			at = gatewayapi.RefOf(ignored, object.Key("metadata.annotations", annotationIgnorePolicy))
			told := ignored.String() + " is ignored, as its annotation asks"
			if strict {
				told += ", and " + why
			}
			why = told
		}
		if strict {
			u = upstream{
				tls:   posture.Setting[string]{Value: "mesh", Enforcer: posture.ByMesh, By: at, Why: why},
				ca:    posture.Setting[[]posture.Anchor]{Value: r.meshAnchor(), Enforcer: posture.ByMesh, By: at, Why: why},
				names: posture.Setting[[]string]{Value: []string{}, Enforcer: posture.ByMesh, By: at, Why: why},
			}
		} else if len(choices) == 0 {
			if r.ignored[host] == nil && r.Objects.Find("", "Service", b.Ref.Namespace, b.Ref.Name) == nil {
				at = b.From
			}
			u = plain(at, why)
		}
	}
	b.TLS, b.CA, b.Certificate = u.tls, u.ca, u.certificate
	b.Name = posture.Setting[string]{Value: strings.Join(u.names.Value, ","), Enforcer: u.names.Enforcer, By: u.names.By, Why: u.names.Why}
	switch u.tls.Value {
	case "mesh":
		version, at, why := r.meshFloor(g)
		b.MinTLS = posture.Setting[string]{Value: version, Enforcer: posture.ByMesh, By: at, Why: why}
		if b.Name.Value == "" {
			b.Name.Value, b.Name.Why = "the identities of the Service's pods", "the mesh checks them"
		}
	case "tls":
		b.MinTLS = unheld("1.2", u.tls.By, "Istio has no field for the lowest TLS version towards backends")
	default:
		b.MinTLS = unheld("", u.tls.By, u.tls.Why)
	}
}

// target is one destination outside the cluster.
type target struct {
	host      string // as the mesh knows it
	namespace string // of the object that says so
	dial      string
	port      int // of the mesh's Service: settings of ports go by it
	dialPort  int // 0: port
	entry     *item[serviceEntrySpec]
}

// byHostname resolves a backendRef of kind Hostname: no ReferenceGrant is asked for (conversion.go buildDestination).
func (r *reader) byHostname(l *gatewayapi.Listener, e *posture.Entry, route posture.Route, b *posture.Backend, w workload) {
	host := b.Ref.Name
	b.Host, b.External = host, true
	if name, namespace, ok := localService(host); ok {
		// A Service of this cluster by another name, and past every ReferenceGrant.
		b.External, b.Ref = false, posture.Ref{APIVersion: "v1", Kind: "Service", Namespace: namespace, Name: name}
		b.Exists = r.Objects.Find("", "Service", namespace, name) != nil
		b.Granted = namespace == route.Ref.Namespace
		r.inside(l.Gateway.Object, b, w)
		return
	}
	found := r.entriesFor(host, w.namespace)
	b.Exists = len(found) > 0
	for _, s := range found {
		b.Ref = gatewayapi.RefOf(s.object, "")
		for _, t := range r.targets(s, host, b.Port) {
			r.leave(l, e, route, b, w, t)
		}
	}
}

// entriesFor are the ServiceEntries that may be meant by a host: those of the gateway's own namespace, otherwise what others export to it.
// Of several in one namespace Istio keeps the oldest, which Git does not tell.
func (r *reader) entriesFor(host, namespace string) []*item[serviceEntrySpec] {
	var own, others []*item[serviceEntrySpec]
	for i := range r.services {
		s := &r.services[i]
		names := func(pattern string) bool { return pattern == host || wildcardMatches(pattern, host) }
		if !slices.ContainsFunc(s.spec.Hosts, names) {
			continue
		}
		exports := s.spec.ExportTo
		switch {
		case s.object.Namespace == namespace:
			own = append(own, s)
		case len(exports) == 0, slices.Contains(exports, "*"), slices.Contains(exports, namespace):
			others = append(others, s)
		}
	}
	if len(own) > 0 {
		return own
	}
	return others
}

// targets are the addresses that a ServiceEntry stands for to a gateway.
func (r *reader) targets(s *item[serviceEntrySpec], host string, port int) []target {
	for i, p := range s.spec.Ports {
		if p.Number == port && strings.EqualFold(p.Protocol, "UDP") {
			r.Unknown(s.object, "value", object.Item("spec.ports", i)+".protocol", "TLS is not spoken over UDP")
		}
	}
	switch {
	case slices.ContainsFunc(s.spec.Hosts, func(h string) bool { return strings.HasPrefix(h, "*") }):
		r.Unknown(s.object, "value", "spec.hosts", "a wildcard host: who is called is not in Git")
	case s.spec.Resolution == "NONE" || s.spec.Resolution == "":
		r.Unknown(s.object, "value", "spec.resolution", "without resolution a gateway calls the address that its client meant")
	case s.spec.WorkloadSelector != nil:
		r.Unknown(s.object, "value", "spec.workloadSelector", "WorkloadEntries and pods decide who is called")
	}
	if s.spec.Location == "MESH_INTERNAL" {
		r.Unknown(s.object, "value", "spec.location", "the mesh takes the destination for one of its own workloads")
	}
	return addresses(s, host, port)
}

func addresses(s *item[serviceEntrySpec], host string, port int) []target {
	t := target{host: host, namespace: s.object.Namespace, dial: host, port: port, dialPort: port, entry: s}
	portName := ""
	for _, p := range s.spec.Ports {
		if p.Number != port {
			continue
		}
		portName = p.Name
		if p.TargetPort != 0 {
			t.dialPort = p.TargetPort
		}
	}
	if len(s.spec.Endpoints) == 0 {
		return []target{t}
	}
	var out []target
	for _, endpoint := range s.spec.Endpoints {
		at := t
		at.dial = endpoint.Address
		if p, ok := endpoint.Ports[portName]; ok {
			at.dialPort = p
		}
		out = append(out, at)
	}
	return out
}

type exitKey struct {
	subject posture.Subject
	host    string
	port    int
}

// leave records the exit behind a backend.
func (r *reader) leave(l *gatewayapi.Listener, e *posture.Entry, route posture.Route, b *posture.Backend, w workload, t target) {
	if t.dialPort == 0 {
		t.dialPort = t.port
	}
	u, ok := r.weakest(r.choices(t.host, t.namespace, w, t.port), t.dial, t.entry, w)
	if !ok {
		u = plain(b.From, "no DestinationRule and no BackendTLSPolicy is for the host")
	}
	r.weakSubsets(t, w, u)
	exit := posture.Exit{
		Subject: e.Subject, Gateway: e.Gateway, Controller: r.Profile.Name, Destination: b.Ref, Host: t.dial, Port: t.dialPort,
		Paths: []posture.Ref{route.Ref}, TLS: u.tls, Certificate: u.certificate, CA: u.ca, Names: u.names, SNI: u.sni,
		Users: r.users(l, e),
	}
	exit.MinTLS = unheld("1.2", u.tls.By, "Istio has no field for the lowest TLS version towards destinations")
	if forced := r.compliance(); forced != nil { // pilot/pkg/networking/core/cluster_tls.go, after everything else
		exit.MinTLS = by(forced.lowest, forced.at, forced.why)
	}
	if u.tls.Value == posture.TLSNone {
		exit.MinTLS = unheld("", u.tls.By, u.tls.Why)
	}
	key := exitKey{e.Subject, t.dial, t.dialPort}
	index, known := r.exitIndex[key]
	if known {
		have := &r.Posture.Exits[index]
		if !slices.Contains(have.Paths, route.Ref) {
			have.Paths = append(have.Paths, route.Ref)
		}
		old := upstream{tls: have.TLS, certificate: have.Certificate, ca: have.CA, names: have.Names}
		if u.strength() < old.strength() {
			have.TLS, have.MinTLS, have.Certificate, have.CA, have.Names, have.SNI = exit.TLS, exit.MinTLS, exit.Certificate, exit.CA, exit.Names, exit.SNI
		}
	} else {
		index = len(r.Posture.Exits)
		r.exitIndex[key] = index
		r.Posture.Exits = append(r.Posture.Exits, exit)
	}
	b.External, b.ExitIndex, b.Host = true, index, t.dial
	b.TLS, b.CA, b.MinTLS = u.tls, u.ca, exit.MinTLS
	b.Name = posture.Setting[string]{Value: strings.Join(u.names.Value, ","), Enforcer: u.names.Enforcer, By: u.names.By, Why: u.names.Why}
}

// weakSubsets reports subsets of a destination whose TLS is weaker: a VirtualService can route to them.
func (r *reader) weakSubsets(t target, w workload, main upstream) {
	for _, d := range r.rules {
		if d.host != t.host || d.policy || !d.visible(w.namespace) {
			continue
		}
		for i, s := range d.spec.Subsets {
			if s.TrafficPolicy == nil {
				continue
			}
			c := d.choose(s.TrafficPolicy, object.Item("spec.subsets", i)+".trafficPolicy", t.port)
			if c.tls == nil && !c.ofPort() {
				continue // inherited (util.go MergeSubsetTrafficPolicy)
			}
			if r.settle(c, t.dial, t.entry, w).strength() < main.strength() {
				r.Unknown(d.object, "value", c.at("").Field, "a route to subset "+s.Name+" would be less strict than the rule itself")
			}
		}
	}
}

// users is who may send through an exit: the mesh identities that the listener takes, or the pods that NetworkPolicies let reach the
// proxies.
func (r *reader) users(l *gatewayapi.Listener, e *posture.Entry) posture.Setting[posture.Users] {
	none := posture.Users{Principals: []string{}, Pods: []string{}}
	if e.ClientAuth.Value == posture.ClientRequired && e.ClientAuth.Enforcer == posture.ByMesh && !e.Identities.Value.Everybody {
		for _, id := range e.Identities.Value.Accepted {
			text := strings.TrimPrefix(id.Value, "spiffe://")
			if id.Match != "exact" {
				text = id.Match + " " + id.Value
			}
			none.Principals = append(none.Principals, text)
		}
		return posture.Setting[posture.Users]{Value: none, Enforcer: posture.ByMesh, By: e.Identities.By, Why: e.Identities.Why}
	}
	g := l.Gateway
	if engine := r.Cluster.NetworkPolicyEngine; engine != "" && engine != "none" {
		peers := kubernetes.IngressPeers(r.Objects, g.Object.Namespace, podLabels(g), false, int(l.Spec.Port))
		if !peers.Value.Everybody {
			none.Pods = append(none.Pods, peers.Value.Admitted...)
			return posture.Setting[posture.Users]{Value: none, Enforcer: posture.ByNetwork, By: peers.By, Why: peers.Why}
		}
	}
	none.Everybody = true
	at, why := e.Identities.By, e.Identities.Why
	if e.ClientAuth.Enforcer != posture.ByMesh {
		at, why = e.ClientAuth.By, "the listener asks for no identity of the mesh, and no NetworkPolicy closes the proxies"
	}
	return unheld(none, at, why)
}
