package gate_test

import (
	"fmt"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestRemoval: one exposure that goes is told, much at once blocks, and so does a repository in which nothing is left to judge.
func TestRemoval(t *testing.T) {
	const policy = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  tls: {minVersion: "1.3", clientValidation: {caCertificateRefs: [{kind: Secret, name: clients}]}}
`
	listeners := func(from, to int) string {
		out := ""
		for i := from; i < to; i++ {
			out += fmt.Sprintf("  - {name: l%d, port: 443, protocol: HTTPS, hostname: l%d.example.com, tls: {certificateRefs: [{name: l%d}]}}\n", i, i, i)
		}
		return out
	}
	edge := func(name, listeners string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: " + name + ", namespace: edge}\nspec:\n  gatewayClassName: eg\n  listeners:\n" + listeners
	}
	start := func(t *testing.T) *gatetest.Repo {
		r := gatetest.New(t, map[string]string{
			"fleet/fleet.yaml":             "clusters:\n  a: {cloud: eks, controller: {name: envoy-gateway, version: \"1.9.1\", gatewayClassName: eg}, gatewayAPI: {version: \"1.6\"}, path: apps}\n",
			"apps/edge/kustomization.yaml": "resources: [edge.yaml, policy.yaml]\n",
			"apps/edge/edge.yaml":          edge("edge", listeners(0, 10)),
			"apps/edge/policy.yaml":        policy,
		})
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
		return r
	}
	t.Run("one", func(t *testing.T) {
		r := start(t)
		r.Write("apps/edge/edge.yaml", edge("edge", listeners(1, 10)))
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
	t.Run("four of ten", func(t *testing.T) {
		r := start(t)
		r.Write("apps/edge/edge.yaml", edge("edge", listeners(4, 10)))
		r.Passes(r.Check(gate.Options{}))
		r.Blocks(r.Check(gate.Options{Base: "HEAD"}), "change/mass-removal", "Cluster a", "Cluster a", "")
	})
	t.Run("all, and their folder", func(t *testing.T) {
		r := start(t)
		r.Remove("apps")
		r.Blocks(r.Check(gate.Options{Base: "HEAD"}), "change/mass-removal", "Cluster a", "Cluster a", "")
	})
	t.Run("a Gateway with another name takes over", func(t *testing.T) {
		r := start(t)
		r.Write("apps/edge/edge.yaml", edge("front", listeners(0, 10)))
		r.Replace("apps/edge/policy.yaml", "kind: Gateway, name: edge", "kind: Gateway, name: front")
		r.Quiet(r.Check(gate.Options{Base: "HEAD"}), "change/mass-removal")
	})
}
