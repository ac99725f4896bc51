package haproxy

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
		Name: "edge", Namespace: "edge", Scheme: "internet-facing", Port: 8443,
		Listeners: []controller.Listener{{Name: "relay", Hostname: "relay.example.com", Mode: mode}},
	}
	x := controller.Exposure{
		Name: "relay", GatewayName: "edge", GatewayNamespace: "edge", Listener: "relay", Hostname: "relay.example.com", Mode: mode, NetworkPolicy: true,
		Service: controller.Service{Namespace: "relay", Name: "relay", Port: 8443, Selector: map[string]string{"app": "relay"}},
	}
	return g, x
}

// TestLaw: what is written is read as what was wanted, in the version that the controller reads, and the pods admit its proxies.
func TestLaw(t *testing.T) {
	g, x := wanted("Passthrough")
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
	if len(p.Entries) != 1 || len(p.Unknowns)+len(p.Hatches) != 0 {
		t.Fatalf("%+v", p)
	}
	e := p.Entries[0]
	route := set.Kind("gateway.networking.k8s.io", "TLSRoute")[0]
	from := set.Kind("networking.k8s.io", "NetworkPolicy")[0].Texts("spec.ingress[0].from[0].podSelector.matchLabels")
	for what, ok := range map[string]bool{
		"passed through":       e.TLS.Value == posture.TLSPassthrough && e.Served.Value,
		"granted":              len(e.Routes) == 1 && e.Routes[0].Backends[0].Granted,
		"in v1alpha2":          route.APIVersion == routeVersion,
		"the proxies admitted": from["run"] == "hug",
		"only its namespace":   slices.Equal(e.Attachment.Value.Namespaces, []string{"edge"}),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, p)
		}
	}
}

// TestWriteRefuses: what the plan has refused already is an error, never something weaker.
func TestWriteRefuses(t *testing.T) {
	g, x := wanted("Terminate")
	if _, err := New().WriteGateway(cluster(), g); err == nil || !strings.Contains(err.Error(), "clients are asked for none") {
		t.Error(err)
	}
	if _, err := New().WriteExposure(cluster(), x); err == nil || !strings.Contains(err.Error(), "clients are asked for none") {
		t.Error(err)
	}
	if _, err := New().WriteGateway(cluster(), controller.Gateway{Name: "edge"}); err == nil {
		t.Error("a gateway without listeners is written")
	}
	if _, err := New().WriteConsumer(cluster(), controller.Consumer{Name: "orders", Via: "gateway"}); err == nil || !strings.Contains(err.Error(), "without TLS") {
		t.Error(err)
	}
}

// TestProfile: every ability has a line with its source in each distribution, and what is not supported says what works. The Ingress
// controller can nothing but stay out of a direct call's way.
func TestProfile(t *testing.T) {
	p := profile()
	for _, id := range controller.AbilityIDs() {
		for _, distribution := range []string{"upstream", ingressDistribution} {
			line, ok := p.Ability(id, distribution, "")
			if line.How == "" || line.Source == "" || !ok && line.Instead == "" {
				t.Errorf("%s, %s: %+v", distribution, id, line)
			}
			if distribution == ingressDistribution && ok != (id == controller.ExitDirect) {
				t.Errorf("the Ingress controller, %s: %v", id, ok)
			}
		}
	}
}
