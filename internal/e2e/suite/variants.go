//go:build e2e && linux

package suite

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// variant is a change of the overlays that weakens or breaks something.
type variant struct {
	name string
	edit func(string) string

	harmless bool // the controller does not know it, and nothing is otherwise
}

func replaced(kind, old, new string) func(string) string {
	return func(text string) string {
		if !strings.Contains(text, "\nkind: "+kind+"\n") {
			return text
		}
		return strings.ReplaceAll(text, old, new)
	}
}

func matched(kind, pattern, new string) func(string) string {
	expression := regexp.MustCompile(pattern)
	return func(text string) string {
		if !strings.Contains(text, "\nkind: "+kind+"\n") {
			return text
		}
		return expression.ReplaceAllString(text, new)
	}
}

func removed(kind string) func(string) string {
	return func(text string) string {
		if strings.Contains(text, "\nkind: "+kind+"\n") {
			return ""
		}
		return text
	}
}

// weakenedEnvoyGateway are the changes after which Envoy Gateway's translators are asked again. Objects are written with sorted keys.
var weakenedEnvoyGateway = []variant{
	{name: "client certificates are optional", edit: replaced("ClientTrafficPolicy", "mode: RequireAndVerify", "mode: VerifyIfGiven")},
	{name: "client certificates of any CA", edit: replaced("ClientTrafficPolicy", "mode: RequireAndVerify", "mode: RequireAny")},
	{name: "client certificates are asked for only", edit: replaced("ClientTrafficPolicy", "mode: RequireAndVerify", "mode: Request")},
	{name: "no policy for clients", edit: removed("ClientTrafficPolicy")},
	{name: "no policy for clients of one listener", edit: replaced("ClientTrafficPolicy", "sectionName: ", "sectionName: other-")},
	{name: "TLS 1.2", edit: replaced("ClientTrafficPolicy", `minVersion: "1.3"`, `minVersion: "1.2"`)},
	{name: "no floor", edit: replaced("ClientTrafficPolicy", "    minVersion: \"1.3\"\n", "")},
	{name: "sessions are resumed", edit: replaced("ClientTrafficPolicy", "    minVersion:", "    session: {resumption: {stateless: {}}}\n    minVersion:")},
	{name: "everybody of the CA", edit: matched("ClientTrafficPolicy", `(?m)^      subjectAltNames:\n(?:        .*\n)+`, "")},
	{name: "identities by prefix", edit: replaced("ClientTrafficPolicy", "- type: Exact", "- type: Prefix")},
	{name: "clients write their own header", edit: replaced("ClientTrafficPolicy", "mode: SanitizeSet", "mode: AppendForward")},
	{name: "HTTP/3", edit: replaced("ClientTrafficPolicy", "spec:\n", "spec:\n  http3: {}\n")},
	{name: "the Gateway asks for nothing", edit: replaced("Gateway", "mode: AllowValidOnly", "mode: AllowInsecureFallback")},
	{name: "a CA that is not there", edit: missingCA, harmless: true}, // it closes, and the posture says what the policy asks for
	{name: "listeners in plaintext", edit: matched("Gateway", `(?m)^    protocol: HTTPS\n    tls:\n(?:      .*\n)+`, "    protocol: HTTP\n")},
	{name: "no route is let in", edit: matched("Gateway", `(?m)^        from: Same$`, "        from: Selector\n        selector: {matchLabels: {kubernetes.io/metadata.name: nobody}}")},
	{name: "no TLS to the pods", edit: removed("BackendTLSPolicy")},
	{name: "pods of any public CA", edit: matched("BackendTLSPolicy", `(?m)^    caCertificateRefs:\n(?:    - .*\n|      .*\n)+`, "    wellKnownCACertificates: System\n")},
	{name: "pods by another name", edit: replaced("BackendTLSPolicy", "hostname: ", "hostname: other-")},
	{name: "no grant", edit: removed("ReferenceGrant")},
	{name: "no floor to the pods", edit: replaced("EnvoyProxy", `minVersion: "1.3"`, `minVersion: "1.2"`)},
	{name: "no settings of the proxies", edit: removed("EnvoyProxy")},
	{name: "exits without verification", edit: matched("Backend", `(?m)^    caCertificateRefs:\n(?:    - .*\n|      .*\n)+`, "    insecureSkipVerify: true\n")},
	{name: "no token is asked for", edit: removed("SecurityPolicy")},
	{name: "some addresses alone", edit: guarded("Gateway", addressesAlone)},
	{name: "some addresses, and all others", edit: guarded("Gateway",
		`authorization: {rules: [{action: Allow, principal: {clientCIDRs: [10.1.2.0/24]}}, {action: Allow, principal: {clientCIDRs: ["0.0.0.0/0"]}}]}`)},
	{name: "every address but some", edit: guarded("Gateway", `authorization: {defaultAction: Allow, rules: [{action: Deny, principal: {clientCIDRs: [10.1.2.0/24]}}]}`), harmless: true},
	{name: "some addresses alone, as a header tells them", edit: func(text string) string {
		return replaced("ClientTrafficPolicy", "spec:\n", "spec:\n  clientIPDetection: {xForwardedFor: {numTrustedHops: 1}}\n")(guarded("Gateway", addressesAlone)(text))
	}},
	{name: "some addresses alone, and a route of its own", edit: func(text string) string {
		return guarded("HTTPRoute", `authorization: {defaultAction: Allow}`)(guarded("Gateway", addressesAlone)(text))
	}, harmless: true},
	{name: "tokens of two issuers", edit: guarded("Gateway", twoIssuers)},
	{name: "tokens of two issuers, or none", edit: guarded("Gateway", strings.Replace(twoIssuers, "{", "{optional: true, ", 1))},
	{name: "tokens of two issuers, or wrong ones", edit: guarded("Gateway", strings.Replace(twoIssuers, "{", "{failOpen: true, ", 1)), harmless: true},
	{name: "tokens of two issuers, and a route of one", edit: func(text string) string {
		return guarded("HTTPRoute", `jwt: {providers: [{name: c, issuer: "https://c.example.com", localJWKS: {inline: "{}"}}]}`)(guarded("Gateway", twoIssuers)(text))
	}},
}

// missingCA renames ConfigMaps that hold a CA.
func missingCA(text string) string {
	if !strings.Contains(text, "\n  ca.crt: ") {
		return text
	}
	return replaced("ConfigMap", "\n  name: ", "\n  name: other-")(text)
}

// variants asks again after each change. The translation before a change must differ from the posture after it: else the comparison sees nothing.
func (e *Env) variants(o *oracle, clusters []overlaid, asIs map[string]*translated) error {
	var blind []string
	for _, v := range o.of.weakened {
		var all []*translated
		seen := false
		for _, c := range clusters {
			c.lenient = true
			t, err := o.translate(c, v.edit)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", v.name, c.name, err)
			}
			if t == nil {
				continue
			}
			for _, all := range [][]string{t.differences, t.refused} {
				for i, d := range all {
					all[i] = c.name + ": " + d
				}
			}
			all = append(all, t)
			before := &translated{facts: t.facts, posture: t.posture, objects: slices.Concat(asIs[c.name].objects, t.objects), proxies: asIs[c.name].proxies}
			o.of.compare(before)
			seen = seen || len(before.differences) > 0 || v.harmless
		}
		if !seen {
			blind = append(blind, v.name)
		}
		if err := e.translatedRow(o.of, "the same after: "+v.name, all...); err != nil {
			return err
		}
	}
	return e.record(o.of.area, "each of these changes makes a difference that the comparison sees", o.of.name, blind, fmt.Sprintf("%d changes", len(o.of.weakened)))
}
