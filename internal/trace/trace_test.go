package trace

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

const orders = "spiffe://corp.example.com/ns/orders/sa/orders"

// relay is the fleet of the example: orders of aks-prod calls relay of eks-prod.
func relay(via string) *fleet.Fleet {
	c := fleet.Consumer{Cluster: "aks-prod", Namespace: "orders", Via: via, ServiceName: "relay", Identity: fleet.Identity{URI: orders}}
	c.PodSelector.MatchLabels = map[string]string{"app": "orders"}
	return &fleet.Fleet{Exposures: map[string]fleet.Exposure{"relay": {
		Hostname: "relay.example.com", Providers: map[string]fleet.Provider{"eks-prod": {Gateway: "edge"}},
		Consumers: map[string]fleet.Consumer{"orders": c},
	}}}
}

func ref(kind, namespace, name string) posture.Ref {
	return posture.Ref{Kind: kind, Namespace: namespace, Name: name}
}

func set[T any](v T) posture.Setting[T] {
	return posture.Setting[T]{Value: v, Enforcer: posture.ByGateway, By: ref("ClientTrafficPolicy", "edge", "edge")}
}

// read is both clusters as their controllers would read them when everything is as it should be.
func read() []Cluster {
	edge := posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge", Listener: "relay"}
	egress := posture.Subject{Kind: "Gateway", Namespace: "orders", Name: "orders-egress", Listener: "relay"}
	gatewayOf := func(s posture.Subject) posture.Subject { s.Listener = ""; return s }
	locate := func(r posture.Ref) finding.Position { return finding.Position{File: r.Name + ".yaml", Line: 1} }
	return []Cluster{
		{
			Name: "aks-prod", Locate: locate,
			Wanted: controller.Wanted{Exits: []controller.WantedExit{{Exposure: "relay", Consumer: "orders", Via: "gateway", Gateway: egress, Hostname: "relay.example.com", Port: 443}}},
			Posture: posture.Posture{
				Entries: []posture.Entry{{Subject: egress, Gateway: gatewayOf(egress), Served: set(true), Scheme: set("cluster"), TLS: set("terminate"), ClientAuth: set("required")}},
				Exits: []posture.Exit{{
					Subject: egress, Gateway: gatewayOf(egress), Host: "relay.example.com", Port: 443, Destination: ref("Backend", "orders", "relay"),
					TLS: set("tls"), MinTLS: posture.Setting[string]{Value: "1.3", Enforcer: posture.ByPeer}, Certificate: set("Secret orders/orders-client-tls"),
					CA: set([]posture.Anchor{{TrustDomain: "corp", Ref: ref("ConfigMap", "orders", "corp-ca")}}), Names: set([]string{"relay.example.com"}),
					Users: set(posture.Users{Principals: []string{"cluster.local/ns/orders/sa/orders"}}),
				}},
				Assumptions: []posture.Assumption{{By: ref("Backend", "orders", "relay"), Text: "its Secret exists"}, {By: ref("Gateway", "web", "web"), Text: "not of the path"}},
			},
		},
		{
			Name: "eks-prod", Locate: locate,
			Wanted: controller.Wanted{Entries: []controller.WantedEntry{{Exposure: "relay", Gateway: edge, Listener: edge, Hostname: "relay.example.com", Port: 443, Service: posture.Subject{Kind: "Service", Namespace: "relay", Name: "relay"}}}},
			Posture: posture.Posture{
				Entries: []posture.Entry{{
					Subject: edge, Gateway: gatewayOf(edge), Hostnames: []string{"relay.example.com"}, Port: 443, Served: set(true), Scheme: set("internet-facing"),
					TLS: set("terminate"), MinTLS: set("1.3"), ClientAuth: set("required"), ClientCA: set([]posture.Anchor{{TrustDomain: "corp"}}),
					Identities: set(posture.Identities{Accepted: []posture.Identity{{Type: "uri", Match: "exact", Value: orders}}}),
					Routes: []posture.Route{{Ref: ref("HTTPRoute", "edge", "relay"), Paths: []string{"PathPrefix /v1"}, Backends: []posture.Backend{{
						Ref: ref("Service", "relay", "relay"), Port: 8443, Granted: true, Exists: true, ExitIndex: -1, TLS: set("tls"), Name: set("relay.relay.svc.cluster.local"),
					}}}},
				}},
				Grants:   []posture.Grant{{By: ref("ReferenceGrant", "relay", "relay"), FromKind: "HTTPRoute", FromNamespace: "edge", ToKind: "Service", ToName: "relay"}},
				Services: []posture.Service{{Subject: posture.Subject{Kind: "Service", Namespace: "relay", Name: "relay"}, Network: set(posture.Peers{Admitted: []string{"namespaces{envoy-gateway-system}"}})}},
			},
		},
	}
}

func titles(p Path) string {
	var out []string
	for _, h := range p.Hops {
		out = append(out, h.Title)
	}
	return strings.Join(out, " > ")
}

func TestFollow(t *testing.T) {
	const enough = "pods > service name > egress listener > exit > entry > route > grant > service > pods"
	for _, c := range []struct {
		name    string
		change  func([]Cluster, *fleet.Fleet)
		hops    string
		missing string // of the last hop
	}{
		{"whole", func([]Cluster, *fleet.Fleet) {}, enough, ""},
		{"nothing was generated", func(c []Cluster, _ *fleet.Fleet) { c[0].Posture, c[1].Posture = posture.Posture{}, posture.Posture{} }, "pods > service name > egress listener", "has no listener for relay"},
		{"no exit", func(c []Cluster, _ *fleet.Fleet) { c[0].Posture.Exits = nil }, "pods > service name > egress listener > exit", "nothing of cluster aks-prod calls"},
		{"the exit of another gateway", func(c []Cluster, _ *fleet.Fleet) { c[0].Posture.Exits[0].Gateway.Name = "other" }, "pods > service name > egress listener > exit", "nothing of cluster aks-prod calls"},
		{"no entry", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Entries = nil }, "pods > service name > egress listener > exit > entry", "has no listener relay"},
		{"a ListenerSet with the Gateway's name", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Entries[0].Subject.Kind = "ListenerSet" }, "pods > service name > egress listener > exit > entry", "has no listener relay"},
		{"a refused listener", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Entries[0].Served.Value = false }, "pods > service name > egress listener > exit > entry", "does not serve"},
		{"another identity", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Entries[0].Identities.Value.Accepted[0].Value += "-2" }, "pods > service name > egress listener > exit > entry", "does not accept"},
		{"no route", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Entries[0].Routes = nil }, "pods > service name > egress listener > exit > entry > route", "no route"},
		{"no grant", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Grants = nil }, "pods > service name > egress listener > exit > entry > route > grant", "no ReferenceGrant"},
		{"a grant for another Service", func(c []Cluster, _ *fleet.Fleet) { c[1].Posture.Grants[0].ToName = "other" }, "pods > service name > egress listener > exit > entry > route > grant", "no ReferenceGrant"},
		{"a route beside the Service needs no grant", func(c []Cluster, _ *fleet.Fleet) {
			c[1].Posture.Entries[0].Routes[0].Ref.Namespace = "relay"
			c[1].Posture.Grants = nil
		}, "pods > service name > egress listener > exit > entry > route > service > pods", ""},
		{"an unknown cluster", func(_ []Cluster, f *fleet.Fleet) {
			e := f.Exposures["relay"]
			o := e.Consumers["orders"]
			o.Cluster = "gone"
			e.Consumers["orders"] = o
		}, "pods > exit", "nothing is planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, clusters := relay("gateway"), read()
			c.change(clusters, f)
			paths, err := Follow(f, clusters, "orders", "relay")
			if err != nil || len(paths) != 1 {
				t.Fatal(paths, err)
			}
			p := paths[0]
			if got := titles(p); got != c.hops {
				t.Errorf("hops %s, want %s", got, c.hops)
			}
			last := p.Hops[len(p.Hops)-1]
			if p.Complete != (c.missing == "") || !strings.Contains(last.Missing, c.missing) {
				t.Errorf("complete %v, missing %q, want %q", p.Complete, last.Missing, c.missing)
			}
		})
	}
}

func TestFollowTellsWhoEnforcesAndWhere(t *testing.T) {
	paths, err := Follow(relay("gateway"), read(), "orders", "relay")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		text     string
		enforcer posture.Enforcer
		file     string
	}{
		{"TLS floor: 1.3 (the entry that it meets has the floor)", posture.ByPeer, ""},
		{"client certificate: required", posture.ByGateway, "edge.yaml"},
		{"accepts " + orders, posture.ByGateway, "edge.yaml"},
		{"HTTPRoute of namespace edge may refer to Service relay", "", "relay.yaml"},
		{"admit: namespaces{envoy-gateway-system}", posture.ByGateway, "edge.yaml"},
	} {
		found := false
		for _, h := range paths[0].Hops {
			found = found || slices.ContainsFunc(h.Facts, func(f Fact) bool {
				return f.Text == want.text && f.Enforcer == want.enforcer && f.File == want.file
			})
		}
		if !found {
			t.Errorf("no fact %+v", want)
		}
	}
	if got := strings.Join(paths[0].Assumptions, "|"); got != "aks-prod: its Secret exists" {
		t.Errorf("assumptions %q", got)
	}
}

func TestFollowDirect(t *testing.T) {
	clusters := read()
	clusters[0].Wanted.Exits[0].Via = "direct"
	clusters[0].Posture.Entries = nil
	x := &clusters[0].Posture.Exits[0]
	x.Gateway, x.Subject = posture.Subject{}, posture.Subject{Kind: "Workload", Namespace: "orders", Name: "orders"}
	paths, err := Follow(relay("direct"), clusters, "orders", "relay")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := titles(paths[0]), "pods > exit > entry > route > grant > service > pods"; got != want || !paths[0].Complete {
		t.Errorf("hops %s, want %s", got, want)
	}
}

func TestFollowUnknownNames(t *testing.T) {
	for _, c := range []struct{ consumer, exposure, want string }{
		{"orders", "rely", `no exposure "rely"`},
		{"order", "relay", `no consumer of relay "order"`},
	} {
		_, err := Follow(relay("gateway"), read(), c.consumer, c.exposure)
		var unknown *UnknownName
		if !errors.As(err, &unknown) || err.Error() != c.want || len(unknown.Known) != 1 {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestMatches(t *testing.T) {
	id := posture.Identity{Type: "uri", Match: "exact", Value: orders}
	for _, c := range []struct {
		accepted posture.Identity
		want     bool
	}{
		{posture.Identity{Type: "uri", Match: "exact", Value: orders}, true},
		{posture.Identity{Type: "dns", Match: "exact", Value: orders}, false},
		{posture.Identity{Type: "uri", Match: "exact", Value: orders + "x"}, false},
		{posture.Identity{Type: "uri", Match: "prefix", Value: "spiffe://corp.example.com/ns/orders/"}, true},
		{posture.Identity{Type: "uri", Match: "suffix", Value: "/sa/orders"}, true},
		{posture.Identity{Type: "uri", Match: "regex", Value: "spiffe://corp\\.example\\.com/.*"}, true},
		{posture.Identity{Type: "uri", Match: "regex", Value: "ns/orders"}, false},
		{posture.Identity{Type: "uri", Match: "regex", Value: "("}, false},
		{posture.Identity{Type: "uri", Match: "other", Value: orders}, false},
		{posture.Identity{Type: "principal", Match: "exact", Value: "corp.example.com/ns/orders/sa/orders"}, true},
	} {
		if got := matches(c.accepted, id); got != c.want {
			t.Errorf("%+v: %v", c.accepted, got)
		}
	}
}

func TestNames(t *testing.T) {
	f := relay("gateway")
	for _, c := range []struct {
		given []string
		want  string
	}{{nil, "orders"}, {[]string{"orders"}, "relay"}, {[]string{"x"}, ""}, {[]string{"orders", "relay"}, ""}} {
		if got := strings.Join(Names(f, c.given), " "); got != c.want {
			t.Errorf("%v: %q", c.given, got)
		}
	}
}

// TestPassedThrough: behind a listener that passes TLS through, the pods hold what a gateway would, and the path says who attests to it.
func TestPassedThrough(t *testing.T) {
	f, clusters := relay("gateway"), read()
	x := f.Exposures["relay"]
	x.TLS.Mode, x.TLS.Attestation = "Passthrough", &fleet.Attestation{By: "team-relay", Evidence: "its tests"}
	f.Exposures["relay"] = x
	clusters[1].Wanted.Entries[0].MinTLS, clusters[1].Wanted.Entries[0].TrustDomain = "1.3", "corp"
	e := &clusters[1].Posture.Entries[0]
	e.TLS, e.MinTLS, e.ClientAuth = set(posture.TLSPassthrough), set(""), set(posture.ClientNone)
	paths, err := Follow(f, clusters, "orders", "relay")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, h := range paths[0].Hops {
		if h.Cluster == "eks-prod" {
			for _, fact := range h.Facts {
				said = append(said, h.Title+" | "+fact.Text+" | "+string(fact.Enforcer))
			}
		}
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{
		"entry | TLS: passed through by its server name, to whoever ends it | gateway",
		"pods | TLS floor: 1.3 | workload",
		"pods | client certificate: required, signed by trust domain corp | workload",
		"pods | attested by team-relay: its tests | ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if !paths[0].Complete || strings.Contains(text, "entry | client certificate") || strings.Contains(text, "service | TLS") {
		t.Errorf("%v\n%s", paths[0].Complete, text)
	}
	x.TLS.Attestation = nil
	f.Exposures["relay"] = x
	if paths, err = Follow(f, clusters, "orders", "relay"); err != nil || !strings.Contains(paths[0].Hops[len(paths[0].Hops)-1].Facts[1].Text, "nothing says") {
		t.Errorf("%v, %+v", err, paths)
	}
}
