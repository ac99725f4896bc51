package envoygateway

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func testGateway(c controller.Cluster) controller.Gateway {
	listener := func(name, uri string) controller.Listener {
		return controller.Listener{
			Name: name, Hostname: name + ".example.com", Mode: "Terminate", MinTLS: "1.3",
			Certificate: controller.Certificate{
				Secret: "edge-" + name + "-tls", Namespace: "edge", DNSNames: []string{name + ".example.com"},
				CertManager: &controller.IssuerRef{Kind: "ClusterIssuer", Name: "corp"},
			},
			Identities:    []controller.AcceptedIdentity{{URI: uri, EnforcedBy: "gateway"}},
			PinIdentities: true, SourceCIDRs: []string{"20.50.0.0/28"},
		}
	}
	return controller.Gateway{
		Name: "edge", Namespace: "edge", Scheme: "internet-facing", Port: 443, TrustDomain: c.TrustDomains[0], Replicas: 2,
		Listeners: []controller.Listener{
			listener("billing", "spiffe://corp.example.com/ns/invoices/sa/invoices"), listener("relay", "spiffe://corp.example.com/ns/orders/sa/orders"),
		},
	}
}

func testExposure(c controller.Cluster) controller.Exposure {
	return controller.Exposure{
		Name: "relay", GatewayName: "edge", GatewayNamespace: "edge", Listener: "relay", Hostname: "relay.example.com", Mode: "Terminate",
		Service: controller.Service{
			Namespace: "relay", Name: "relay", Port: 8443, PortName: "https", TargetPort: 8443,
			Selector: map[string]string{"app": "relay"}, Hostname: "relay.relay.svc",
		},
		BackendTrust: c.TrustDomains[0], NetworkPolicy: true,
		HTTP: []controller.HTTPRule{{Matches: []controller.HTTPMatch{{PathType: "PathPrefix", Path: "/v1"}}, Request: "10s"}},
	}
}

func testConsumer(c controller.Cluster) controller.Consumer {
	certificate := func(secret string, client bool) controller.Certificate {
		return controller.Certificate{Secret: secret, Namespace: "orders", Existing: true, Client: client}
	}
	destination := func(name string) controller.Destination {
		return controller.Destination{
			Exposure: name, ServiceName: name, Hostname: name + ".example.com", Port: 443, TrustDomain: c.TrustDomains[0], MinTLS: "1.3", FloorBy: "gateway",
		}
	}
	return controller.Consumer{
		Name: "orders", Namespace: "orders", Via: "gateway", Pods: map[string]string{"app": "orders"},
		Identity:    controller.AcceptedIdentity{URI: "spiffe://corp.example.com/ns/orders/sa/orders"},
		Certificate: certificate("orders-client-tls", true), ServerCertificate: certificate("orders-egress-tls", false),
		Destinations: []controller.Destination{destination("billing"), destination("relay")},
	}
}

const serviceYAML = `apiVersion: v1
kind: Service
metadata: {name: relay, namespace: relay}
spec: {selector: {app: relay}, ports: [{name: https, port: 8443}]}
`

// readBack writes and reads, together with a Service of somebody else.
func readBack(t *testing.T, c controller.Cluster, written ...[]any) posture.Posture {
	t.Helper()
	all := slices.Concat(written...)
	var service map[string]any
	if err := yaml.Unmarshal([]byte(serviceYAML), &service); err != nil {
		t.Fatal(err)
	}
	return New().Read(c, objecttest.Of(t, append(all, service)))
}

func must(t *testing.T) func([]any, error) []any {
	return func(objects []any, err error) []any {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return objects
	}
}

// TestLaw: what is written for a provider is read as what was wanted, whatever the version and channel.
func TestLaw(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*controller.Cluster, *controller.Gateway, *controller.Exposure)
		want   []string
	}{
		{name: "two listeners that pin one identity each", want: []string{
			"relay.ids=uri exact spiffe://corp.example.com/ns/orders/sa/orders", "billing.ids=uri exact spiffe://corp.example.com/ns/invoices/sa/invoices",
			"relay.sources=20.50.0.0/28 trusted=yes", "relay.scheme=internet-facing",
		}},
		{name: "a trust domain tells clients apart", change: func(_ *controller.Cluster, g *controller.Gateway, _ *controller.Exposure) {
			g.Listeners[1].PinIdentities = false
		}, want: []string{"relay.ids=everybody", "billing.ids=uri exact spiffe://corp.example.com/ns/invoices/sa/invoices"}},
		{name: "DNS identities", change: func(_ *controller.Cluster, g *controller.Gateway, _ *controller.Exposure) {
			g.Listeners[1].Identities = []controller.AcceptedIdentity{{DNS: "orders.example.net"}}
		}, want: []string{"relay.ids=dns exact orders.example.net"}},
		{name: "an internal gateway on AKS", change: func(c *controller.Cluster, g *controller.Gateway, _ *controller.Exposure) {
			c.Cloud, g.Scheme = "aks", "internal"
		}, want: []string{"relay.scheme=internal"}},
		{name: "a public gateway on AKS", change: func(c *controller.Cluster, _ *controller.Gateway, _ *controller.Exposure) {
			c.Cloud = "aks"
		}, want: []string{"relay.scheme=internet-facing"}},
		{name: "an internal gateway on EKS", change: func(_ *controller.Cluster, g *controller.Gateway, _ *controller.Exposure) {
			g.Scheme = "internal"
		}, want: []string{"relay.scheme=internal"}},
		{name: "Gateway API 1.4", change: func(c *controller.Cluster, _ *controller.Gateway, _ *controller.Exposure) {
			c.GatewayAPI.Version = "1.4"
		}},
		{name: "one consumer without known sources", change: func(_ *controller.Cluster, g *controller.Gateway, _ *controller.Exposure) {
			g.Listeners[0].SourceCIDRs = nil
		}, want: []string{"relay.sources=everybody"}},
		{name: "everything in one namespace", change: func(_ *controller.Cluster, g *controller.Gateway, e *controller.Exposure) {
			g.Namespace, e.GatewayNamespace = "relay", "relay"
		}},
		{name: "a Service without port names", change: func(_ *controller.Cluster, _ *controller.Gateway, e *controller.Exposure) {
			e.Service.PortName = ""
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := testCluster("1.9.1")
			g, e := testGateway(c), testExposure(c)
			if test.change != nil {
				test.change(&c, &g, &e)
			}
			p := readBack(t, c, must(t)(New().WriteGateway(c, g)), must(t)(New().WriteExposure(c, e)))
			got := summary(p)
			for _, want := range append(test.want,
				"relay.auth=required", "relay.min=1.3", "relay.max=1.3", "relay.served=yes", "relay.ca="+corpRoot, "relay.xfcc=sanitize",
				"relay.http3=no", "relay.resumption=no", "relay.expired=no",
				"billing.auth=required", "billing.min=1.3", "hop=tls", "hop.name=relay.relay.svc", "hop.min=1.3", "hop.ca="+corpRoot,
			) {
				if !slices.Contains(got, want) {
					t.Errorf("want %s in\n%s", want, strings.Join(got, "\n"))
				}
			}
			if len(p.Entries) != 2 || len(p.Unknowns) > 0 || len(p.Hatches) > 0 || len(p.Exits) > 0 {
				t.Errorf("entries %d, unknowns %v, hatches %v, exits %v", len(p.Entries), p.Unknowns, p.Hatches, p.Exits)
			}
			for _, entry := range p.Entries {
				for _, route := range entry.Routes {
					if !route.Backends[0].Granted || !route.Backends[0].Exists {
						t.Errorf("the backend of %s is not granted or does not exist", route.Ref.Name)
					}
				}
			}
		})
	}
}

// TestLawWithRoots: bundles that the fleet holds are written, and read as the trust domain's.
func TestLawWithRoots(t *testing.T) {
	roots := text(t, "ca.pem")
	c := testCluster("1.9.1")
	c.TrustDomains[0].PEM, c.TrustDomains[0].SHA256 = roots, []string{strings.TrimSpace(text(t, "ca.sha256"))}
	p := readBack(t, c, must(t)(New().WriteGateway(c, testGateway(c))), must(t)(New().WriteExposure(c, testExposure(c))), must(t)(New().WriteConsumer(c, testConsumer(c))))
	got := summary(p)
	want := "sha256:" + c.TrustDomains[0].SHA256[0]
	for _, field := range []string{"relay.ca=", "hop.ca=", "exit.ca="} {
		if !slices.Contains(got, field+want) {
			t.Errorf("want %s in\n%s", field+want, strings.Join(got, "\n"))
		}
	}
}

func TestLawForConsumers(t *testing.T) {
	c := testCluster("1.9.1")
	p := readBack(t, c, must(t)(New().WriteConsumer(c, testConsumer(c))))
	if len(p.Exits) != 2 || len(p.Unknowns) > 0 || len(p.Hatches) > 0 {
		t.Fatalf("exits %d, unknowns %v, hatches %v", len(p.Exits), p.Unknowns, p.Hatches)
	}
	for i, name := range []string{"billing", "relay"} {
		x := p.Exits[i]
		if x.Subject.Listener != name || x.Host != name+".example.com" || x.Port != 443 || x.SNI != x.Host {
			t.Errorf("exit %+v", x)
		}
		if x.TLS.Value != "tls" || x.MinTLS.Value != "1.3" || x.MinTLS.Enforcer != posture.ByGateway || x.Certificate.Value != "Secret orders/orders-client-tls" {
			t.Errorf("exit %s: %v %v %v", name, x.TLS, x.MinTLS, x.Certificate)
		}
		if !slices.Equal(x.Names.Value, []string{x.Host}) || x.CA.Value[0].TrustDomain != "corp" {
			t.Errorf("exit %s: %v %v", name, x.Names, x.CA)
		}
		if x.Users.Value.Everybody || x.Users.Enforcer != posture.ByNetwork || len(x.Users.Value.Pods) != 1 {
			t.Errorf("exit %s: users %v", name, x.Users)
		}
	}
	for _, e := range p.Entries {
		if e.Scheme.Value != posture.SchemeCluster || e.MinTLS.Value != "1.3" {
			t.Errorf("egress listener %s: %v %v", e.Subject.Listener, e.Scheme, e.MinTLS)
		}
		if b := e.Routes[0].Backends[0]; !b.External || p.Exits[b.ExitIndex].Subject != e.Subject {
			t.Errorf("egress listener %s does not lead to its exit: %+v", e.Subject.Listener, b)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	c := testCluster("1.9.1")
	consumer := testConsumer(c)
	c.NetworkPolicyEngine = "none"
	if _, err := New().WriteConsumer(c, consumer); err == nil || !strings.Contains(err.Error(), "networkPolicyEngine") {
		t.Errorf("an egress gateway that nothing closes: %v", err)
	}
	if _, err := New().WriteGateway(c, controller.Gateway{Name: "edge", Namespace: "edge"}); err == nil {
		t.Error("a gateway without listeners was written")
	}
}

func TestGolden(t *testing.T) {
	c := testCluster("1.9.1")
	passthrough := testExposure(c)
	passthrough.Mode, passthrough.NetworkPolicy = "Passthrough", false
	gateway := testGateway(c)
	gateway.Listeners = gateway.Listeners[1:]
	consumer := testConsumer(c)
	consumer.Destinations = consumer.Destinations[1:]
	for name, objects := range map[string][]any{
		"gateway":     must(t)(New().WriteGateway(c, gateway)),
		"exposure":    must(t)(New().WriteExposure(c, testExposure(c))),
		"passthrough": must(t)(New().WriteExposure(c, passthrough)),
		"consumer":    must(t)(New().WriteConsumer(c, consumer)),
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			for i, o := range objects {
				raw, err := yaml.Marshal(o)
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 {
					got.WriteString("---\n")
				}
				got.Write(raw)
			}
			file := filepath.Join("testdata", "golden", name+".yaml")
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}
