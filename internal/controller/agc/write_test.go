package agc

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
)

// TestNothingIsSupported: every ability of the list is answered, only a direct call with yes, and a refusal says what works.
func TestNothingIsSupported(t *testing.T) {
	p := profile()
	for _, a := range p.Abilities {
		_, ok := p.Ability(a.ID, "upstream", "1.13")
		if ok != (a.ID == controller.ExitDirect) {
			t.Errorf("%s: %v", a.ID, ok)
		}
		if !ok && (a.How == "" || a.Instead == "" || a.Source == "") {
			t.Errorf("%s is refused without reason, alternative or source: %+v", a.ID, a)
		}
	}
}

func TestWrite(t *testing.T) {
	c := controller.Cluster{Name: "aks"}
	if _, err := New().WriteGateway(c, controller.Gateway{Name: "edge"}); err == nil || !strings.Contains(err.Error(), "TLS 1.2") {
		t.Error(err)
	}
	if _, err := New().WriteExposure(c, controller.Exposure{Name: "relay"}); err == nil || !strings.Contains(err.Error(), "TLS 1.2") {
		t.Error(err)
	}
	consumer := controller.Consumer{Name: "orders", Namespace: "orders", Via: "gateway"}
	if _, err := New().WriteConsumer(c, consumer); err == nil || !strings.Contains(err.Error(), "500") {
		t.Error(err)
	}
	consumer.Via = "direct"
	consumer.Destinations = []controller.Destination{{Exposure: "relay", Hostname: "relay.example.com", Port: 443, TrustDomain: controller.TrustDomain{Name: "corp", ConfigMap: "corp-ca"}, MinTLS: "1.3"}}
	if written, err := New().WriteConsumer(c, consumer); err != nil || len(written) != 1 {
		t.Errorf("%v, %v", written, err)
	}
}
