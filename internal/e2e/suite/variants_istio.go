//go:build e2e && linux

package suite

import "strings"

// weakenedIstio are the changes after which pilot is asked again.
var weakenedIstio = []variant{
	{name: "the mesh's TLS without client certificates", edit: replaced("Gateway", terminateMode+"ISTIO_MUTUAL", terminateMode+"ISTIO_SIMPLE")},
	{name: "a mode that Istio does not know", edit: option("Mutual"), harmless: true}, // beside spec.tls.frontend, which decides
	{name: "client certificates are optional", edit: option("OPTIONAL_MUTUAL")},
	{name: "the mesh's TLS hides the frontend", edit: option("ISTIO_SIMPLE")},
	{name: "certificates of any CA", edit: replaced("Gateway", "mode: AllowValidOnly", "mode: AllowInsecureFallback")},
	{name: "no frontend", edit: matched("Gateway", `(?m)^  tls:\n(?:    .*\n)+`, "")},
	{name: "no floor in the mesh", edit: replaced("ConfigMap", "minProtocolVersion: TLSV1_3", "minProtocolVersion: TLS_AUTO")},
	{name: "a CA that is not there", edit: missingCA},
	{name: "listeners in plaintext", edit: matched("Gateway", `(?m)^    protocol: HTTPS\n    tls:\n(?:      .*\n)+`, "    protocol: HTTP\n")},
	{name: "nobody is authorized by name", edit: removed("AuthorizationPolicy")},
	{name: "everybody of a namespace", edit: replaced("AuthorizationPolicy", "/sa/orders", "/*")},
	{name: "policies in dry run", edit: replaced("AuthorizationPolicy", "metadata:\n", "metadata:\n  annotations: {istio.io/dry-run: \"true\"}\n")},
	{name: "tokens in addition", edit: tokens("[\"*\"]")},
	{name: "tokens that nobody needs", edit: tokens(""), harmless: true},
	{name: "some addresses alone", edit: replaced("AuthorizationPolicy", "    - source:\n", "    - source:\n        ipBlocks: [10.1.0.0/16]\n        remoteIpBlocks: [192.0.2.0/24]\n"), harmless: true},
	{name: "a Gateway of Istio's own beside", edit: beside("Gateway", classicBeside)},
	{name: "a Gateway of Istio's own beside, with a policy", edit: beside("Gateway", classicPolicy("{namespace}"))},
	{name: "a Gateway of Istio's own beside, with a policy and proxies of two namespaces", edit: beside("Gateway", classicPolicy("proxies"))},
	{name: "a ListenerSet of a tenant", edit: listenerSet(false)},
	{name: "a ListenerSet of a tenant with a CA", edit: listenerSet(true)},
	{name: "no route is let in", edit: matched("Gateway", `(?m)^        from: Same$`, "        from: Selector\n        selector: {matchLabels: {kubernetes.io/metadata.name: nobody}}")},
	{name: "no grant", edit: removed("ReferenceGrant")},
	{name: "no TLS to the pods", edit: removed("BackendTLSPolicy")},
	{name: "pods of any public CA", edit: matched("BackendTLSPolicy", `(?m)^    caCertificateRefs:\n(?:    - .*\n|      .*\n)+`, "    wellKnownCACertificates: System\n")},
	{name: "pods by another name", edit: replaced("BackendTLSPolicy", "hostname: ", "hostname: other-")},
	{name: "calls without TLS", edit: replaced("DestinationRule", "mode: MUTUAL", "mode: DISABLE")},
	{name: "calls without a client certificate", edit: replaced("DestinationRule", "mode: MUTUAL", "mode: SIMPLE")},
	{name: "calls that check no name", edit: matched("DestinationRule", `(?m)^        subjectAltNames:\n(?:        - .*\n)+`, "")},
	{name: "calls with another name", edit: replaced("DestinationRule", "sni: relay.example.com", "sni: other.example.com")},
	{name: "calls by no rule", edit: removed("DestinationRule")},
	{name: "settings of the port without TLS", edit: replaced("DestinationRule", "      tls:\n        credentialName", "      connectionPool: {tcp: {maxConnections: 1}}\n    tls:\n        credentialName")},
}

const terminateMode = "gateway.istio.io/tls-terminate-mode: "

// option sets the mode of listeners that have no options.
func option(mode string) func(string) string {
	return matched("Gateway", `(?m)^      mode: Terminate\n(  (?:  )?[^ ]|\z)`, "      mode: Terminate\n      options: {"+terminateMode+mode+"}\n$1")
}

// tokens adds what checks tokens to Gateways with an AuthorizationPolicy, which then asks for some, or does not.
func tokens(principals string) func(string) string {
	return func(text string) string {
		_, target, found := strings.Cut(text, "\n  targetRefs:\n")
		if !found || !strings.Contains(text, "\nkind: AuthorizationPolicy\n") {
			return text
		}
		_, namespace, _ := strings.Cut(text, "\n  namespace: ")
		namespace, _, _ = strings.Cut(namespace, "\n")
		if principals != "" {
			text = strings.ReplaceAll(text, "    - source:\n", "    - source:\n        requestPrincipals: "+principals+"\n")
		}
		return text + "---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: tokens, namespace: " + namespace + "}\n" +
			"spec:\n  jwtRules: [{issuer: https://issuer.example.com, audiences: [relay], jwks: '{\"keys\":[]}'}]\n  targetRefs:\n" + target
	}
}
