package gate_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestLatticeOfTheExample edits what gatespan generated for the fleet lattice, which passes TLS through VPC Lattice.
func TestLatticeOfTheExample(t *testing.T) {
	const (
		edge     = "testdata/fleets/lattice/overlays/eks-grid/gateways/grid-network/grid-network.yaml"
		meters   = "testdata/fleets/lattice/overlays/eks-grid/exposures/meters/meters.yaml"
		gateway  = "Gateway edge/grid-network"
		listener = gateway + " listener meters"
		https    = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: meters}\nspec: {parentRefs: [{name: grid-network, namespace: edge}], hostnames: [meters.example.com], rules: [{backendRefs: [{name: meters, port: 8443}]}]}\n"
		kinds    = "      kinds:\n      - group: gateway.networking.k8s.io\n        kind: TLSRoute\n"
	)
	terminating := func(r *gatetest.Repo) {
		r.Replace(edge, "    protocol: TLS\n    tls:\n      mode: Passthrough\n", "    protocol: HTTPS\n    tls: # ends it\n      certificateRefs: [{name: unused}]\n")
		r.Replace(edge, kinds, "")
		r.Append(meters, https)
	}
	for _, row := range []unsafe{
		{"U164 nobody is asked for a certificate", func(r *gatetest.Repo) string { terminating(r); return "" }, "mtls/client-certificate-not-required", listener, gateway, false},
		{"the pods admit everybody", replace(meters, "        cidr: 169.254.171.0/24\n", "        cidr: 0.0.0.0/0\n", "0.0.0.0/0"), "drift/modified", "", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "lattice")
			r.Commit("generated")
			place := row.change(r)
			if row.base {
				options.Base = "HEAD"
			}
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}

// TestHAProxyOfTheExample edits what gatespan generated for the fleet haproxy, which passes TLS through HAProxy Unified Gateway.
func TestHAProxyOfTheExample(t *testing.T) {
	const (
		quotes = "testdata/fleets/haproxy/overlays/aks-market/exposures/quotes/quotes.yaml"
	)
	for _, row := range []unsafe{
		{"the grant names no Service", replace(quotes, "  - group: \"\"\n    kind: Service\n    name: quotes\n---", "  - {group: \"\", kind: Service}\n---", "{group: \"\", kind: Service}"), "grants/target-not-named", "ReferenceGrant quotes/quotes", "ReferenceGrant quotes/quotes", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "haproxy")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}
