package render

import "testing"

// TestIdle: a variable may stand where nothing is decided, and nowhere else.
func TestIdle(t *testing.T) {
	for field, want := range map[string]bool{
		`metadata.annotations["external-dns.alpha.kubernetes.io/hostname"]`:           true,
		`metadata.annotations["dashboards.example.com/name"]`:                         true,
		`metadata.annotations["sidecar.istio.io/inject"]`:                             false,
		`metadata.annotations["istio.io/ignore-policy-attachment"]`:                   false,
		`metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"]`: false,
		`metadata.annotations["kustomize.toolkit.fluxcd.io/ssa"]`:                     false,
		`metadata.labels.team`:                false,
		`metadata.labels["example.com/tier"]`: false,
		`spec.listeners[0].hostname`:          false,
	} {
		if got := idle(field); got != want {
			t.Errorf("%s: idle %t, want %t", field, got, want)
		}
	}
}
