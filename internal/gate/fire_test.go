package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestRulesFire makes the rules fire through the whole gate that no other table and no change of the corpus is about; TestMain wants every one.
func TestRulesFire(t *testing.T) {
	const orders = "overlays/aks-prod/consumers/orders/orders.yaml"
	added := func(documents string) func(*gatetest.Repo) {
		return func(r *gatetest.Repo) { r.Append(edgeFile, "---\n"+documents) }
	}
	declared := func(before, after string) func(*gatetest.Repo) {
		return func(r *gatetest.Repo) { r.Replace("fleet/fleet.yaml", before, after) }
	}
	for _, c := range []struct {
		rule   string
		start  func(*testing.T) *gatetest.Repo
		change func(*gatetest.Repo)
		base   string
	}{
		{"bypass/raw-route", gatetest.Relay, added(`apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: raw, namespace: edge}
spec: {gatewayClassName: eg, listeners: [{name: raw, port: 9000, protocol: TCP}]}
---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: {name: raw, namespace: edge}
spec: {parentRefs: [{name: raw}], rules: [{backendRefs: [{name: relay, namespace: relay, port: 8443}]}]}
`), ""},
		{"network/untrusted-source", gatetest.Relay, func(r *gatetest.Repo) {
			r.Replace(edgeFile, "externalTrafficPolicy: Local", "externalTrafficPolicy: Cluster")
			r.Replace(edgeFile, "        loadBalancerSourceRanges:\n        - 20.50.0.0/28\n", "")
			r.Replace(edgeFile, "preserve_client_ip.enabled=true", "preserve_client_ip.enabled=false")
			added(`apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {clientCIDRs: [20.50.0.0/28]}}]}
`)(r)
		}, ""},
		{"bypass/unseen-gateway", gatetest.Relay, added(`apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: around, namespace: relay}
spec: {parentRefs: [{name: elsewhere}], rules: [{backendRefs: [{name: relay, port: 8443}]}]}
`), ""},
		{"change/exposure-removed", gatetest.Relay, func(r *gatetest.Repo) {
			r.Remove("testdata/relay/exposures/relay.cue")
			r.Generate()
		}, "HEAD"},
		{"controller/below-floor", handWritten, declared(`version: "1.9.1"`, `version: "1.6.0"`), ""},
		{"controller/end-of-life", handWritten, declared(`version: "1.9.1"`, `version: "1.8.1"`), ""},
		{"controller/known-vulnerability", handWritten, declared(`version: "1.9.1"`, `version: "1.8.0"`), ""},
		{"controller/wrong-cloud", handWritten, func(r *gatetest.Repo) {
			r.Replace(byHand, "gatewayClassName: eg", "gatewayClassName: azure-alb-external")
		}, ""},
		{"controller/prerequisite-not-met", gatetest.Relay, added(`apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec: {controllerName: example.com/other}
`), ""},
		{"controller/version-differs", gatetest.Relay, added(`apiVersion: apps/v1
kind: Deployment
metadata: {name: envoy-gateway, namespace: envoy-gateway-system}
spec: {selector: {matchLabels: {app: eg}}, template: {metadata: {labels: {app: eg}}, spec: {containers: [{name: eg, image: "docker.io/envoyproxy/gateway:v1.7.0"}]}}}
`), ""},
		{"drift/foreign", gatetest.Relay, func(r *gatetest.Repo) { r.Write("overlays/eks-prod/gateways/edge/Kustomization", "resources: []\n") }, ""},
		{"drift/no-exit", gatetest.Relay, func(r *gatetest.Repo) { r.Remove("overlays/aks-prod/consumers") }, ""},
		{"egress/plaintext-listener", gatetest.Relay, func(r *gatetest.Repo) {
			r.Replace(orders, "    protocol: HTTPS\n    tls:\n      mode: Terminate\n      options:\n        gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL\n", "    protocol: HTTP\n")
		}, ""},
		{"egress/undeclared-destination", gatetest.Relay, func(r *gatetest.Repo) {
			r.Replace(orders, "- address: relay.example.com", "- address: elsewhere.example.com")
			r.Replace(orders, "        sni: relay.example.com\n", "        sni: elsewhere.example.com\n")
		}, ""},
		{"egress/version-below-floor", gatetest.Relay, func(r *gatetest.Repo) {
			r.Replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n", "    maxVersion: \"1.3\"\n    minVersion: \"1.2\"\n")
		}, ""},
		{"gate/attestation-changed", func(t *testing.T) *gatetest.Repo {
			r, _ := example(t, "haproxy")
			r.Rename(folder("haproxy"), "fleet")
			r.Rename("fleet/overlays", "overlays")
			r.Commit("at the usual places")
			return r
		}, func(r *gatetest.Repo) { r.Replace("fleet/exposures/quotes.cue", `by: "team-quotes"`, `by: "somebody"`) }, "HEAD"},
		{"gate/fleet-added", func(t *testing.T) *gatetest.Repo {
			r := handWritten(t)
			r.Rename("fleet", "elsewhere")
			r.Commit("no fleet")
			return r
		}, func(r *gatetest.Repo) { r.Rename("elsewhere", "fleet") }, "HEAD"},
		{"grants/service-by-name", handWritten, func(r *gatetest.Repo) {
			r.Append(byHand, `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: named, namespace: edge}
spec: {endpoints: [{fqdn: {hostname: api.api.svc.cluster.local, port: 8443}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: named, namespace: edge}
spec:
  parentRefs: [{name: edge, sectionName: api}]
  rules: [{backendRefs: [{group: gateway.envoyproxy.io, kind: Backend, name: named}]}]
`)
		}, ""},
		{"identity/long-lived-certificate", gatetest.Relay, func(r *gatetest.Repo) {
			r.Replace(edgeFile, "  secretName: edge-relay-tls\n", "  secretName: edge-relay-tls\n  duration: 87600h\n")
		}, ""},
		{"mtls/mixed-client-auth", handWritten, func(r *gatetest.Repo) {
			r.Replace(byHandPolicy, "name: edge}]", "name: edge, sectionName: api}]")
			r.Replace(byHand, "  listeners:\n", "  listeners:\n  - {name: www, port: 443, protocol: HTTPS, hostname: www.example.com, tls: {certificateRefs: [{name: www}]}}\n")
		}, ""},
		{"unknown/newer-field", handWritten, func(r *gatetest.Repo) {
			r.Replace("fleet/fleet.yaml", `gatewayAPI: {version: "1.6"}`, `gatewayAPI: {version: "1.4"}`)
			r.Replace(byHand, "  gatewayClassName: eg\n", "  gatewayClassName: eg\n  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: client-ca}]}}}}\n")
		}, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			r := c.start(t)
			c.change(r)
			judged := r.Check(gate.Options{Base: c.base})
			if !slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool { return f.Rule == c.rule }) {
				t.Errorf("%s does not fire: %v", c.rule, rules(judged))
			}
		})
	}
}

// TestNothingIsEvaluated: each cluster must have something to judge, not only one of them.
func TestNothingIsEvaluated(t *testing.T) {
	const other = "  other:\n    cloud: eks\n    controller: {name: envoy-gateway, version: \"1.9.1\"}\n    path: other\n"
	for name, c := range map[string]struct {
		change func(*gatetest.Repo)
		want   string
	}{
		"no path":             {func(*gatetest.Repo) {}, "cluster other: there is nothing at other"},
		"no root":             {func(r *gatetest.Repo) { r.Write("other/README.md", "later\n") }, "cluster other: nothing was evaluated"},
		"a file of no object": {func(r *gatetest.Repo) { r.Write("other/values.yaml", "a: b\n") }, "cluster other: nothing was evaluated"},
		"an object": {func(r *gatetest.Repo) {
			r.Write("other/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: a}\n")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := handWritten(t)
			r.Append("fleet/fleet.yaml", other)
			c.change(r)
			judged := r.Check(gate.Options{})
			if c.want == "" {
				r.Passes(judged)
			} else if judged.Verdict != "undecided" || len(judged.Undecided) != 1 || !strings.Contains(judged.Undecided[0].Message, c.want) {
				t.Errorf("%s %v, want %s", judged.Verdict, judged.Undecided, c.want)
			}
		})
	}
}
