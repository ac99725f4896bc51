package kubernetes

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
)

// TestEnvoyAlerts: certificates that others make are left out, and those of cert-manager are told of by when each must be renewed.
func TestEnvoyAlerts(t *testing.T) {
	made := func(secret, duration, renew string) controller.Listener {
		return controller.Listener{Certificate: controller.Certificate{Secret: secret, CertManager: &controller.IssuerRef{}, Duration: duration, RenewBefore: renew}}
	}
	g := controller.Gateway{Name: "edge", Namespace: "web", Listeners: []controller.Listener{
		made("b.tls", "", ""), made("a-tls", "", ""), made("c-tls", "720h", "240h"), made("d-tls", "2h", "1h"),
		{Certificate: controller.Certificate{Secret: "e-tls", Existing: true}},
	}}
	raw, err := json.Marshal(EnvoyAlerts(g))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Spec prometheusRuleSpec `json:"spec"`
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		t.Fatal(err)
	}
	var exprs []string
	for _, rule := range read.Spec.Groups[0].Rules {
		exprs = append(exprs, rule.Expr)
	}
	if len(exprs) != 5 {
		t.Fatalf("%d alerts, want three for certificates and two for handshakes: %q", len(exprs), exprs)
	}
	for i, want := range []string{`name=~"d-tls"}) - time() < 1 * 3600`, `name=~"c-tls"}) - time() < 120 * 3600`, `name=~"a-tls|b\\.tls"}) - time() < 360 * 3600`, `fail_verify_error{job="web/edge-proxies"}`, "connection_error"} {
		if !strings.Contains(exprs[i], want) {
			t.Errorf("alert %d is %s, want %s in it", i, exprs[i], want)
		}
	}
	if strings.Contains(string(raw), "e-tls") {
		t.Error("a certificate that cert-manager does not make has an alert")
	}
}
