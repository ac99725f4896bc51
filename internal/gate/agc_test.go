package gate_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestApplicationGatewayForContainers edits the fleet agc-direct: the gateway for browsers that people wrote beside the consumer, once it
// is no longer named as one, and one that leads to an exposed Service of the provider.
func TestApplicationGatewayForContainers(t *testing.T) {
	const (
		prices = "testdata/fleets/agc-direct/overlays/eks-prod/exposures/prices/prices.yaml"
	)
	exposed := func(r *gatetest.Repo) string {
		r.Append(prices, `---
apiVersion: v1
kind: Service
metadata: {name: prices, namespace: prices}
spec: {selector: {app: prices}, ports: [{name: https, port: 8443}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: azure, namespace: prices}
spec:
  gatewayClassName: azure-alb-external
  listeners: [{name: https, port: 443, protocol: HTTPS, hostname: prices.example.com, tls: {certificateRefs: [{name: azure-tls}]}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: azure, namespace: prices}
spec: {parentRefs: [{name: azure}], rules: [{backendRefs: [{name: prices, port: 8443}]}]}
`)
		return ""
	}
	for _, row := range []unsafe{
		{"a second way to an exposed Service", exposed, "tls/version-below-floor", "Gateway prices/azure listener https", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "agc-direct")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}
