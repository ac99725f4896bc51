package istio

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// root is a certificate of nobody; its key was thrown away.
const root = `-----BEGIN CERTIFICATE-----
MIIBtDCCAVqgAwIBAgIQFTRKfE/niYXV+JxVgEeqCjAKBggqhkjOPQQDAjAmMSQw
IgYDVQQDExtnYXRlc3BhbiByZWxheSBleGFtcGxlIHJvb3QwIBcNMjYwMTAxMDAw
MDAwWhgPMjA1NjAxMDEwMDAwMDBaMCYxJDAiBgNVBAMTG2dhdGVzcGFuIHJlbGF5
IGV4YW1wbGUgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHlP4jJ5snuV
/EIK9G1Pzn2NDqa+JMKmBrULGJ+2kbUM3N9Rfo0IzL1k8E2hO8sRmyOyIENBkp4D
YdWpXfzSTdCjaDBmMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMBAf8EBTADAQH/MB0G
A1UdDgQWBBQ+RkTmF4alwkvskuFqAb91wNOzXjAkBgNVHREEHTAbhhlzcGlmZmU6
Ly9jb3JwLmV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIQChh1PRqsl0ssWC
yrdsrvslOCerlgctByxlFOAV7cIzWgIgY1Z0pPIs5D6bxbi1WlvNS/Z48+MPLKFV
3w56wmQ26OQ=
-----END CERTIFICATE-----
`

const rootSum = "598787b3da7318c9e3e29c7421810a49dda1cdf4ffb96d3d6f13e285274948bc"

func corp() controller.TrustDomain {
	return controller.TrustDomain{Name: "corp", SPIFFE: "corp.example.com", ConfigMap: "corp-ca", SHA256: []string{rootSum}, PEM: root}
}

func cluster(distribution, version, gatewayAPI string) controller.Cluster {
	c := controller.Cluster{Name: "aks-prod", Cloud: "aks", NetworkPolicyEngine: "cilium", TrustDomains: []controller.TrustDomain{corp()}}
	c.Controller.Name, c.Controller.Distribution, c.Controller.Version = "istio", distribution, version
	c.Controller.MinTLS, c.Controller.Evidence = "1.3", "the platform's istiod values"
	c.GatewayAPI.Version, c.GatewayAPI.Channel = gatewayAPI, "standard"
	return c
}

func certificate(name, namespace string) controller.Certificate {
	return controller.Certificate{Secret: name, Namespace: namespace, CertManager: &controller.IssuerRef{Kind: "ClusterIssuer", Name: "corp"}}
}

func listenerIntent(name, hostname string, uris ...string) controller.Listener {
	l := controller.Listener{
		Name: name, Hostname: hostname, Mode: "Terminate", MinTLS: "1.3", Certificate: certificate("edge-"+name+"-tls", "edge"),
		PinIdentities: len(uris) > 0, SourceCIDRs: []string{"20.50.0.0/28"},
	}
	for _, uri := range uris {
		l.Identities = append(l.Identities, controller.AcceptedIdentity{URI: uri, EnforcedBy: "gateway"})
	}
	return l
}

func gatewayIntent(listeners ...controller.Listener) controller.Gateway {
	return controller.Gateway{Name: "edge", Namespace: "edge", Scheme: "internal", Port: 443, TrustDomain: corp(), Listeners: listeners, Replicas: 2}
}

func exposureIntent(name string) controller.Exposure {
	return controller.Exposure{
		Name: name, GatewayName: "edge", GatewayNamespace: "edge", Listener: name, Hostname: name + ".example.com", Mode: "Terminate",
		Service:      controller.Service{Namespace: name, Name: name, Port: 8443, TargetPort: 8443, Selector: map[string]string{"app": name}, Hostname: name + ".corp.internal"},
		BackendTrust: corp(), NetworkPolicy: true, HTTP: []controller.HTTPRule{{Matches: []controller.HTTPMatch{{PathType: "PathPrefix", Path: "/v1"}}}},
	}
}

func consumerIntent(name string, destinations ...string) controller.Consumer {
	c := controller.Consumer{
		Name: name, Namespace: "orders", Via: "gateway", Pods: map[string]string{"app": name}, ServiceAccount: name,
		Certificate: certificate(name+"-client-tls", "orders"),
	}
	c.Certificate.Client = true
	for _, d := range destinations {
		c.Destinations = append(c.Destinations, controller.Destination{
			Exposure: d, ServiceName: name + "-" + d, Hostname: d + ".example.com", Port: 443, TrustDomain: corp(), MinTLS: "1.3", FloorBy: "peer",
		})
	}
	return c
}

// written is everything that intents become, as the cluster would hold it.
func written(t *testing.T, c controller.Cluster, intents ...any) *object.Set {
	t.Helper()
	var all []any
	for _, intent := range intents {
		var objects []any
		var err error
		switch i := intent.(type) {
		case controller.Gateway:
			objects, err = New().WriteGateway(c, i)
		case controller.Exposure:
			objects, err = New().WriteExposure(c, i)
		case controller.Consumer:
			objects, err = New().WriteConsumer(c, i)
		case map[string]any:
			objects = []any{i}
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, objects...)
	}
	set := objecttest.Of(t, all)
	if same := set.Duplicates(); len(same) > 0 {
		t.Fatalf("written twice: %s", same[0][0])
	}
	return set
}

func service(name string) map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": name, "namespace": name},
		"spec": map[string]any{"selector": map[string]any{"app": name}, "ports": []any{map[string]any{"name": "https", "port": 8443}}},
	}
}

func entry(t *testing.T, p posture.Posture, listener string) posture.Entry {
	t.Helper()
	for _, e := range p.Entries {
		if e.Subject.Listener == listener {
			return e
		}
	}
	t.Fatalf("no entry %s among %d", listener, len(p.Entries))
	return posture.Entry{}
}

const ordersURI = "spiffe://corp.example.com/ns/orders/sa/orders"

func TestProviderMeetsIntent(t *testing.T) {
	for _, c := range []controller.Cluster{
		cluster("upstream", "1.31", "1.6"), cluster("upstream", "1.29", "1.4"), cluster(aksAddon, "asm-1-30", "1.5"), cluster(aksAddon, "asm-1-30", "1.4"),
	} {
		t.Run(c.Controller.Version+" with Gateway API "+c.GatewayAPI.Version, func(t *testing.T) {
			open := listenerIntent("stock", "stock.example.com")
			p := New().Read(c, written(t, c, gatewayIntent(listenerIntent("relay", "relay.example.com", ordersURI), open),
				exposureIntent("relay"), exposureIntent("stock"), service("relay"), service("stock")))
			for _, name := range []string{"relay", "stock"} {
				e := entry(t, p, name)
				check(t, name+" served", e.Served.Value, true)
				check(t, name+" scheme", e.Scheme.Value, posture.SchemeInternal)
				check(t, name+" client", e.ClientAuth.Value, posture.ClientRequired)
				check(t, name+" floor", e.MinTLS.Value, "1.3")
				check(t, name+" sources", e.SourceCIDRs.Value.CIDRs, []string{"20.50.0.0/28"})
				check(t, name+" forwarding", e.Forwarding.Value, "sanitize")
				if len(e.ClientCA.Value) != 1 {
					t.Fatalf("%s: anchors %+v", name, e.ClientCA.Value)
				}
				check(t, name+" CA", e.ClientCA.Value[0].SHA256, []string{rootSum})
				check(t, name+" trust domain", e.ClientCA.Value[0].TrustDomain, "corp")
				if len(e.Routes) != 1 || len(e.Routes[0].Backends) != 1 {
					t.Fatalf("%s: routes %+v", name, e.Routes)
				}
				b := e.Routes[0].Backends[0]
				check(t, name+" granted", b.Granted, true)
				check(t, name+" hop", b.TLS.Value, "tls")
				check(t, name+" hop CA", b.CA.Value[0].SHA256, []string{rootSum})
				check(t, name+" hop name", b.Name.Value, name+".corp.internal")
			}
			check(t, "pinned", entry(t, p, "relay").Identities.Value, posture.Identities{Accepted: []posture.Identity{{Type: "uri", Match: "exact", Value: ordersURI}}})
			check(t, "not pinned", entry(t, p, "stock").Identities.Value.Everybody, true)
			check(t, "unknowns", p.Unknowns, nil)
			check(t, "hatches", p.Hatches, nil)
		})
	}
}

func TestConsumerMeetsIntent(t *testing.T) {
	c := cluster("upstream", "1.31", "1.6")
	both := []any{consumerIntent("orders", "relay", "stock"), consumerIntent("billing", "relay")}
	p := New().Read(c, written(t, c, both...))
	check(t, "unknowns", p.Unknowns, nil)
	check(t, "exits", len(p.Exits), 3)
	for _, x := range p.Exits {
		consumer := strings.TrimSuffix(x.Gateway.Name, "-egress")
		check(t, "host", x.Host, x.Subject.Listener+".example.com")
		check(t, "port", x.Port, 443)
		check(t, "tls", x.TLS.Value, "tls")
		check(t, "certificate", x.Certificate.Value, "Secret orders/"+consumer+"-client-tls")
		check(t, "CA", x.CA.Value[0].SHA256, []string{rootSum})
		check(t, "names", x.Names.Value, []string{x.Host})
		check(t, "sni", x.SNI, x.Host)
		check(t, "users", x.Users.Value.Principals, []string{"cluster.local/ns/orders/sa/" + consumer})
		check(t, "closed by", x.Users.Enforcer, posture.ByMesh)
		check(t, "floor", x.MinTLS.Value, "1.2")
		check(t, "floor held by", x.MinTLS.Enforcer, posture.ByNobody)
	}
	for _, e := range p.Entries {
		check(t, "scheme of "+e.Subject.Listener, e.Scheme.Value, posture.SchemeCluster)
		check(t, "client of "+e.Subject.Listener, e.ClientAuth.Enforcer, posture.ByMesh)
		b := e.Routes[0].Backends[0]
		if !b.External || p.Exits[b.ExitIndex].Subject != e.Subject {
			t.Errorf("the backend of %s does not lead to its exit", e.Subject.Name)
		}
	}
	// One consumer alone has the same posture as beside another.
	alone := New().Read(c, written(t, c, both[0]))
	beside := slices.DeleteFunc(slices.Clone(p.Exits), func(x posture.Exit) bool { return x.Gateway.Name != "orders-egress" })
	check(t, "alone and beside another", beside, alone.Exits)
}

func TestSeveralTrustDomains(t *testing.T) {
	c := cluster("upstream", "1.31", "1.6")
	consumer := consumerIntent("orders", "relay", "stock")
	other := corp()
	other.Name = "partner"
	consumer.Destinations[1].TrustDomain = other
	p := New().Read(c, written(t, c, consumer))
	check(t, "second credential", p.Exits[1].Certificate.Value, "Secret orders/orders-client-tls-partner")
	check(t, "second CA", p.Exits[1].CA.Value[0].Ref.Name, "orders-client-tls-partner-cacert")

	consumer.Certificate.Existing = true
	if _, err := New().WriteConsumer(c, consumer); err == nil {
		t.Error("an existing Secret cannot hold two CAs, and nobody says so")
	}
}

func TestRefused(t *testing.T) {
	p := New().Profile()
	for _, tt := range []struct {
		id                    controller.AbilityID
		distribution, version string
		want                  bool
	}{
		{controller.ExitGateway, "upstream", "1.31", true},
		{controller.ExitGateway, aksAddon, "asm-1-30", false},
		{controller.ExitDirect, aksAddon, "asm-1-30", true},
		{controller.EntryClientCertificate, aksAddon, "asm-1-30", true},
		{controller.EntryPassthrough, aksAddon, "asm-1-29", false},
		{controller.EntryFloor, approuting, "1.30", false},
		{controller.EntryIdentityDNS, "upstream", "1.31", false},
		{controller.ExitFloor, "upstream", "1.31", false},
	} {
		line, have := p.Ability(tt.id, tt.distribution, tt.version)
		if have != tt.want {
			t.Errorf("%s on %s %s: %v", tt.id, tt.distribution, tt.version, have)
		}
		if line.Source == "" || line.How == "" || !have && line.Instead == "" {
			t.Errorf("%s on %s %s says too little: %+v", tt.id, tt.distribution, tt.version, line)
		}
	}
	dns := listenerIntent("relay", "relay.example.com")
	dns.PinIdentities, dns.Identities = true, []controller.AcceptedIdentity{{DNS: "orders.example.com"}}
	if _, err := New().WriteGateway(cluster("upstream", "1.31", "1.6"), gatewayIntent(dns)); err == nil {
		t.Error("a DNS identity is pinned by nothing, and nobody says so")
	}
	if _, err := New().WriteConsumer(cluster(aksAddon, "asm-1-30", "1.5"), consumerIntent("orders", "relay")); err == nil {
		t.Error("the add-on has no egress gateway, and nobody says so")
	}
}

func TestPassthroughBesidePinned(t *testing.T) {
	c := cluster("upstream", "1.31", "1.6")
	pass := controller.Listener{Name: "raw", Hostname: "raw.example.com", Mode: "Passthrough"}
	p := New().Read(c, written(t, c, gatewayIntent(listenerIntent("relay", "relay.example.com", ordersURI), pass)))
	check(t, "passthrough open", entry(t, p, "raw").Identities.Value.Everybody, true)
	check(t, "relay pinned", entry(t, p, "relay").Identities.Value.Everybody, false)
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if want == nil {
		switch v := got.(type) {
		case []posture.Unknown:
			if len(v) > 0 {
				t.Errorf("%s: %+v", what, v)
			}
			return
		case []posture.Hatch:
			if len(v) > 0 {
				t.Errorf("%s: %+v", what, v)
			}
			return
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
