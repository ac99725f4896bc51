//go:build e2e && linux

package suite

import "github.com/gatespan/gatespan/internal/object"

// weakenedTraefik are the changes after which Traefik is asked again.
var weakenedTraefik = []variant{
	{name: "client certificates are optional", edit: replaced("TLSOption", "RequireAndVerifyClientCert", "VerifyClientCertIfGiven")},
	{name: "client certificates of any CA", edit: replaced("TLSOption", "RequireAndVerifyClientCert", "RequireAnyClientCert")},
	{name: "a CA, and no word on who must have a certificate", edit: replaced("TLSOption", "    clientAuthType: RequireAndVerifyClientCert\n", ""), harmless: true},
	{name: "a certificate is required, and there is no CA", edit: matched("TLSOption", `(?m)^    secretNames:\n(?:    - .*\n)+`, "")},
	{name: "TLS 1.2", edit: replaced("TLSOption", "VersionTLS13", "VersionTLS12")},
	{name: "a version that Traefik does not know", edit: replaced("TLSOption", "VersionTLS13", "TLS13")},
	{name: "no options", edit: removed("TLSOption")},
	{name: "options with another name", edit: replaced("TLSOption", "  name: default\n", "  name: other\n")},
	{name: "listeners in plaintext", edit: matched("Gateway", `(?m)^    protocol: HTTPS\n    tls:\n(?:      .*\n)+`, "    protocol: HTTP\n")},
	{name: "no route is let in", edit: matched("Gateway", `(?m)^        from: Same$`, "        from: Selector\n        selector: {matchLabels: {kubernetes.io/metadata.name: nobody}}")},
	{name: "no grant", edit: removed("ReferenceGrant")},
	{name: "no TLS to the pods", edit: removed("BackendTLSPolicy")},
	{name: "pods of any public CA", edit: matched("BackendTLSPolicy", `(?m)^    caCertificateRefs:\n(?:    - .*\n|      .*\n)+`, "    wellKnownCACertificates: System\n")},
	{name: "pods by another name", edit: replaced("BackendTLSPolicy", "hostname: ", "hostname: other-")},
	{name: "calls that verify nothing", edit: replaced("ServersTransport", "spec:\n", "spec:\n  insecureSkipVerify: true\n")},
	{name: "calls by TLS 1.2", edit: matched("ServersTransport", `(?m)^  cipherSuites:\n(?:  - .*\n)+`, "")},
	{name: "calls with both versions at 1.3", edit: replaced("ServersTransport", "spec:\n", "spec:\n  minVersion: VersionTLS13\n  maxVersion: VersionTLS13\n")},
	{name: "calls without a client certificate", edit: matched("ServersTransport", `(?m)^  certificatesSecrets:\n(?:  - .*\n)+`, "")},
	{name: "calls that trust every public CA", edit: matched("ServersTransport", `(?m)^  rootCAs:\n(?:  - .*\n|    .*\n)+`, "")},
	{name: "calls by another name", edit: replaced("ServersTransport", "serverName: ", "serverName: other-")},
	{name: "calls by no transport", edit: replaced("TraefikService", "      serversTransport: ", "      serversTransport: other-")},
	{name: "calls in plaintext", edit: replaced("TraefikService", "scheme: https", "scheme: http")},
	{name: "two options named default", edit: func(text string) string {
		all, err := decode([]byte(text))
		if err != nil || len(all) != 1 || all[0].Kind != "TLSOption" || all[0].Text(object.Key("metadata", "name")) != "default" {
			return text
		}
		return text + "---\napiVersion: traefik.io/v1alpha1\nkind: TLSOption\nmetadata: {name: default, namespace: another}\nspec: {minVersion: VersionTLS12}\n"
	}},
}
