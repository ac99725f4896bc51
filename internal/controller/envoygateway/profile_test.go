package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

func TestProfile(t *testing.T) {
	p := New().Profile()
	for _, id := range []controller.AbilityID{
		controller.EntryTerminate, controller.EntryPassthrough, controller.EntryFloor, controller.EntryClientCertificate,
		controller.EntryIdentityURI, controller.EntryIdentityDNS, controller.EntrySourceCIDRs, controller.EntryBackendTLS,
		controller.EntryHTTPRoute, controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA,
		controller.ExitName, controller.ExitFloor, controller.ExitClosed, controller.ExitDirect,
	} {
		if _, ok := p.Ability(id, "upstream", "1.9.1"); !ok {
			t.Errorf("version 1.9.1 does not have %s", id)
		}
	}
	if _, ok := p.Ability(controller.ExitFloor, "upstream", "1.7.4"); ok {
		t.Error("version 1.7.4 has a floor towards backends")
	}
	if _, ok := p.Ability(controller.EntryIdentityURI, "upstream", "1.4.2"); ok {
		t.Error("version 1.4.2 tells URIs apart")
	}
	for _, a := range p.Abilities {
		if a.Source == "" || a.How == "" || a.Enforcer == "" {
			t.Errorf("%s lacks how, enforcer or source", a.ID)
		}
	}
	for _, r := range p.References {
		if r.Source == "" || r.OnMissing != closed {
			t.Errorf("%s: %q from %q", r.From, r.OnMissing, r.Source)
		}
	}
}

// TestWhy: a finding must say what happened, not only that something is weak.
func TestWhy(t *testing.T) {
	for _, test := range []struct{ name, policy, want string }{
		{"a tie", sectionPolicy("another", "edge", "kind: Gateway, name: edge"),
			"the older one counts, and Git does not tell which"},
		{"a replacement", sectionPolicy("timeouts", "edge", "kind: Gateway, name: edge, sectionName: relay"),
			"ClientTrafficPolicy edge/timeouts replaces ClientTrafficPolicy edge/edge as a whole"},
	} {
		e := New().Read(testCluster("1.9.1"), objecttest.Set(t, edited(t, "relay.yaml", []edit{{more: test.policy}}))).Entries[0]
		for field, why := range map[string]string{"clientAuth": e.ClientAuth.Why, "minTLS": e.MinTLS.Why, "identities": e.Identities.Why} {
			if !strings.Contains(why, test.want) {
				t.Errorf("%s: %s: %q does not say %q", test.name, field, why, test.want)
			}
		}
	}
}

// TestOthers: a cluster without a Gateway of this controller has nothing to say, whatever other objects are there.
func TestOthers(t *testing.T) {
	p := New().Read(testCluster("1.9.1"), objecttest.Set(t, edited(t, "relay.yaml", []edit{{old: "gatewayClassName: eg", new: "gatewayClassName: istio"}})))
	if len(p.Entries)+len(p.Exits)+len(p.Unknowns)+len(p.Hatches) > 0 {
		t.Errorf("%+v", p)
	}
}
