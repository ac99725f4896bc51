package gate_test

import (
	"encoding/base64"
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

// TestWaysAround adds what reaches the pods of relay without its gateway.
func TestWaysAround(t *testing.T) {
	const (
		way  = "bypass/service-exposed"
		mine = "Service relay/relay"
	)
	check(t, gatetest.Relay, []unsafe{
		{"U180 LoadBalancer", add(relayFile, relayService+"  type: LoadBalancer\n", "  type: LoadBalancer"), way, mine, mine, false},
		{"U181 NodePort", add(relayFile, relayService+"  type: NodePort\n", "  type: NodePort"), way, mine, mine, false},
		{"U182 externalIPs", add(relayFile, relayService+"  externalIPs: [203.0.113.7]\n", "  externalIPs"), way, mine, mine, false},
		{"U183 another name", add(relayFile, `apiVersion: v1
kind: Service
metadata: {name: metrics, namespace: relay}
spec:
  type: LoadBalancer
  selector: {app: relay}
  ports: [{port: 8443}]
`, "  type: LoadBalancer"), way, "Service relay/metrics", "Service relay/metrics", false},
		{"U186 hostPort", add(relayFile, workload("      containers:\n      - {name: relay, image: relay, ports: [{containerPort: 8443, hostPort: 8443}]}\n"), "hostPort"),
			"bypass/host-port", "Deployment relay/relay", "Deployment relay/relay", false},
		{"U186 hostNetwork", add(relayFile, workload("      hostNetwork: true\n      containers:\n      - {name: relay, image: relay}\n"), "hostNetwork"),
			"bypass/host-port", "Deployment relay/relay", "Deployment relay/relay", false},
		{"U187 Ingress", add(relayFile, `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: relay, namespace: relay}
spec:
  rules:
  - host: relay.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: relay, port: {number: 8443}}}}]}
`, "http: {paths"), "bypass/ingress", "Ingress relay/relay", "Ingress relay/relay", false},
		{"U187 default backend", add(relayFile, `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: relay, namespace: relay}
spec:
  defaultBackend: {service: {name: relay, port: {number: 8443}}}
`, "defaultBackend"), "bypass/ingress", "Ingress relay/relay", "Ingress relay/relay", false},
		{"U230 in a second document of a JSON file", func(r *gatetest.Repo) string {
			r.Write("overlays/eks-prod/exposures/relay/more.json", `{"apiVersion":"v1","kind":"Service","metadata":{"name":"more","namespace":"relay"},
"spec":{"type":"LoadBalancer","selector":{"app":"relay"},"ports":[{"port":8443}]}}
`)
			r.Replace("overlays/eks-prod/exposures/relay/kustomization.yaml", "- relay.yaml", "- relay.yaml\n- more.json")
			return "overlays/eks-prod/exposures/relay/more.json:2"
		}, way, "Service relay/more", "Service relay/more", false},
		{"U235 a node port in another notation", add(relayFile, relayService[:len(relayService)-len("  ports: [{port: 8443}]\n")]+"  type: NodePort\n  ports: [{port: 0x20FB}]\n", "  type: NodePort"), way, mine, mine, false},
	})
}

func workload(pod string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata: {name: relay, namespace: relay}
spec:
  selector: {matchLabels: {app: relay}}
  template:
    metadata: {labels: {app: relay}}
    spec:
` + pod
}

// TestNetworkPolicies weakens the policy that closes the pods of relay.
func TestNetworkPolicies(t *testing.T) {
	const (
		rule    = "network/backend-open"
		subject = "Service relay/relay"
		object  = "NetworkPolicy relay/relay"
		from    = `  - from:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: envoy-gateway-system
      podSelector:
        matchLabels:
          gateway.envoyproxy.io/owning-gateway-name: edge
          gateway.envoyproxy.io/owning-gateway-namespace: edge
`
	)
	check(t, gatetest.Relay, []unsafe{
		{"U188 a label that no pod has", anywhere(replace(relayFile, "  podSelector:\n    matchLabels:\n      app: relay\n", "  podSelector:\n    matchLabels:\n      app: relya\n", "app: relya")), rule, subject, "", false},
		{"U189 an empty rule", replace(relayFile, from+"    ports:\n    - port: 8443\n      protocol: TCP\n", "  - {}\n", "  - {}"), rule, subject, object, false},
		{"U189 from nobody is from everybody", replace(relayFile, from, "  - from: []\n", "  - from: []"), rule, subject, object, false},
		{"U189 every address", replace(relayFile, from, "  - from:\n    - ipBlock: {cidr: 0.0.0.0/0}\n", "ipBlock"), rule, subject, object, false},
		{"U189 every namespace", replace(relayFile, from, "  - from:\n    - namespaceSelector: {}\n", "namespaceSelector"), rule, subject, object, false},
		{"U190 or instead of and", anywhere(replace(relayFile, "      podSelector:\n        matchLabels:\n          gateway", "    - podSelector:\n        matchLabels:\n          gateway", "  - from:")), "change/weaker", subject, object, true},
		{"U191 policyTypes without Ingress", anywhere(replace(relayFile, "  - Ingress", "  - Egress", "policyTypes")), rule, subject, "", false},
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

// keyBody is no key: it only looks like one. encodedKey is it in base64.
var (
	keyBody    = strings.Repeat("MIGH", 16)
	encodedKey = base64.StdEncoding.EncodeToString([]byte("-----BEGIN " + "PRIVATE KEY-----\n" + keyBody + "\n-----END " + "PRIVATE KEY-----\n"))
)

// TestSecrets puts what must stay secret into Git.
func TestSecrets(t *testing.T) {
	const rule = "secrets/private-key-in-git"
	check(t, gatetest.Relay, []unsafe{
		{"U194 a TLS Secret", add(edgeFile, "apiVersion: v1\nkind: Secret\nmetadata: {name: edge-relay-tls, namespace: edge}\ntype: kubernetes.io/tls\ndata:\n  tls.crt: LS0tLS1CRUdJTg==\n  tls.key: "+encodedKey+"\n", "  tls.key: LS0"), rule, "Secret edge/edge-relay-tls", "Secret edge/edge-relay-tls", false},
		{"U195 a ConfigMap", add(edgeFile, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes, namespace: edge}\ndata:\n  text: |\n    -----BEGIN EC "+"PRIVATE KEY-----\n"+"    "+keyBody+"\n    -----END EC PRIVATE KEY-----\n", "  text: |"), rule, "ConfigMap edge/notes", "ConfigMap edge/notes", false},
		{"U195 in base64", add(edgeFile, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes, namespace: edge}\nbinaryData:\n  text: "+encodedKey+"\n", "  text: LS0"), rule, "ConfigMap edge/notes", "ConfigMap edge/notes", false},
		{"U195 an annotation, folded", add(edgeFile, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: notes\n  namespace: edge\n  annotations:\n    note: >-\n      -----BEGIN "+"PRIVATE KEY-----\n  "+"    "+keyBody+"\n      -----END PRIVATE KEY-----\n", "    note: >-"), rule, "ConfigMap edge/notes", "ConfigMap edge/notes", false},
		{"U195 base64 in a ConfigMap's text", add(edgeFile, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes, namespace: edge}\ndata:\n  text: "+encodedKey+"\n", "  text: LS0"), rule, "ConfigMap edge/notes", "ConfigMap edge/notes", false},
	})
}

// TestTrustAnchors exchanges or widens the roots that clients are verified against. anotherRoot is nobody's CA.
func TestTrustAnchors(t *testing.T) {
	const (
		anchors  = "ConfigMap edge/edge-client-ca"
		end      = "    3w56wmQ26OQ=\n    -----END CERTIFICATE-----\n"
		exchange = "    MIIBtDCCAVqgAwIBAgIQFTRKfE/niYXV+JxVgEeqCjAKBggqhkjOPQQDAjAmMSQw\n"
	)
	with := func(behavior string) func(r *gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			r.Write("overlays/eks-prod/gateways/edge/ca.crt", anotherRoot)
			r.Append("overlays/eks-prod/gateways/edge/kustomization.yaml",
				"configMapGenerator:\n- name: edge-client-ca\n  namespace: edge\n  behavior: "+behavior+"\n  files: [ca.crt]\n")
			return ""
		}
	}
	check(t, gatetest.Relay, []unsafe{
		{"U196 another CA", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, document(r, edgeFile, "name: edge-client-ca\n  namespace: edge\n  labels"), caConfigMap(anotherRoot))
			return r.Line(edgeFile, "  ca.crt: |")
		}, "mtls/unknown-ca", relayEntry, anchors, false},
		{"U196 another CA, exchanged", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, document(r, edgeFile, "name: edge-client-ca\n  namespace: edge\n  labels"), caConfigMap(anotherRoot))
			return r.Line(edgeFile, "  ca.crt: |")
		}, "change/ca-exchanged", relayEntry, anchors, true},
		{"U197 one more CA", replace(edgeFile, end, end+indent(anotherRoot), "  ca.crt: |"), "mtls/unknown-ca", relayEntry, anchors, false},
		{"U197 one more CA, compared", replace(edgeFile, end, end+indent(anotherRoot), "  ca.crt: |"), "change/weaker", relayEntry, anchors, true},
		{"U198 a generator replaces it", with("replace"), "mtls/unknown-ca", relayEntry, anchors, false},
		{"U198 a generator merges into it", with("merge"), "mtls/unknown-ca", relayEntry, anchors, false},
		{"U199 no certificate at all", replace(edgeFile, exchange, "", "  ca.crt: |"), "unknown/value", anchors, anchors, false},
		{"U213 a generator whose name has a hash", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, document(r, edgeFile, "name: edge-client-ca\n  namespace: edge\n  labels"), "")
			r.Write("overlays/eks-prod/gateways/edge/ca.crt", anotherRoot)
			r.Append("overlays/eks-prod/gateways/edge/kustomization.yaml", "configMapGenerator:\n- name: edge-client-ca\n  namespace: edge\n  files: [ca.crt]\n")
			return ""
		}, "mtls/missing-ca", "ClientTrafficPolicy edge/edge-relay", "ClientTrafficPolicy edge/edge-relay", false},
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
