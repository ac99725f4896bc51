package gate_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestNginxAsProvider edits what gatespan generated for eks-prod of the fleet nginx: its provider is NGINX Gateway Fabric.
func TestNginxAsProvider(t *testing.T) {
	const (
		edge     = "testdata/fleets/nginx/overlays/eks-prod/gateways/edge/edge.yaml"
		ledger   = "testdata/fleets/nginx/overlays/eks-prod/exposures/ledger/ledger.yaml"
		listener = "Gateway edge/edge listener ledger"
		gateway  = "Gateway edge/edge"
		proxy    = "NginxProxy edge/edge"
		secret   = "        name: edge-ledger-tls\n"
		option   = secret + "      mode: Terminate\n      options:\n        nginx.org/ssl-protocols: TLSv1.3\n"
		changed  = secret + "      mode: Terminate\n      options:\n        nginx.org/ssl-protocols: "
	)
	for _, row := range []unsafe{
		{"SSLv3", replace(edge, option, changed+"TLSv1.3 SSLv3\n", "SSLv3"), "tls/version-below-floor", listener, gateway, false},
		{"a word that is no version", replace(edge, option, changed+"tlsv1.3\n", "tlsv1.3"), "unknown/value", gateway, gateway, false},
		{"a misspelled option", replace(edge, option, secret+"      mode: Terminate\n      options:\n        nginx.org/ssl-protocol: TLSv1.3\n", "ssl-protocol:"), "unknown/field", gateway, gateway, false},
		{"long sessions", replace(edge, option, option+"        nginx.org/ssl-session-timeout: 1d\n", "ssl-session-timeout"), "mtls/session-resumption", listener, gateway, false},
		{"no frontend", edited(edge, "        validation:\n          caCertificateRefs:\n          - group: \"\"\n            kind: ConfigMap\n            name: edge-client-ca\n          mode: AllowValidOnly\n", "        {}\n"), "mtls/client-certificate-not-required", listener, gateway, false},
		{"a CA that nothing makes", edited(edge, "          - group: \"\"\n            kind: ConfigMap\n            name: edge-client-ca\n", "          - group: \"\"\n            kind: ConfigMap\n            name: edge-client-ca\n          - group: \"\"\n            kind: ConfigMap\n            name: more\n"), "mtls/missing-ca", gateway, gateway, false},
		{"TLS that ends on a TLS listener", edited(edge, "      mode: Passthrough\n", "      mode: Terminate\n      certificateRefs: [{name: vault-tls}]\n"), "drift/not-served", "Gateway edge/edge listener vault", gateway, false},
		{"a snippet of a gateway", add(edge, `apiVersion: gateway.nginx.org/v1alpha1
kind: SnippetsPolicy
metadata: {name: weak, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  snippets: [{context: http.server, value: "ssl_verify_client off;"}]
`, "ssl_verify_client"), "bypass/escape-hatch", "SnippetsPolicy edge/weak", "SnippetsPolicy edge/weak", false},
		{"a kind that no CRD has", add(edge, `apiVersion: gateway.nginx.org/v1alpha1
kind: AccessPolicy
metadata: {name: more, namespace: edge}
spec: {action: Allow}
`, "kind: AccessPolicy"), "unknown/kind", "AccessPolicy edge/more", "AccessPolicy edge/more", false},
		{"U163 node ports", replace(edge, "      type: LoadBalancer\n", "      type: NodePort\n", "loadBalancerSourceRanges:"), "change/weaker", listener, proxy, true},
		{"another image", replace(edge, "      replicas: 2\n", "      replicas: 2\n      container: {image: {repository: example.com/mine}}\n", "example.com/mine"), "bypass/escape-hatch", proxy, proxy, false},
		{"a field that nobody knows", replace(edge, "  disableSNIHostValidation", "  disableTLS: true\n  disableSNIHostValidation", "disableTLS"), "unknown/field", proxy, proxy, false},
		{"the NginxProxy is gone", without(edge, "kind: NginxProxy", "    parametersRef:"), "unknown/reference", gateway, gateway, false},
		{"headers of clients", replace(ledger, "        - X-Forwarded-Client-Cert\n", "", "    filters:"), "identity/header-forgery", listener, "HTTPRoute edge/ledger", false},
		{"the hop is plaintext", without(ledger, "kind: BackendTLSPolicy", ""), "backend/plaintext-hop", listener, "HTTPRoute edge/ledger", false},
		{"the hop trusts every CA", replace(ledger, "    caCertificateRefs:\n    - group: \"\"\n      kind: ConfigMap\n      name: ledger-backend-ca\n", "    wellKnownCACertificates: System\n", "wellKnown"), "backend/ca-not-pinned", listener, "BackendTLSPolicy ledger/ledger", false},
	} {
		t.Run(row.name, func(t *testing.T) { blocksExample(t, "nginx", row) })
	}
}

// TestNginxAsConsumer edits what gatespan generated for aks-prod of that fleet: the egress gateway of the books workload.
func TestNginxAsConsumer(t *testing.T) {
	const (
		books    = "testdata/fleets/nginx/overlays/aks-prod/consumers/books/books.yaml"
		listener = "Gateway books/books-egress listener ledger"
		gateway  = "Gateway books/books-egress"
		policy   = "BackendTLSPolicy books/books-ledger"
		client   = "    backend:\n      clientCertificateRef:\n        group: \"\"\n        kind: Secret\n        name: books-client-tls\n"
		pinned   = "      name: books-corp-ca\n    hostname: ledger.example.com\n"
	)
	for _, row := range []unsafe{
		{"no client certificate", edited(books, "  tls:\n"+client, ""), "egress/no-client-certificate", listener, gateway, false},
		{"no policy of the hop", without(books, "kind: BackendTLSPolicy\nmetadata:\n  name: books-ledger\n", ""), "egress/plaintext", listener, "HTTPRoute books/books-ledger", false},
		{"another name", replace(books, pinned, "      name: books-corp-ca\n    hostname: other.example.com\n", "other.example.com"), "egress/name-not-checked", listener, policy, false},
		{"every public CA", replace(books, "    caCertificateRefs:\n    - group: \"\"\n      kind: ConfigMap\n"+pinned, "    wellKnownCACertificates: System\n    hostname: ledger.example.com\n", "wellKnown"), "egress/ca-not-pinned", listener, policy, false},
		{"a rival policy of the hop", add(books, `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: rival, namespace: books}
spec:
  targetRefs: [{group: "", kind: Service, name: books-ledger, sectionName: https}]
  validation: {hostname: ledger.example.com, wellKnownCACertificates: System}
`, "System"), "egress/ca-not-pinned", listener, "BackendTLSPolicy books/rival", false},
		{"no NetworkPolicy", without(books, "kind: NetworkPolicy", ""), "egress/open-to-others", listener, gateway, false},
		{"everybody in the namespace", edited(books, "      podSelector:\n        matchLabels:\n          app: books\n    ports:", "    ports:"), "drift/modified", "", "NetworkPolicy books/books-egress", false},
		{"everybody", replace(books, "  - from:\n    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: books\n      podSelector:\n        matchLabels:\n          app: books\n    ports:", "  - ports:", "  - ports:"), "egress/open-to-others", listener, "NetworkPolicy books/books-egress", false},
		{"a load balancer", edited(books, "      type: ClusterIP\n", "      type: LoadBalancer\n"), "mtls/client-certificate-not-required", listener, gateway, false},
		{"an alias of a Service of the cluster", edited(books, "  externalName: ledger.example.com\n", "  externalName: vault.vault.svc.cluster.local\n"), "bypass/external-name-backend", listener, "Service books/books-ledger", false},
	} {
		t.Run(row.name, func(t *testing.T) { blocksExample(t, "nginx", row) })
	}
}

// edited replaces the only place of a file that reads old; the finding may be at any line.
func edited(file, old, new string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Replace(file, old, new)
		return ""
	}
}

// blocksExample changes an example fleet's overlays as a row says, and wants its finding.
func blocksExample(t *testing.T, fleet string, row unsafe) {
	t.Parallel()
	r, options := example(t, fleet)
	if row.base {
		r.Commit("generated")
		options.Base = "HEAD"
	}
	place := row.change(r)
	r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
}

// TestNginxByHand: what people wrote for NGINX Gateway Fabric passes once the floor is there, and unsafe changes of it do not.
func TestNginxByHand(t *testing.T) {
	const file = "apps/edge/edge.yaml"
	start := func(t *testing.T) *gatetest.Repo {
		return gatetest.New(t, map[string]string{
			"fleet/fleet.yaml": `clusters:
  shop:
    cloud: eks
    controller: {name: nginx, version: "2.6.7"}
    gatewayAPI: {version: "1.5"}
    path: apps
`,
			"apps/edge/kustomization.yaml": "resources: [edge.yaml]\n",
			file: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: nginx
  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: client-ca}]}}}}
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
  rules:
  - filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x-forwarded-client-cert]}}]
    backendRefs: [{name: api, namespace: api, port: 8443}]
---
apiVersion: gateway.networking.k8s.io/v1
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
		})
	}
	floor := func(r *gatetest.Repo) {
		r.Replace(file, "tls: {certificateRefs: [{name: api-tls}]}", "tls: {certificateRefs: [{name: api-tls}], options: {nginx.org/ssl-protocols: TLSv1.3}}")
	}
	t.Run("without the floor", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		r.Blocks(r.Check(gate.Options{}), "tls/version-below-floor", "Gateway edge/edge listener api", "Gateway edge/edge", "")
	})
	for name, change := range map[string]func(*gatetest.Repo){
		"S041 the floor": func(*gatetest.Repo) {},
		"perPort without validation falls back to the default": func(r *gatetest.Repo) {
			r.Replace(file, "tls: {frontend: {default:", "tls: {frontend: {perPort: [{port: 443, tls: {}}], default:")
		},
		"AllowValidOnly is the default": func(r *gatetest.Repo) {
			r.Replace(file, "validation: {caCertificateRefs", "validation: {mode: AllowValidOnly, caCertificateRefs")
		},
		"sessions as short as by default": func(r *gatetest.Repo) {
			r.Replace(file, "ssl-protocols: TLSv1.3", "ssl-protocols: TLSv1.3, nginx.org/ssl-session-timeout: 5m, nginx.org/ssl-ecdh-curve: auto")
		},
		"policies that make nothing less strict": func(r *gatetest.Repo) {
			r.Append(file, `---
apiVersion: gateway.nginx.org/v1alpha1
kind: ClientSettingsPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}
  body: {maxSize: 10m}
---
apiVersion: gateway.nginx.org/v1alpha1
kind: SnippetsFilter
metadata: {name: unused, namespace: elsewhere}
spec: {snippets: [{context: http, value: "aio on;"}]}
`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			floor(r)
			change(r)
			r.Passes(r.Check(gate.Options{}))
			r.Passes(r.Check(gate.Options{Base: "HEAD"}))
		})
	}
}
