package vpclattice

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

func wanted(mode string) (controller.Gateway, controller.Exposure) {
	g := controller.Gateway{
		Name: "grid", Namespace: "edge", Scheme: "internal", Port: 443,
		Listeners: []controller.Listener{{Name: "relay", Hostname: "relay.example.com", Mode: mode, ServiceNamespace: "relay"}},
	}
	x := controller.Exposure{
		Name: "relay", GatewayName: "grid", GatewayNamespace: "edge", Listener: "relay", Hostname: "relay.example.com", Mode: mode, NetworkPolicy: true,
		Service: controller.Service{Namespace: "relay", Name: "relay", Port: 8443, TargetPort: 9443, Selector: map[string]string{"app": "relay"}},
	}
	return g, x
}

// TestLaw: what is written is read as what was wanted, with the route beside the Service and no grant.
func TestLaw(t *testing.T) {
	for _, namespace := range []string{"edge", "relay"} {
		g, x := wanted("Passthrough")
		g.Namespace, x.GatewayNamespace = namespace, namespace
		gateway, err := New().WriteGateway(cluster(), g)
		if err != nil {
			t.Fatal(err)
		}
		exposure, err := New().WriteExposure(cluster(), x)
		if err != nil {
			t.Fatal(err)
		}
		set := objecttest.Of(t, slices.Concat(gateway, exposure))
		p := New().Read(cluster(), set)
		if len(p.Entries) != 1 || len(p.Unknowns) != 0 {
			t.Fatalf("%+v", p)
		}
		e := p.Entries[0]
		for what, ok := range map[string]bool{
			"passed through":            e.TLS.Value == posture.TLSPassthrough,
			"one namespace may attach":  !e.Attachment.Value.Everybody && slices.Equal(e.Attachment.Value.Namespaces, []string{"relay"}),
			"one kind may attach":       slices.Equal(e.Attachment.Value.Kinds, []string{"gateway.networking.k8s.io/TLSRoute"}),
			"to the Service, granted":   len(e.Routes) == 1 && e.Routes[0].Ref.Namespace == "relay" && e.Routes[0].Backends[0].Granted,
			"no reference crosses":      !slices.ContainsFunc(p.References, func(r posture.Reference) bool { return r.CrossNS }),
			"no grant":                  len(set.Kind("gateway.networking.k8s.io", "ReferenceGrant")) == 0,
			"Lattice's addresses alone": set.Kind("networking.k8s.io", "NetworkPolicy")[0].Text("spec.ingress[0].from[0].ipBlock.cidr") == "169.254.171.0/24",
		} {
			if !ok {
				t.Errorf("gateway in %s, %s: %+v", namespace, what, p)
			}
		}
	}
}

// TestWriteRefuses: what the plan has refused already is an error, never something weaker.
func TestWriteRefuses(t *testing.T) {
	g, x := wanted("Terminate")
	if _, err := New().WriteGateway(cluster(), g); err == nil || !strings.Contains(err.Error(), "TLS 1.2") {
		t.Error(err)
	}
	if _, err := New().WriteExposure(cluster(), x); err == nil || !strings.Contains(err.Error(), "TLS 1.2") {
		t.Error(err)
	}
	if _, err := New().WriteGateway(cluster(), controller.Gateway{Name: "grid"}); err == nil {
		t.Error("a gateway without listeners is written")
	}
	if _, err := New().WriteConsumer(cluster(), controller.Consumer{Name: "orders", Via: "gateway"}); err == nil || !strings.Contains(err.Error(), "client certificate") {
		t.Error(err)
	}
}

// TestProfile: every ability has a line with its source, and what is not supported says what works.
func TestProfile(t *testing.T) {
	p := profile()
	for _, id := range controller.AbilityIDs() {
		line, ok := p.Ability(id, "upstream", "2.1.3")
		if line.How == "" || line.Source == "" || !ok && line.Instead == "" {
			t.Errorf("%s: %+v", id, line)
		}
	}
}
