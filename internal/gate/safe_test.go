package gate_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const (
	byHand       = "apps/edge/edge.yaml"
	byHandRoot   = "apps/edge/kustomization.yaml"
	byHandPolicy = "apps/edge/policy.yaml"
)

// handWritten is a repository that people wrote: one gateway with client certificates, one Service behind it, a fleet of clusters only.
func handWritten(t *testing.T) *gatetest.Repo { return gatetest.New(t, byHandFiles(t)) }

func byHandFiles(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{
		"fleet/fleet.yaml": `clusters:
  shop:
    cloud: eks
    controller: {name: envoy-gateway, version: "1.9.1", gatewayClassName: eg}
    gatewayAPI: {version: "1.6"}
    path: apps
`,
		byHandRoot: "resources: [edge.yaml, policy.yaml]\n",
		byHand: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: eg
  listeners:
  - name: api
    port: 443
    protocol: HTTPS
    hostname: api.example.com
    tls: {certificateRefs: [{name: api-tls}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api, namespace: edge}
spec:
  parentRefs: [{name: edge, sectionName: api}]
  hostnames: [api.example.com]
  rules: [{matches: [{path: {value: /v1}}], backendRefs: [{name: api, namespace: api, port: 8443}]}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: api, namespace: api}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
  to: [{group: "", kind: Service, name: api}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: api, namespace: api}
spec:
  targetRefs: [{group: "", kind: Service, name: api}]
  validation: {hostname: api.api.svc.cluster.local, caCertificateRefs: [{group: "", kind: ConfigMap, name: api-ca}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: api-ca, namespace: api}
data:
  ca.crt: |
` + root(t, "backend") + `---
apiVersion: v1
kind: ConfigMap
metadata: {name: client-ca, namespace: edge}
data:
  ca.crt: |
` + root(t, "clients"),
		byHandPolicy: `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  tls:
    minVersion: "1.3"
    clientValidation:
      mode: RequireAndVerify
      caCertificateRefs: [{kind: ConfigMap, name: client-ca}]
`,
	}
}

// root is a self-signed CA, indented as a block of YAML; the same for the same name.
func root(t testing.TB, name string) string {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	key := ed25519.NewKeyFromSeed(seed[:])
	certificate := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
	}
	der, err := x509.CreateCertificate(nil, certificate, certificate, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
}

// TestSafeChanges: what the corpus calls safe is let through, also against a base.
func TestSafeChanges(t *testing.T) {
	replaced := func(file, old, new string) func(*gatetest.Repo) {
		return func(r *gatetest.Repo) { r.Replace(file, old, new) }
	}
	for name, change := range map[string]func(*gatetest.Repo){
		"nothing":                 func(*gatetest.Repo) {},
		"S001 replicas":           func(r *gatetest.Repo) { r.Append(byHand, deployment) },
		"S002 a label":            replaced(byHand, "{name: edge, namespace: edge}\nspec:\n  gatewayClassName", "{name: edge, namespace: edge, labels: {team: edge}}\nspec:\n  gatewayClassName"),
		"S006 another path":       replaced(byHand, "[{path: {value: /v1}}]", "[{path: {value: /v1}}, {path: {value: /v2}}]"),
		"S007 a timeout":          replaced(byHand, "rules: [{matches", "rules: [{timeouts: {request: 10s}, matches"),
		"S010 maxVersion 1.3":     replaced(byHandPolicy, `minVersion: "1.3"`, "minVersion: \"1.3\"\n    maxVersion: \"1.3\""),
		"S012 identities":         replaced(byHandPolicy, "mode: RequireAndVerify", "mode: RequireAndVerify\n      subjectAltNames: {dnsNames: [{type: Exact, value: a.example.com}]}"),
		"S013 the default mode":   replaced(byHandPolicy, "      mode: RequireAndVerify\n", ""),
		"S014 a section's policy": replaced(byHandPolicy, "name: edge}]", "name: edge, sectionName: api}]"),
		"S017 the core field": func(r *gatetest.Repo) {
			r.Replace(byHandPolicy, "    clientValidation:\n      mode: RequireAndVerify\n      caCertificateRefs: [{kind: ConfigMap, name: client-ca}]\n", "")
			r.Replace(byHand, "  gatewayClassName: eg\n", "  gatewayClassName: eg\n  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: client-ca}]}}}}\n")
		},
		"S018 optional: false": replaced(byHandPolicy, "mode: RequireAndVerify", "optional: false"),
		"S020 targetRef":       replaced(byHandPolicy, "targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]", "targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}"),
		"S021 a redirect": func(r *gatetest.Repo) {
			r.Replace(byHand, "  listeners:\n", "  listeners:\n  - {name: http, port: 80, protocol: HTTP}\n")
			r.Append(byHand, `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: redirect, namespace: edge}
spec:
  parentRefs: [{name: edge, sectionName: http}]
  rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]
`)
		},
		"S024 another version of the grant": replaced(byHand, "gateway.networking.k8s.io/v1beta1", "gateway.networking.k8s.io/v1"),
		"S027 another certificate":          replaced(byHand, "api-tls", "api-tls-2"),
		"S030 a component": func(r *gatetest.Repo) {
			r.Write("parts/policy/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [policy.yaml]\n")
			r.Write("parts/policy/policy.yaml", r.Read(byHandPolicy))
			r.Remove(byHandPolicy)
			r.Write(byHandRoot, "resources: [edge.yaml]\ncomponents: [../../parts/policy]\n")
		},
		"S032 a renamed file": func(r *gatetest.Repo) {
			r.Rename(byHandPolicy, "apps/edge/clients.yaml")
			r.Replace(byHandRoot, "policy.yaml", "clients.yaml")
		},
		"S033 CRLF":    func(r *gatetest.Repo) { r.Write(byHandPolicy, strings.ReplaceAll(r.Read(byHandPolicy), "\n", "\r\n")) },
		"S033 anchors": replaced(byHandPolicy, "tls:\n    minVersion: \"1.3\"", "tls:\n    minVersion: &floor \"1.3\"\n    maxVersion: *floor"),
		"S033 JSON": func(r *gatetest.Repo) {
			r.Remove(byHandPolicy)
			r.Write("apps/edge/policy.json", `{"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "ClientTrafficPolicy", "metadata": {"name": "edge", "namespace": "edge"},
 "spec": {"targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"}],
  "tls": {"minVersion": "1.3", "clientValidation": {"mode": "RequireAndVerify", "caCertificateRefs": [{"kind": "ConfigMap", "name": "client-ca"}]}}}}`)
			r.Replace(byHandRoot, "policy.yaml", "policy.json")
		},
		"S046 a Service for metrics": func(r *gatetest.Repo) {
			r.Append(byHand, "---\napiVersion: v1\nkind: Service\nmetadata: {name: metrics, namespace: api}\nspec: {selector: {app: api}, ports: [{port: 9090}]}\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := handWritten(t)
			change(r)
			r.Passes(r.Check(gate.Options{}))
			r.Passes(r.Check(gate.Options{Base: "HEAD"}))
		})
	}
}

const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: api}
spec: {replicas: 4, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: "api:2"}]}}}
`

// TestHandWritten: the same ways to weaken a gateway that people wrote, through what kustomize can do to it.
func TestHandWritten(t *testing.T) {
	const listener = "Gateway edge/edge listener api"
	patch := func(text string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string { r.Append(byHandRoot, text); return "" }
	}
	check(t, handWritten, []unsafe{
		{"U204 JSON patch", patch("patches:\n- target: {kind: ClientTrafficPolicy}\n  patch: |-\n    - op: replace\n      path: /spec/tls/minVersion\n      value: \"1.2\"\n"), "tls/version-below-floor", listener, "ClientTrafficPolicy edge/edge", false},
	})
}

// TestNetworkPolicyByAnotherLabel: the Service is in another repository, so its pods may have labels that nobody here knows. A policy that
// selects by one of them may be theirs, and admits everybody.
func TestNetworkPolicyByAnotherLabel(t *testing.T) {
	check(t, gatetest.Relay, []unsafe{{"everybody, by another label", func(r *gatetest.Repo) string {
		const file = "overlays/eks-prod/apps/open.yaml"
		r.Write("overlays/eks-prod/apps/kustomization.yaml", "resources: [open.yaml]\n")
		r.Write(file, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: open, namespace: relay}\nspec:\n  podSelector: {matchLabels: {tier: api}}\n  ingress:\n  - {}\n")
		return r.Line(file, "  - {}")
	}, "network/backend-open", "Service relay/relay", "NetworkPolicy relay/open", false}})
}
