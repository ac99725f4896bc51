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

// weakened are the changes after which the translators are asked again. Objects are written with sorted keys.
var weakened = []variant{
	{"client certificates are optional", replaced("ClientTrafficPolicy", "mode: RequireAndVerify", "mode: VerifyIfGiven")},
	{"client certificates of any CA", replaced("ClientTrafficPolicy", "mode: RequireAndVerify", "mode: RequireAny")},
	{"client certificates are asked for only", replaced("ClientTrafficPolicy", "mode: RequireAndVerify", "mode: Request")},
	{"no policy for clients", removed("ClientTrafficPolicy")},
	{"no policy for clients of one listener", replaced("ClientTrafficPolicy", "sectionName: ", "sectionName: other-")},
	{"TLS 1.2", replaced("ClientTrafficPolicy", `minVersion: "1.3"`, `minVersion: "1.2"`)},
	{"no floor", replaced("ClientTrafficPolicy", "    minVersion: \"1.3\"\n", "")},
	{"sessions are resumed", replaced("ClientTrafficPolicy", "    minVersion:", "    session: {resumption: {stateless: {}}}\n    minVersion:")},
	{"everybody of the CA", matched("ClientTrafficPolicy", `(?m)^      subjectAltNames:\n(?:        .*\n)+`, "")},
	{"identities by prefix", replaced("ClientTrafficPolicy", "- type: Exact", "- type: Prefix")},
	{"clients write their own header", replaced("ClientTrafficPolicy", "mode: SanitizeSet", "mode: AppendForward")},
	{"HTTP/3", replaced("ClientTrafficPolicy", "spec:\n", "spec:\n  http3: {}\n")},
	{"the Gateway asks for nothing", replaced("Gateway", "mode: AllowValidOnly", "mode: AllowInsecureFallback")},
	{"a CA that is not there", replaced("ConfigMap", "  name: ", "  name: other-")},
	{"listeners in plaintext", matched("Gateway", `(?m)^    protocol: HTTPS\n    tls:\n(?:      .*\n)+`, "    protocol: HTTP\n")},
	{"no route is let in", matched("Gateway", `(?m)^        from: Same$`, "        from: Selector\n        selector: {matchLabels: {kubernetes.io/metadata.name: nobody}}")},
	{"no TLS to the pods", removed("BackendTLSPolicy")},
	{"pods of any public CA", matched("BackendTLSPolicy", `(?m)^    caCertificateRefs:\n(?:    - .*\n|      .*\n)+`, "    wellKnownCACertificates: System\n")},
	{"pods by another name", replaced("BackendTLSPolicy", "hostname: ", "hostname: other-")},
	{"no grant", removed("ReferenceGrant")},
	{"no floor to the pods", replaced("EnvoyProxy", `minVersion: "1.3"`, `minVersion: "1.2"`)},
	{"no settings of the proxies", removed("EnvoyProxy")},
	{"exits without verification", matched("Backend", `(?m)^    caCertificateRefs:\n(?:    - .*\n|      .*\n)+`, "    insecureSkipVerify: true\n")},
	{"no token is asked for", removed("SecurityPolicy")},
}

// variants asks again after each change. The translation before a change must differ from the posture after it: else the comparison sees nothing.
func (e *Env) variants(o *oracle, clusters []overlaid, asIs map[string]*translated) error {
	var blind []string
	for _, v := range weakened {
		var all []*translated
		seen := false
		for _, c := range clusters {
			t, err := o.translate(c, v.edit)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", v.name, c.name, err)
			}
			if t == nil {
				continue
			}
			for i, d := range t.differences {
				t.differences[i] = c.name + ": " + d
			}
			all = append(all, t)
			before := &translated{posture: t.posture, objects: slices.Concat(asIs[c.name].objects, t.objects), proxies: asIs[c.name].proxies}
			before.all()
			seen = seen || len(before.differences) > 0
		}
		if !seen {
			blind = append(blind, v.name)
		}
		if err := e.translatedRow("the same after: "+v.name, all...); err != nil {
			return err
		}
	}
	return e.record(areaTranslator, "each of these changes makes a difference that the comparison sees", "envoy-gateway", blind, fmt.Sprintf("%d changes", len(weakened)))
}
