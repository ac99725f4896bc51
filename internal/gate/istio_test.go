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
	call           = "DestinationRule orders/orders-relay"
)

// TestIstioAsConsumer edits what gatespan generated for aks-prod: the egress gateway of the orders workload.
func TestIstioAsConsumer(t *testing.T) {
	check(t, gatetest.Relay, []unsafe{
		{"U105 SIMPLE", replace(orders, "mode: MUTUAL", "mode: SIMPLE", "mode: SIMPLE"), "egress/no-client-certificate", egressListener, call, false},
		{"U106 DISABLE", replace(orders, "mode: MUTUAL", "mode: DISABLE", "mode: DISABLE"), "egress/plaintext", egressListener, call, false},
		{"U107 insecureSkipVerify", replace(orders, "mode: MUTUAL", "insecureSkipVerify: true\n        mode: MUTUAL", "insecureSkipVerify"), "egress/ca-not-pinned", egressListener, call, false},
		{"U108 sni without names", replace(orders, "        subjectAltNames:\n        - relay.example.com\n", "", "        sni: relay.example.com"), "egress/name-not-checked", egressListener, call, false},
		{"U109 a port out-ranks", replace(orders, "  trafficPolicy:\n    portLevelSettings:\n    - port:\n        number: 443\n      tls:\n        credentialName: orders-client-tls\n        mode: MUTUAL\n",
			"  trafficPolicy:\n    tls: {mode: MUTUAL, credentialName: orders-client-tls, sni: relay.example.com, subjectAltNames: [relay.example.com]}\n    portLevelSettings:\n    - port:\n        number: 443\n      tls:\n        mode: SIMPLE\n", "mode: SIMPLE"),
			"egress/no-client-certificate", egressListener, call, false},
		{"U111 every sidecar", replace(orders, "  workloadSelector:\n    matchLabels:\n      gateway.networking.k8s.io/gateway-name: orders-egress\n", "", "credentialName:"), "egress/plaintext", "DestinationRule orders/orders-relay", call, false},
		{"U112 a second rule in the root namespace", add(orders, `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: everywhere, namespace: orders}
spec:
  host: relay.orders.orders.egress.internal
  trafficPolicy: {tls: {mode: DISABLE}}
  workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: orders-egress}}
`, "mode: DISABLE"), "egress/plaintext", egressListener, "DestinationRule orders/everywhere", false},
		{"U113 resolution NONE", replace(orders, "resolution: DNS", "resolution: NONE", "resolution: NONE"), "unknown/value", "", "ServiceEntry orders/orders-relay", false},
		{"U113 wildcard host", replace(orders, "  hosts:\n  - relay.orders.orders.egress.internal\n", "  hosts: # by pattern\n  - '*.orders.egress.internal'\n", "# by pattern"), "unknown/value", "", "ServiceEntry orders/orders-relay", false},
		{"U117 EnvoyFilter", add(orders, `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: weak, namespace: orders}
spec: {configPatches: []}
`, "configPatches"), "bypass/escape-hatch", "EnvoyFilter orders/weak", "EnvoyFilter orders/weak", false},
		{"U118 every principal", replace(orders, "- cluster.local/ns/orders/sa/orders", "- '*'", "  - from:"), "egress/open-to-others", egressListener, "AuthorizationPolicy orders/orders-egress", false},
		{"U118 an empty rule", replace(orders, "  - from:\n    - source:\n        principals:\n        - cluster.local/ns/orders/sa/orders\n", "  - {}\n", "  - {}"), "egress/open-to-others", egressListener, "AuthorizationPolicy orders/orders-egress", false},
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
		stock    = "testdata/fleets/aks-to-eks/overlays/aks-prod/exposures/stock/stock.yaml"
		mesh     = "testdata/fleets/aks-to-eks/overlays/aks-prod/mesh/mesh.yaml"
		listener = "Gateway edge/edge listener stock"
		gateway  = "Gateway edge/edge"
		mode     = "      mode: Terminate\n"
		option   = mode + "      options: {gateway.istio.io/tls-terminate-mode: "
	)
	for _, row := range []unsafe{
		{"U088 OPTIONAL_MUTUAL", replace(edge, mode, option+"OPTIONAL_MUTUAL}\n", "OPTIONAL_MUTUAL"), "mtls/client-certificate-not-required", listener, gateway, false},
		{"U089 ISTIO_SIMPLE", replace(edge, mode, option+"ISTIO_SIMPLE}\n", "ISTIO_SIMPLE"), "mtls/client-certificate-not-required", listener, gateway, false},
		{"U090 ISTIO_MUTUAL", replace(edge, mode, option+"ISTIO_MUTUAL}\n", "ISTIO_MUTUAL"), "mtls/unknown-ca", listener, gateway, false},
		{"U256 ISTIO_MUTUAL has no floor", replace(edge, mode, option+"ISTIO_MUTUAL}\n", "ISTIO_MUTUAL"), "tls/version-below-floor", listener, gateway, false},
		{"U091 AllowInsecureFallback", replace(edge, "mode: AllowValidOnly", "mode: AllowInsecureFallback", "AllowInsecureFallback"), "mtls/client-certificate-not-required", listener, gateway, false},
		{"U092 perPort", replace(edge, "    frontend:\n", "    frontend:\n      perPort: [{port: 443, tls: {}}]\n", "perPort"), "mtls/client-certificate-not-required", listener, gateway, false},
		{"U254 a mode in another case", replace(edge, mode, option+"Mutual}\n", "Mutual"), "unknown/value", "", gateway, false},
		{"U094 an option that does nothing", func(r *gatetest.Repo) string {
			r.Replace(edge, mode, mode+"      options: {gateway.istio.io/tls-min-protocol-version: TLSV1_3}\n")
			r.Replace(mesh, "    tlsDefaults:\n      minProtocolVersion: TLSV1_3\n", "")
			return ""
		}, "tls/version-below-floor", listener, "ConfigMap istio-system/istio", false},
		{"U095 the mesh's floor falls", replace(mesh, "    tlsDefaults:\n      minProtocolVersion: TLSV1_3\n", "    tlsDefaults:\n      minProtocolVersion: TLSV1_2\n", "  mesh: |"), "tls/version-below-floor", listener, "ConfigMap istio-system/istio", false},
		{"the mesh's configuration is gone", func(r *gatetest.Repo) string {
			r.Remove("testdata/fleets/aks-to-eks/overlays/aks-prod/mesh/kustomization.yaml")
			r.Remove(mesh)
			return ""
		}, "tls/version-below-floor", listener, "", false},
		{"U117 EnvoyFilter", add(edge, `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: weak, namespace: edge}
spec: {configPatches: []}
`, "configPatches"), "bypass/escape-hatch", "EnvoyFilter edge/weak", "EnvoyFilter edge/weak", false},
		{"U118 every principal", replace(edge, "- corp.example.com/ns/orders/sa/orders", "- '*'", "  - from:"), "identity/any-identity", listener, "AuthorizationPolicy edge/edge", false},
		{"U118 another principal", replace(edge, "- corp.example.com/ns/orders/sa/orders", "- corp.example.com/ns/orders/sa/orders\n        - corp.example.com/ns/eve/sa/eve", "  - from:"), "identity/undeclared-identity", listener, "AuthorizationPolicy edge/edge", false},
		{"the policy is gone", without(edge, "kind: AuthorizationPolicy", ""), "identity/any-identity", listener, gateway, false},
		{"U255 no name is checked", replace(stock, "    subjectAltNames:\n    - hostname: stock.stock.svc.cluster.local\n      type: Hostname\n", "", "  validation:"), "backend/name-not-checked", listener, "BackendTLSPolicy stock/stock", false},
		{"U114 the policy is ignored", replace(stock, "kind: BackendTLSPolicy\nmetadata:\n", "kind: BackendTLSPolicy\nmetadata:\n  annotations: {istio.io/ignore-policy-attachment: \"true\"}\n", "istio.io/ignore"), "backend/plaintext-hop", listener, "", false},
		{"U099 a classic gateway", add(edge, `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: classic, namespace: edge}
spec:
  selector: {gateway.networking.k8s.io/gateway-name: edge}
  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: edge-stock-tls}}]
`, "mode: SIMPLE"), "mtls/client-certificate-not-required", "", "Gateway edge/classic", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "aks-to-eks")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}
