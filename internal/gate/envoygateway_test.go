package gate_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const (
	edge  = "overlays/eks-prod/gateways/edge/edge.yaml"
	relay = "overlays/eks-prod/exposures/relay/relay.yaml"

	listener = "Gateway edge/edge listener relay"
	gateway  = "Gateway edge/edge"
	policy   = "ClientTrafficPolicy edge/edge-relay"
)

// TestEnvoyGatewayOfTheExample edits what gatespan generated for eks-prod.
func TestEnvoyGatewayOfTheExample(t *testing.T) {
	check(t, gatetest.Relay, []unsafe{
		{"a key of another namespace, without a grant", replace(edge, "      - group: \"\"\n        kind: Secret\n        name: edge-relay-tls\n", "      - {group: \"\", kind: Secret, name: edge-relay-tls, namespace: other} # foreign\n", "# foreign"), "grants/missing-grant", gateway, gateway, false},
	})
}
