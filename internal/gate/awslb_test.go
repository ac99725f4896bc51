package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// TestLoadBalancersOfAWS edits what gatespan generated for the fleet aws-lb.
func TestLoadBalancersOfAWS(t *testing.T) {
	const (
		at       = "testdata/fleets/aws-lb/overlays/eks-prod/"
		edge     = at + "gateways/edge/edge.yaml"
		relay    = at + "exposures/relay/relay.yaml"
		quotes   = at + "exposures/quotes/quotes.yaml"
		listener = "Gateway edge/edge listener relay"
		config   = "LoadBalancerConfiguration edge/edge"
		targets  = "TargetGroupConfiguration relay/relay"
	)
	for _, row := range []unsafe{
		{"a port that no listener has", replace(edge, "protocolPort: HTTPS:443", "protocolPort: HTTPS:444", "HTTPS:444"), "mtls/client-certificate-not-required", listener, config, false},
		{"and so no floor", replace(edge, "protocolPort: HTTPS:443", "protocolPort: HTTPS:444", "HTTPS:444"), "tls/version-below-floor", listener, config, false},
		{"mode passthrough", func(r *gatetest.Repo) string {
			r.Replace(edge, "      ignoreClientCertificateExpiry: false\n      mode: verify\n      trustStore: arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/corp/0123456789abcdef\n", "      mode: passthrough\n")
			return r.Line(edge, "mode: passthrough")
		}, "mtls/client-certificate-not-required", listener, config, false},
		{"another trust store", replace(edge, "truststore/corp/0123456789abcdef", "truststore/eve/0123456789abcdef", "trustStore:"), "mtls/unknown-ca", listener, config, false},
		{"expired certificates", replace(edge, "Expiry: false", "Expiry: true", "Expiry: true"), "mtls/expired-certificates-accepted", listener, config, false},
		{"a weaker policy", replace(edge, "TLS13-1-3-2021-06", "TLS13-1-2-2021-06", "sslPolicy"), "tls/version-below-floor", listener, config, false},
		{"a policy of no name", replace(edge, "TLS13-1-3-2021-06", "TLS13-1-9-2031-06", "sslPolicy"), "unknown/value", config, config, false},
		{"U049 another controller's class", func(r *gatetest.Repo) string {
			r.Replace(edge, "gatewayClassName: aws-alb", "gatewayClassName: istio")
			return ""
		}, "drift/not-served", listener, "Gateway edge/edge", false},
		{"the class out-ranks", add(edge, `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: aws-alb}
spec: {controllerName: gateway.k8s.aws/alb, parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: base, namespace: edge}}
---
apiVersion: gateway.k8s.aws/v1
kind: LoadBalancerConfiguration
metadata: {name: base, namespace: edge}
spec: {listenerConfigurations: [{protocolPort: 'HTTPS:443', sslPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06}]}
`, "spec: {listenerConfigurations"), "mtls/client-certificate-not-required", listener, "LoadBalancerConfiguration edge/base", false},
		{"plaintext to the pods", replace(relay, "    protocol: HTTPS\n", "    protocol: HTTP\n", "protocol: HTTP"), "backend/plaintext-hop", listener, targets, false},
		{"no target group configuration", without(relay, "kind: TargetGroupConfiguration", ""), "backend/plaintext-hop", listener, "", false},
		{"another Service is not attested", func(r *gatetest.Repo) string {
			r.Replace(relay, "      name: relay\n      namespace: relay\n", "      name: other\n      namespace: relay\n")
			r.Append(relay, "---\napiVersion: gateway.k8s.aws/v1\nkind: TargetGroupConfiguration\nmetadata: {name: other, namespace: relay}\nspec: {targetReference: {name: other}, defaultConfiguration: {protocol: HTTPS}}\n")
			return ""
		}, "backend/ca-not-pinned", listener, "TargetGroupConfiguration relay/other", false},
		{"no token", without(quotes, "kind: ListenerRuleConfiguration", ""), "identity/jwt-not-required", "Gateway edge/edge listener quotes", "", false},
		{"every source reaches the pods", replace(relay, "- ipBlock:\n        cidr: 10.0.0.0/24", "- ipBlock: {cidr: 0.0.0.0/0}", "cidr: 0.0.0.0/0"), "network/backend-open", "Service relay/relay", "NetworkPolicy relay/relay", false},
		{"two routes share a port", add(at+"gateways/ledger/ledger.yaml", `apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: other, namespace: edge}
spec: {parentRefs: [{name: ledger}], hostnames: [ledger.example.com], rules: [{backendRefs: [{name: other, port: 8443}]}]}
`, "port: 443"), "unknown/value", "Gateway edge/ledger", "Gateway edge/ledger", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "aws-lb")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}

// TestAttestationsAreAssumptions: what the fleet attests is what the verdict rests on, for both modes.
func TestAttestationsAreAssumptions(t *testing.T) {
	r, options := example(t, "aws-lb")
	judged := r.Check(options)
	r.Passes(judged)
	for _, want := range []string{
		"exposure relay: nobody but its pods answers the gateway, which checks no certificate, as platform team attests",
		"exposure ledger: its pods require TLS 1.3 and verify clients, as team-ledger attests (its integration tests)",
		"holds the roots of trust domain corp and no others",
	} {
		if !slices.ContainsFunc(judged.Assumptions, func(a report.Assumption) bool { return strings.Contains(a.Text, want) }) {
			t.Errorf("no assumption says %q: %v", want, judged.Assumptions)
		}
	}
}
