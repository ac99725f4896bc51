package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const (
	edge  = "overlays/eks-prod/gateways/edge/edge.yaml"
	relay = "overlays/eks-prod/exposures/relay/relay.yaml"

	listener = "Gateway edge/edge listener relay"
	gateway  = "Gateway edge/edge"
	policy   = "ClientTrafficPolicy edge/edge-relay"

	clientCert = "mtls/client-certificate-not-required"
	floor      = "tls/version-below-floor"
)

// TestEnvoyGatewayOfTheExample edits what gatespan generated for eks-prod.
func TestEnvoyGatewayOfTheExample(t *testing.T) {
	check(t, gatetest.Relay, []unsafe{
		{"U001 policy deleted", without(edge, "kind: ClientTrafficPolicy", "    tls:"), floor, listener, gateway, false},
		{"U004 optional", replace(edge, "mode: RequireAndVerify", "optional: true", "optional: true"), clientCert, listener, policy, false},
		{"U005 VerifyIfGiven", replace(edge, "mode: RequireAndVerify", "mode: VerifyIfGiven", "VerifyIfGiven"), clientCert, listener, policy, false},
		{"U006 Request", replace(edge, "mode: RequireAndVerify", "mode: Request", "mode: Request"), clientCert, listener, policy, false},
		{"U007 RequireAny", replace(edge, `      caCertificateRefs:
      - group: ""
        kind: ConfigMap
        name: edge-client-ca
      mode: RequireAndVerify
`, "      mode: RequireAny\n", "RequireAny"), clientCert, listener, policy, false},
		{"U008 RequireAny beside CAs", replace(edge, "mode: RequireAndVerify", "mode: RequireAny", "RequireAny"), clientCert, listener, policy, false},
		{"U009 expired", replace(edge, "mode: RequireAndVerify", "allowExpiredCertificate: true", "allowExpired"), "mtls/expired-certificates-accepted", listener, policy, false},
		{"U010 no identities", replace(edge, matchers, "", "clientValidation:"), "identity/any-identity", listener, policy, false},
		{"U011 pattern", replace(edge, "        uris:\n", "        dnsNames:\n        - type: RegularExpression\n          value: '.*'\n        uris:\n", "subjectAltNames:"), "identity/pattern-identity", listener, policy, false},
		{"U012 second matcher", replace(edge, "        uris:\n", "        uris:\n        - type: Exact\n          value: spiffe://corp.example.com/ns/other/sa/other\n", "subjectAltNames:"), "identity/undeclared-identity", listener, policy, false},
		{"U013 suffix", replace(edge, "        - type: Exact\n          value: spiffe://corp.example.com/ns/orders/sa/orders\n", "        - type: Suffix\n          value: orders\n", "subjectAltNames:"), "identity/pattern-identity", listener, policy, false},
		{"U015 resumption", replace(edge, versions, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n    session:\n      resumption:\n        stateless: {}\n", "resumption:"), "mtls/session-resumption", listener, policy, false},
		{"U016 second CA that nothing makes", replace(edge, "        name: edge-client-ca\n      mode: Req", "        name: edge-client-ca\n      - name: public-roots\n        kind: ConfigMap\n      mode: Req", "- name: public-roots"), "mtls/missing-ca", policy, policy, false},
		{"U017 target typo", replace(edge, "    kind: Gateway\n    name: edge\n", "    kind: Gateway\n    name: edge-gw\n", "name: edge-gw"), floor, listener, policy, false},
		{"U018 other namespace", func(r *gatetest.Repo) string {
			old := document(r, edge, "kind: ClientTrafficPolicy")
			r.Replace(edge, old, strings.Replace(old, "namespace: edge", "namespace: other", 1))
			return r.Line(edge, "namespace: other")
		}, floor, listener, "ClientTrafficPolicy other/edge-relay", false},
		{"U020 section typo", replace(edge, "sectionName: relay", "sectionName: relais", "relais"), floor, listener, policy, false},
		{"U021 section policy with timeouts alone", add(edge, timeouts, "spec: # no tls"), floor, listener, "ClientTrafficPolicy edge/a-timeouts", false},
		{"U024 selector selects nothing", replace(edge, targets, "  targetSelectors:\n  - {kind: Gateway, matchLabels: {no: body}}\n", "no: body"), floor, listener, policy, false},
		{"U027 minVersion 1.2", replace(edge, versions, "    minVersion: \"1.2\"\n", "minVersion: \"1.2\""), floor, listener, policy, false},
		{"U028 minVersion removed", func(r *gatetest.Repo) string {
			r.Replace(edge, versions, "")
			r.Replace(edge, "  tls:\n    clientValidation:", "  tls: # the floor\n    clientValidation:")
			return r.Line(edge, "tls: # the floor")
		}, floor, listener, policy, false},
		{"U029 Auto", replace(edge, versions, "    minVersion: Auto\n", "Auto"), floor, listener, policy, false},
		{"U030 capped", replace(edge, versions, "    maxVersion: \"1.2\"\n", "maxVersion"), "tls/version-capped", listener, policy, false},
		{"U031 a number", func(r *gatetest.Repo) string {
			r.Replace(edge, versions, "    minVersion: 1.3\n")
			r.Replace(edge, "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy", "apiVersion: gateway.envoyproxy.io/v1alpha1 # the policy\nkind: ClientTrafficPolicy")
			return r.Line(edge, "# the policy") // the whole object is refused
		}, "unknown/value", policy, policy, false},
		{"U033 frontend alone", without(edge, "kind: ClientTrafficPolicy", "    tls:"), floor, listener, gateway, false},
		{"U038 protocol HTTP", replace(edge, "protocol: HTTPS", "protocol: HTTP", "protocol: HTTP"), "mtls/plaintext-listener", listener, gateway, false},
		{"U039 U040 plaintext listener and route", func(r *gatetest.Repo) string {
			r.Replace(edge, "  listeners:\n", "  listeners:\n  - {name: http, port: 80, protocol: HTTP}\n")
			r.Replace(relay, "    sectionName: relay\n", "")
			return r.Line(edge, "name: http,")
		}, "mtls/plaintext-listener", gateway + " listener http", gateway, false},
		{"U041 Passthrough", replace(edge, "mode: Terminate", "mode: Passthrough", "Passthrough"), "mtls/passthrough-not-declared", listener, gateway, false},
		{"U042 TCP", func(r *gatetest.Repo) string {
			r.Replace(edge, "  listeners:\n", "  listeners:\n  - {name: tcp, port: 9000, protocol: TCP}\n")
			r.Append(relay, tcpRoute)
			return r.Line(edge, "name: tcp,")
		}, "mtls/plaintext-listener", gateway + " listener tcp", gateway, false},
		{"U043 HTTP/3 without clientValidation", func(r *gatetest.Repo) string {
			r.Replace(edge, document(r, edge, "kind: ClientTrafficPolicy"), http3)
			return r.Line(edge, "http3: {}")
		}, "mtls/http3", listener, policy, false},
		{"U045 listener sets of all", replace(edge, "spec:\n  gatewayClassName: eg\n", "spec:\n  gatewayClassName: eg\n  allowedListeners: {namespaces: {from: Selector, selector: {}}}\n", "allowedListeners"), "bypass/listener-sets-admitted", gateway, gateway, false},
		{"U046 U047 second gateway", func(r *gatetest.Repo) string {
			r.Append(edge, tools)
			r.Replace(relay, "  parentRefs:\n", "  parentRefs:\n  - {name: tools}\n")
			return r.Line(edge, "    tls: {certificateRefs")
		}, clientCert, "Gateway edge/tools listener https", "Gateway edge/tools", false},
		{"U048 default gateways", replace(relay, "  parentRefs:\n", "  useDefaultGateways: All\n  parentRefs:\n", "useDefault"), "unknown/field", "HTTPRoute edge/relay", "HTTPRoute edge/relay", false},
		{"U049 other class", replace(edge, "gatewayClassName: eg", "gatewayClassName: eg-public", "eg-public"), "unknown/controller", gateway, gateway, false},
		{"U050 bootstrap", replace(edge, "  backendTLS:\n", "  bootstrap: {type: Replace, value: 'x: y'}\n  backendTLS:\n", "bootstrap:"), "bypass/escape-hatch", "", "EnvoyProxy edge/edge", false},
		{"U051 merged", func(r *gatetest.Repo) string {
			// On a Gateway's own EnvoyProxy the field counts for nothing: it does on the class's (internal/gatewayapi/contexts.go).
			r.Replace(edge, "  backendTLS:\n", "  mergeGateways: true\n  backendTLS:\n")
			r.Append(edge, class)
			return r.Line(edge, "mergeGateways")
		}, "bypass/escape-hatch", "", "EnvoyProxy edge/edge", false},
		{"U052 U053 patch policy", add(edge, patchPolicy, "jsonPatches"), "bypass/escape-hatch", "", "EnvoyPatchPolicy edge/patch", false},
		{"U054 lua", add(edge, lua, "lua:"), "bypass/escape-hatch", "", "EnvoyExtensionPolicy edge/lua", false},
		{"U058 hop policy deleted", without(relay, "kind: BackendTLSPolicy", "    - group: \"\""), "backend/plaintext-hop", listener, "HTTPRoute edge/relay", false},
		{"U059 hop policy of another port", func(r *gatetest.Repo) string {
			r.Replace(relay, "    name: relay\n  validation:", "    name: relay\n    sectionName: metrics\n  validation:")
			r.Replace(relay, "  - backendRefs:\n    - group: \"\"\n", "  - backendRefs:\n    - group: \"\" # the hop\n")
			return r.Line(relay, "# the hop")
		}, "backend/plaintext-hop", listener, "", false},
		{"U060 system roots", replace(relay, hopCA, "    wellKnownCACertificates: System\n", "System"), "backend/ca-not-pinned", "", "BackendTLSPolicy relay/relay", false},
		{"U061 wide name", replace(relay, "    hostname: relay.relay.svc.cluster.local\n", "    hostname: relay.relay.svc.cluster.local\n    subjectAltNames: [{type: Hostname, hostname: '*.example.com'}]\n", "subjectAltNames"), "backend/name-not-checked", "", "BackendTLSPolicy relay/relay", false},
		{"U062 other name", replace(relay, "hostname: relay.relay.svc.cluster.local", "hostname: other.relay.svc.cluster.local", "hostname: other"), "backend/name-not-checked", "", "BackendTLSPolicy relay/relay", false},
		{"U065 from All", replace(edge, "from: Same", "from: All", "from: All"), "bypass/open-attachment", listener, gateway, false},
		{"U066 negative selector", replace(edge, "from: Same", "from: Selector\n        selector: {matchExpressions: [{key: x, operator: DoesNotExist}]}", "matchExpressions"), "bypass/open-attachment", listener, gateway, false},
		{"U068 no hostname", replace(edge, "    hostname: relay.example.com\n", "", "- allowedRoutes:"), "bypass/wide-hostname", listener, gateway, false},
		{"U068 wildcard", replace(edge, "    hostname: relay.example.com\n", "    hostname: '*.example.com'\n", "- allowedRoutes:"), "bypass/wide-hostname", listener, gateway, false},
		{"U070 mirror", replace(relay, "    matches:\n", "    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: spy, port: 80}}}]\n    matches:\n", "RequestMirror"), "bypass/request-mirror", "", "HTTPRoute edge/relay", false},
		{"U071 identity header", replace(relay, "    matches:\n", "    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-forwarded-client-cert, value: forged}]}}]\n    matches:\n", "forged"), "identity/header-forgery", "", "HTTPRoute edge/relay", false},
		{"U072 ExternalName", add(relay, "apiVersion: v1 # an alias\nkind: Service\nmetadata: {name: relay, namespace: relay}\nspec: {type: ExternalName, externalName: evil.example.com, ports: [{port: 8443}]}\n", "# an alias"), "bypass/external-name-backend", listener, "Service relay/relay", false},
		{"U073 endpoints", add(relay, slice, "endpoints: [{"), "bypass/hand-written-endpoints", "EndpointSlice relay/relay-x", "EndpointSlice relay/relay-x", false},
		{"a key of another namespace, without a grant", replace(edge, "      - group: \"\"\n        kind: Secret\n        name: edge-relay-tls\n", "      - {group: \"\", kind: Secret, name: edge-relay-tls, namespace: other} # foreign\n", "# foreign"), "grants/missing-grant", gateway, gateway, false},
		{"U064 a rival policy with system roots", add(relay, `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: a-first, namespace: relay}
spec:
  targetRefs: [{group: "", kind: Service, name: relay}]
  validation: {hostname: relay.relay.svc.cluster.local, wellKnownCACertificates: System}
`, "wellKnownCACertificates"), "backend/ca-not-pinned", listener, "BackendTLSPolicy relay/a-first", false},
		{"U074 foreign key", func(r *gatetest.Repo) string {
			r.Replace(edge, "        name: edge-relay-tls\n      mode", "        name: edge-relay-tls\n        namespace: pki\n      mode")
			r.Append(edge, "---\n"+keyGrant)
			return r.Line(edge, "kind: Secret, name: edge-relay-tls")
		}, "grants/sensitive-target", "ReferenceGrant pki/keys", "ReferenceGrant pki/keys", false},
		{"U075 CA that nothing makes", func(r *gatetest.Repo) string {
			r.Replace(edge, document(r, edge, "kind: ConfigMap\nmeta"), "")
			return ""
		}, "mtls/missing-ca", policy, policy, false},
		{"U077 target without name", func(r *gatetest.Repo) string {
			r.Replace(relay, grantTo, "  - {group: '', kind: Service}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy")
			return r.Line(relay, "{group: '', kind: Service}")
		}, "grants/target-not-named", "ReferenceGrant relay/relay", "ReferenceGrant relay/relay", false},
		{"U078 second target", replace(relay, "  to:\n", "  to:\n  - {group: '', kind: Service}\n", "{group: '', kind: Service}"), "grants/target-not-named", "ReferenceGrant relay/relay", "ReferenceGrant relay/relay", false},
		{"U079 Secrets", replace(relay, "  to:\n", "  to:\n  - {group: '', kind: Secret}\n", "kind: Secret}"), "grants/target-not-named", "ReferenceGrant relay/relay", "ReferenceGrant relay/relay", false},
		{"U081 other referrers", replace(relay, "  from:\n  - group: gateway.networking.k8s.io\n    kind: HTTPRoute\n", "  from:\n  - {group: gateway.networking.k8s.io, kind: TCPRoute, namespace: edge}\n  - group: gateway.networking.k8s.io\n    kind: HTTPRoute\n", "TCPRoute"), "grants/broad-referrer", "ReferenceGrant relay/relay", "ReferenceGrant relay/relay", false},
		{"U082 twice in two versions", add(relay, "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: relay, namespace: relay}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}], to: [{group: '', kind: Service}]}\n", "v1beta1"), "render/duplicate-object", "", "", false},
		{"U083 v1beta1", add(relay, "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: broad, namespace: relay}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}], to: [{group: '', kind: Service}]}\n", "spec: {from"), "grants/target-not-named", "ReferenceGrant relay/broad", "ReferenceGrant relay/broad", false},
		{"U084 kube-system", add(relay, "apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: pki, namespace: kube-system}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}], to: [{group: '', kind: Service, name: relay}]}\n", "spec: {from"), "grants/unused", "ReferenceGrant kube-system/pki", "ReferenceGrant kube-system/pki", false},
		{"U085 transformer", func(r *gatetest.Repo) string {
			r.Append("overlays/eks-prod/exposures/relay/kustomization.yaml", "namespace: kube-system\n")
			return ""
		}, "grants/unused", "ReferenceGrant kube-system/relay", "ReferenceGrant kube-system/relay", false},
		{"U086 policies as referrers", func(r *gatetest.Repo) string {
			r.Replace(relay, "  from:\n  - group", "  from:\n  - {group: gateway.envoyproxy.io, kind: ClientTrafficPolicy, namespace: edge}\n  - group")
			return relay
		}, "grants/unused", "ReferenceGrant relay/relay", "ReferenceGrant relay/relay", false},
		{"U087 orphan", without(relay, "kind: HTTPRoute\nmeta", ""), "grants/unused", "ReferenceGrant relay/relay", "ReferenceGrant relay/relay", false},
	})
}

const (
	versions = "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n"
	matchers = `      subjectAltNames:
        uris:
        - type: Exact
          value: spiffe://corp.example.com/ns/orders/sa/orders
`
	targets = `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: Gateway
    name: edge
    sectionName: relay
`
	hopCA = `    caCertificateRefs:
    - group: ""
      kind: ConfigMap
      name: relay-backend-ca
`
	grantTo = `  - group: ""
    kind: Service
    name: relay
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy`
	timeouts = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: a-timeouts, namespace: edge}
spec: # no tls
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge, sectionName: relay}]
  timeout: {http: {idleTimeout: 5s}}
`
	tcpRoute = `---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TCPRoute
metadata: {name: raw, namespace: relay}
spec: {parentRefs: [{name: edge, namespace: edge, sectionName: tcp}], rules: [{backendRefs: [{name: relay, port: 8443}]}]}
`
	tools = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: tools, namespace: edge}
spec:
  gatewayClassName: eg
  listeners:
  - name: https
    port: 8443
    protocol: HTTPS
    hostname: relay.example.com
    tls: {certificateRefs: [{name: edge-relay-tls}]}
`
	patchPolicy = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyPatchPolicy
metadata: {name: patch, namespace: edge}
spec:
  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}
  type: JSONPatch
  jsonPatches: []
`
	lua = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyExtensionPolicy
metadata: {name: lua, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: relay}]
  lua: [{type: Inline, inline: "function envoy_on_request(h) end"}]
`
	firstHop = `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: a-first, namespace: relay}
spec:
  targetRefs: [{group: "", kind: Service, name: relay}]
  validation: {wellKnownCACertificates: System, hostname: relay.relay.svc.cluster.local}
`
	http3 = `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: edge-relay, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  http3: {}
  tls: {minVersion: "1.3"}
`
	class = `---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec:
  controllerName: gateway.envoyproxy.io/gatewayclass-controller
  parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: edge, namespace: edge}
`
	keyGrant = `apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: keys, namespace: pki}
spec:
  from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}]
  to:
  - {group: "", kind: Secret, name: edge-relay-tls}
`
	slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: relay-x, namespace: relay, labels: {kubernetes.io/service-name: relay}}
addressType: IPv4
endpoints: [{addresses: [10.9.9.9]}]
ports: [{port: 8443}]
`
)
