package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
)

// TestAuthorizationGone: an object that says who may call, taken out of the overlays that a fleet generates, is weaker than the base whatever
// else is found.
func TestAuthorizationGone(t *testing.T) {
	for name, c := range map[string]struct{ example, file, object, message string }{
		"SecurityPolicy":      {"jwt", "eks-prod/gateways/edge/edge.yaml", "kind: SecurityPolicy", "a token"},
		"AuthorizationPolicy": {"aks-to-eks", "aks-prod/gateways/edge/edge.yaml", "kind: AuthorizationPolicy", "identities"},
		"NetworkPolicy":       {"jwt", "eks-prod/exposures/payments/payments.yaml", "kind: NetworkPolicy", "payments"},
		"of an egress":        {"jwt", "eks-shop/consumers/checkout/checkout.yaml", "kind: NetworkPolicy", "checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, o := example(t, c.example)
			r.Commit("as generated")
			r.Drop(o.Overlays+"/"+c.file, c.object)
			o.Base = "HEAD"
			judged := r.Check(o)
			if !slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool {
				return f.Rule == "change/weaker" && f.Severity == finding.Block && strings.Contains(f.Message, c.message)
			}) {
				for _, f := range judged.Findings {
					t.Errorf("%s %s: %s", f.Severity, f.Rule, f.Message)
				}
			}
		})
	}
}
