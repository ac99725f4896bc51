package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const (
	orders = "overlays/aks-prod/consumers/orders/orders.yaml"

	egressListener = "Gateway orders/orders-egress listener relay"
	egressGateway  = "Gateway orders/orders-egress"
)

// TestIstioAsConsumer edits what gatespan generated for aks-prod: the egress gateway of the orders workload.
func TestIstioAsConsumer(t *testing.T) {
	check(t, gatetest.Relay, []unsafe{
		{"the policy is gone", without(orders, "kind: AuthorizationPolicy", ""), "egress/open-to-others", egressListener, egressGateway, false},
		{"plain TLS on the egress listener", replace(orders, "terminate-mode: ISTIO_MUTUAL", "terminate-mode: ISTIO_SIMPLE", "ISTIO_SIMPLE"), "egress/open-to-others", egressListener, egressGateway, false},
		{"a load balancer before the egress gateway", func(r *gatetest.Repo) string {
			r.Replace(orders, "service-type: ClusterIP", "service-type: LoadBalancer")
			return orders
		}, "egress/open-to-others", egressListener, egressGateway, false},
		{"another CA", func(r *gatetest.Repo) string {
			held := document(r, orders, "stringData:")
			start, _, _ := strings.Cut(held, "  ca.crt:")
			r.Replace(orders, held, start+"  ca.crt: |- # another\n"+indent(anotherRoot))
			return r.Line(orders, "# another")
		}, "egress/ca-not-pinned", egressListener, "", false},
	})
}

// TestIstioAsProvider edits the overlays of the fleet aks-to-eks: its provider is Istio, its mesh configuration written by hand.
func TestIstioAsProvider(t *testing.T) {
	const (
		edge     = "testdata/fleets/aks-to-eks/overlays/aks-prod/gateways/edge/edge.yaml"
		mesh     = "testdata/fleets/aks-to-eks/overlays/aks-prod/mesh/mesh.yaml"
		listener = "Gateway edge/edge listener stock"
		gateway  = "Gateway edge/edge"
	)
	for _, row := range []unsafe{
		{"the mesh's configuration is gone", func(r *gatetest.Repo) string {
			r.Remove("testdata/fleets/aks-to-eks/overlays/aks-prod/mesh/kustomization.yaml")
			r.Remove(mesh)
			return ""
		}, "tls/version-below-floor", listener, "", false},
		{"the policy is gone", without(edge, "kind: AuthorizationPolicy", ""), "identity/any-identity", listener, gateway, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "aks-to-eks")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}
