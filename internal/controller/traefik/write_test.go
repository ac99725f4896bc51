package traefik

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

func wanted(modes ...string) (controller.Gateway, controller.Exposure) {
	g := controller.Gateway{
		Name: "edge", Namespace: "edge", Scheme: "internet-facing", Port: 8443,
		TrustDomain: controller.TrustDomain{Name: "corp", ConfigMap: "corp-ca", Distributed: true, SHA256: []string{"aa"}},
	}
	for _, mode := range modes {
		l := controller.Listener{Name: "relay-" + strings.ToLower(mode), Hostname: strings.ToLower(mode) + ".example.com", Mode: mode, MinTLS: "1.3"}
		l.Certificate = controller.Certificate{Secret: "relay-tls", Namespace: "edge", Existing: true}
		g.Listeners = append(g.Listeners, l)
	}
	x := controller.Exposure{
		Name: "relay", GatewayName: "edge", GatewayNamespace: "edge", Listener: g.Listeners[0].Name, Hostname: g.Listeners[0].Hostname, Mode: modes[0], NetworkPolicy: true,
		BackendTrust: g.TrustDomain,
		Service:      controller.Service{Namespace: "relay", Name: "relay", Port: 8443, Selector: map[string]string{"app": "relay"}, Hostname: "relay.relay.svc"},
	}
	return g, x
}

func withTrust() controller.Cluster {
	c := cluster()
	g, _ := wanted("Terminate")
	c.TrustDomains = []controller.TrustDomain{g.TrustDomain}
	return c
}

// TestLaw: what is written is read as what was wanted, with the Secret that trust-manager makes, and the pods admit the proxies.
func TestLaw(t *testing.T) {
	g, x := wanted("Terminate", "Passthrough")
	gateway, err := New().WriteGateway(withTrust(), g)
	if err != nil {
		t.Fatal(err)
	}
	exposure, err := New().WriteExposure(withTrust(), x)
	if err != nil {
		t.Fatal(err)
	}
	set := objecttest.Of(t, slices.Concat(gateway, exposure))
	p := New().Read(withTrust(), set)
	if len(p.Entries) != 2 || len(p.Unknowns)+len(p.Hatches)+len(p.Ways) != 0 {
		t.Fatalf("%+v", p)
	}
	e := p.Entries[slices.IndexFunc(p.Entries, func(e posture.Entry) bool { return e.TLS.Value == posture.TLSTerminate })]
	through := p.Entries[slices.IndexFunc(p.Entries, func(e posture.Entry) bool { return e.TLS.Value == posture.TLSPassthrough })]
	backend := e.Routes[0].Backends[0]
	from := set.Kind("networking.k8s.io", "NetworkPolicy")[0].Texts("spec.ingress[0].from[0].podSelector.matchLabels")
	for what, ok := range map[string]bool{
		"floor":                e.MinTLS.Value == "1.3" && e.MinTLS.Enforcer == posture.ByGateway,
		"clients":              e.ClientAuth.Value == posture.ClientRequired && e.Served.Value,
		"roots":                len(e.ClientCA.Value) == 1 && e.ClientCA.Value[0].TrustDomain == "corp",
		"headers":              e.Forwarding.Value == "sanitize",
		"granted":              backend.Granted,
		"the hop":              backend.TLS.Value == "tls" && backend.Name.Value == "relay.relay.svc" && backend.CA.Value[0].TrustDomain == "corp",
		"the proxies admitted": from["app.kubernetes.io/name"] == "traefik",
		"passed through":       through.ClientAuth.Value == posture.ClientNone && through.MinTLS.Value == "" && through.Served.Value,
		"only its namespace":   slices.Equal(e.Attachment.Value.Namespaces, []string{"edge"}),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, p)
		}
	}
}

// TestPassthroughAlone: where the pods end all TLS nothing is asked of the installation.
func TestPassthroughAlone(t *testing.T) {
	g, _ := wanted("Passthrough")
	written, err := New().WriteGateway(withTrust(), g)
	if err != nil || len(objecttest.Of(t, written).Kind(Group, kindTLSOption)) != 0 {
		t.Errorf("%v, %v", written, err)
	}
}

// TestWriteRefuses: what the plan has refused already is an error, never something weaker.
func TestWriteRefuses(t *testing.T) {
	for name, change := range map[string]func(*controller.Gateway){
		"no listener": func(g *controller.Gateway) { g.Listeners = nil },
		"identities":  func(g *controller.Gateway) { g.Listeners[0].PinIdentities = true },
		"a token":     func(g *controller.Gateway) { g.Listeners[0].JWT = &controller.JWT{} },
		"TCP":         func(g *controller.Gateway) { g.Listeners[0].Protocol = "TCP" },
		"gRPC":        func(g *controller.Gateway) { g.Listeners[0].Protocol = "GRPC" },
	} {
		g, _ := wanted("Terminate")
		if change(&g); len(g.Listeners) > 1 {
			t.Fatal("one listener is meant")
		}
		if _, err := New().WriteGateway(cluster(), g); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	for _, protocol := range []string{"TCP", "GRPC"} {
		_, x := wanted("Terminate")
		x.Protocol = protocol
		if _, err := New().WriteExposure(cluster(), x); err == nil || !strings.Contains(err.Error(), "plaintext") {
			t.Errorf("%s: %v", protocol, err)
		}
	}
}

// TestProfile: every ability has a line with its source, and what is not supported says what works.
func TestProfile(t *testing.T) {
	p := profile()
	for _, id := range controller.AbilityIDs() {
		if line, ok := p.Ability(id, "upstream", "3.7.13"); line.How == "" || line.Source == "" || !ok && line.Instead == "" {
			t.Errorf("%s: %+v", id, line)
		}
	}
}
