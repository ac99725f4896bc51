package awslb

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

func gateway(listeners ...controller.Listener) controller.Gateway {
	return controller.Gateway{Name: "edge", Namespace: "edge", Scheme: "internal", Port: 443, TrustStore: store, Listeners: listeners}
}

func ending(name, certificate string, cidrs ...string) controller.Listener {
	return controller.Listener{
		Name: name, Hostname: name + ".example.com", Mode: "Terminate", MinTLS: "1.3", SourceCIDRs: cidrs, Certificate: controller.Certificate{ACM: certificate},
	}
}

// TestWriteGateway: the listeners of a Gateway are one of the load balancer, and what is written is read as what was wanted.
func TestWriteGateway(t *testing.T) {
	written, err := writeGateway(gateway(ending("a", "arn:b", "203.0.113.0/28"), ending("b", "arn:a", "198.51.100.0/28"), ending("c", "arn:b", "203.0.113.0/28")))
	if err != nil {
		t.Fatal(err)
	}
	c := *written[0].(gatewayapi.Resource[loadBalancer]).Spec.Listeners
	if len(c) != 1 || c[0].DefaultCertificate != "arn:a" || len(c[0].Certificates) != 1 || c[0].Certificates[0] != "arn:b" {
		t.Errorf("%+v", c)
	}
	p := New().Read(cluster(), objecttest.Of(t, written))
	if len(p.Entries) != 3 || len(p.Unknowns) != 0 {
		t.Fatalf("%+v", p)
	}
	for _, e := range p.Entries {
		if e.Class != classALB || e.ClientAuth.Value != posture.ClientRequired || e.MinTLS.Value != "1.3" || len(e.SourceCIDRs.Value.CIDRs) != 2 || e.Scheme.Value != "internal" {
			t.Errorf("%+v", e)
		}
	}
}

// TestMistakes: what the plan refuses is an error here.
func TestMistakes(t *testing.T) {
	through := ending("b", "")
	through.Mode = "Passthrough"
	for name, c := range map[string]struct {
		write func() ([]any, error)
		want  string
	}{
		"no listener": {func() ([]any, error) { return writeGateway(gateway()) }, "no listener"},
		"two modes":   {func() ([]any, error) { return writeGateway(gateway(ending("a", "arn"), through)) }, "another mode"},
		"a weight": {func() ([]any, error) {
			return writeExposure(cluster(), controller.Exposure{Name: "relay", Service: controller.Service{Weights: []controller.WeightedService{{Name: "relay", Weight: 1000}}}})
		}, "999 at most"},
		"no addresses": {func() ([]any, error) {
			return writeExposure(cluster(), controller.Exposure{Name: "relay", NetworkPolicy: true})
		}, "not known"},
		"a way out": {func() ([]any, error) { return New().WriteConsumer(cluster(), controller.Consumer{Via: "gateway"}) }, "no way out"},
	} {
		if _, err := c.write(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAbilities: what is refused has a reason, an alternative and a source.
func TestAbilities(t *testing.T) {
	for _, a := range profile().Abilities {
		if a.How == "" || a.Source == "" || !a.Support && a.Instead == "" {
			t.Errorf("%+v", a)
		}
	}
}
