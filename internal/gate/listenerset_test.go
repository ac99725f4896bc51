package gate_test

import "testing"

// TestListenerSets edits what gatespan generated for eks-prod of the fleet listener-set: ledger is served by a ListenerSet of Gateway edge.
func TestListenerSets(t *testing.T) {
	const (
		edge     = "testdata/fleets/listener-set/overlays/eks-prod/gateways/edge/edge.yaml"
		ledger   = "testdata/fleets/listener-set/overlays/eks-prod/exposures/ledger/ledger.yaml"
		listener = "ListenerSet edge/edge-2 listener ledger"
		policy   = "ClientTrafficPolicy edge/edge-ledger"
		target   = "    kind: ListenerSet\n    name: edge-2\n    sectionName: ledger\n"
		clients  = "  tls:\n    clientValidation:\n      caCertificateRefs:\n      - group: \"\"\n        kind: ConfigMap\n        name: edge-client-ca\n      mode: "
	)
	for _, row := range []unsafe{
		{"the Gateway admits no ListenerSets", edited(edge, "  allowedListeners:\n    namespaces:\n      from: Same\n", ""), "drift/not-served", listener, "ListenerSet edge/edge-2", false},
		{"those of every namespace", replace(edge, "  allowedListeners:\n    namespaces:\n      from: Same\n", "  allowedListeners:\n    namespaces: # open\n      from: All\n", "# open"), "bypass/listener-sets-admitted", "Gateway edge/edge", "Gateway edge/edge", false},
		{"its policy is for a listener of the Gateway", edited(edge, target, "    kind: Gateway\n    name: edge\n    sectionName: quotes\n"), "identity/any-identity", listener, policy, false},
		{"its policy asks for less", replace(edge, target+clients+"RequireAndVerify\n", target+clients+"Request # weak\n", "# weak"), "mtls/client-certificate-not-required", listener, policy, false},
		{"another ListenerSet has the exposure's listener", edited(edge, "  name: edge-2\n  namespace: edge\n", "  name: edge-3\n  namespace: edge\n"), "drift/not-served", listener, "ListenerSet edge/edge-2", false},
		{"a ListenerSet with the Gateway's name and listener", add(edge, `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: edge, namespace: edge}
spec:
  parentRef: {name: edge}
  listeners:
  - {name: quotes, port: 443, protocol: HTTPS, hostname: more.example.com, tls: {certificateRefs: [{name: edge-quotes-tls}]}, allowedRoutes: {namespaces: {from: Same}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: more, namespace: edge}
spec:
  parentRefs: [{group: gateway.networking.k8s.io, kind: ListenerSet, name: edge, sectionName: quotes}]
  rules: [{backendRefs: [{name: quotes, namespace: quotes, port: 8443}]}]
`, "backendRefs: [{name: quotes"), "bypass/second-entry", "ListenerSet edge/edge listener quotes", "HTTPRoute edge/more", false},
		{"its route is for another listener", edited(ledger, "    kind: ListenerSet\n    name: edge-2\n    sectionName: ledger\n", "    kind: Gateway\n    name: edge\n    sectionName: quotes\n"), "grants/unused", "ReferenceGrant ledger/ledger", "ReferenceGrant ledger/ledger", false},
	} {
		t.Run(row.name, func(t *testing.T) { blocksExample(t, "listener-set", row) })
	}
}
