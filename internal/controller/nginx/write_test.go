package nginx

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

func TestProfile(t *testing.T) {
	p := New().Profile()
	for _, c := range []struct {
		id      controller.AbilityID
		version string
		want    bool
	}{
		{controller.EntryClientCertificate, "2.6.0", true}, {controller.EntryClientCertificate, "2.5.1", false},
		{controller.EntryIdentityURI, "2.7.0", false}, {controller.EntryJWT, "2.7.0", false}, {controller.EntryTCP, "2.7.0", false},
		{controller.ExitGateway, "2.6.7", true}, {controller.ExitFloor, "2.7.0", false}, {controller.ExitGRPC, "2.7.0", false},
	} {
		if _, have := p.Ability(c.id, "upstream", c.version); have != c.want {
			t.Errorf("%s has %s: %t", c.version, c.id, have)
		}
	}
	for _, a := range p.Abilities {
		if a.Source == "" || a.How == "" || a.Support == (a.Enforcer == "") || a.Support == (a.Instead != "") {
			t.Errorf("%s lacks how, enforcer, source or what works instead", a.ID)
		}
	}
}

// TestWriteMistakes: what the plan does not refuse, and the controller would cut or ignore, is an error.
func TestWriteMistakes(t *testing.T) {
	c := testCluster()
	long := strings.Repeat("a", 60)
	split := controller.Exposure{Name: "relay", Mode: "Passthrough"}
	split.Service.Weights = []controller.WeightedService{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}}
	for name, write := range map[string]func() error{
		"no listener": func() error { _, err := New().WriteGateway(c, controller.Gateway{Name: "edge"}); return err },
		"a long name": func() error {
			_, err := New().WriteGateway(c, controller.Gateway{Name: long, Listeners: make([]controller.Listener, 1)})
			return err
		},
		"no destination": func() error { _, err := New().WriteConsumer(c, controller.Consumer{Name: "orders"}); return err },
		"a long consumer": func() error {
			_, err := New().WriteConsumer(c, controller.Consumer{Name: long, Destinations: make([]controller.Destination, 1)})
			return err
		},
		"a split TLSRoute": func() error { _, err := New().WriteExposure(c, split); return err },
		"no engine": func() error {
			open := c
			open.NetworkPolicyEngine = "none"
			_, err := New().WriteConsumer(open, controller.Consumer{Name: "orders", Destinations: make([]controller.Destination, 1)})
			return err
		},
	} {
		if write() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestAccessLogs: the format has no single quote, which the controller refuses, and is written only where logs are asked for.
func TestAccessLogs(t *testing.T) {
	g := controller.Gateway{Name: "edge", Namespace: "edge", Port: 443, TrustDomain: testCluster().TrustDomains[0], Listeners: []controller.Listener{{
		Name: "relay", Hostname: "relay.example.com", Mode: "Terminate", MinTLS: "1.3",
		Certificate: controller.Certificate{Secret: "relay-tls", Namespace: "edge", Existing: true},
	}}}
	for _, on := range []bool{false, true} {
		g.Observability.AccessLogs = on
		objects, err := New().WriteGateway(testCluster(), g)
		if err != nil {
			t.Fatal(err)
		}
		proxy := objecttest.Of(t, objects).Find(Group, kindNginxProxy, "edge", "edge")
		format := proxy.Text("spec.logging.accessLog.format")
		if on != (format != "") || strings.Contains(format, "'") {
			t.Errorf("asked for %t, the format is %q", on, format)
		}
	}
}
