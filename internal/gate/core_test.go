package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const (
	edgeFile   = "overlays/eks-prod/gateways/edge/edge.yaml"
	relayFile  = "overlays/eks-prod/exposures/relay/relay.yaml"
	relayEntry = "Gateway edge/edge listener relay"
)

// relayService is the Service of the exposure as its own repository would have it.
const relayService = `apiVersion: v1
kind: Service
metadata: {name: relay, namespace: relay}
spec:
  selector: {app: relay}
  ports: [{port: 8443}]
`

// TestNetworkPolicies weakens the policy that closes the pods of relay.
func TestNetworkPolicies(t *testing.T) {
	const (
		rule    = "network/backend-open"
		subject = "Service relay/relay"
		object  = "NetworkPolicy relay/relay"
	)
	check(t, gatetest.Relay, []unsafe{
		{"U190 or instead of and", anywhere(replace(relayFile, "      podSelector:\n        matchLabels:\n          gateway", "    - podSelector:\n        matchLabels:\n          gateway", "  - from:")), "change/weaker", subject, object, true},
		{"a second policy that admits all", add(relayFile, `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: more, namespace: relay}
spec:
  podSelector: {}
  ingress: [{}]
`, "ingress: [{}]"), rule, subject, "NetworkPolicy relay/more", false},
		{"the policy is gone", without(relayFile, "kind: NetworkPolicy", ""), rule, subject, "", false},
		{"U185 source ranges removed", anywhere(replace(edgeFile, "        loadBalancerSourceRanges:\n        - 20.50.0.0/28\n", "", "externalTrafficPolicy")), "change/weaker", relayEntry, "", true},
		{"U185 every source", replace(edgeFile, "        - 20.50.0.0/28\n", "        - 0.0.0.0/0\n", "loadBalancerSourceRanges"), "change/weaker", relayEntry, "EnvoyProxy edge/edge", true},
	})
}

// TestTrustAnchors exchanges or widens the roots that clients are verified against. anotherRoot is nobody's CA.
func TestTrustAnchors(t *testing.T) {
	const (
		anchors = "ConfigMap edge/edge-client-ca"
		end     = "    3w56wmQ26OQ=\n    -----END CERTIFICATE-----\n"
	)
	check(t, gatetest.Relay, []unsafe{
		{"U196 another CA, exchanged", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, document(r, edgeFile, "name: edge-client-ca\n  namespace: edge\n  labels"), caConfigMap(anotherRoot))
			return r.Line(edgeFile, "  ca.crt: |")
		}, "change/ca-exchanged", relayEntry, anchors, true},
		{"U197 one more CA, compared", replace(edgeFile, end, end+indent(anotherRoot), "  ca.crt: |"), "change/weaker", relayEntry, anchors, true},
	})
}

func caConfigMap(pem string) string {
	return "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: edge-client-ca\n  namespace: edge\ndata:\n  ca.crt: |-\n" + indent(pem)
}

// anotherRoot is a CA that the fleet does not name. Nobody has its key.
const anotherRoot = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUc+wxBgIgsSvcbKeht8ajGIBdgAswCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMYW5vdGhlciByb290MCAXDTI2MTEyNDAxMzQ0OFoYDzIwNTYx
MTE2MDEzNDQ4WjAXMRUwEwYDVQQDDAxhbm90aGVyIHJvb3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAScD0s2Z/1aWrL8BCaM90xwvSLloaR4uHpL1LH59n1vTRZ9
svyJ5bmgCzB8phGDwpZ8yab3wgU0rVc8vOU7Zcbuo2MwYTAdBgNVHQ4EFgQU2Ksf
mwi0+tFxdQAcyo0uZPmReVIwHwYDVR0jBBgwFoAU2Ksfmwi0+tFxdQAcyo0uZPmR
eVIwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwID
SAAwRQIgBZMqh8ckijPZCs/woXPvAb/E726eORot5UK1xv4OEIwCIQCZw/P7QDM3
zsP9y43754vx0ulAIKJumC/8CPej/fUHxQ==
-----END CERTIFICATE-----
`

// anotherRootSum is the SHA-256 of its DER.
const anotherRootSum = "1d2e1c27ff79d2a2a1d3ad7f487ed412e827d8d6a4771c13f5e17c46cc205e59"

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// anywhere is a change whose finding is not where the change is: what is missing has no line.
func anywhere(change func(*gatetest.Repo) string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		change(r)
		return ""
	}
}
