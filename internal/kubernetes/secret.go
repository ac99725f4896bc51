package kubernetes

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// secrets are the private keys and Secret values in Git. Values encrypted with SOPS, variables that Flux fills in, and certificates are
// none. Only the place is kept, never the value.
func secrets(objects *object.Set) []posture.Secret {
	var out []posture.Secret
	for _, o := range objects.All() {
		found := map[string]string{}
		if o.Group() == "" && o.Kind == "Secret" {
			for _, part := range []string{"data", "stringData"} {
				for key, value := range o.Texts(part) {
					if secretValue(value, part == "data") {
						found[object.Key(part, key)] = "a value of a Secret is in Git"
					}
				}
			}
		}
		object.Walk("", o.Data, func(field, text string) {
			if privateKey(text, 2) {
				found[field] = "a private key is in Git"
			}
		})
		fields := make([]string, 0, len(found))
		for field := range found {
			fields = append(fields, field)
		}
		slices.Sort(fields)
		for _, field := range fields {
			out = append(out, posture.Secret{By: gatewayapi.RefOf(o, field), Why: found[field]})
		}
	}
	return out
}

var (
	// placeholder is a value that is replaced as a whole before it is applied: by Flux's postBuild, 1Password's op inject, the Argo CD
	// Vault plugin, or vals.
	placeholder = regexp.MustCompile(`^(\$\{[^}]*\}|op://[^/\n]+/[^\n]+|<path:[^>\n]+#[^>\n]+>|ref\+[a-z0-9]+://\S+)$`)
	// keyBlock is the first line of a private key, with what follows.
	keyBlock = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----([^-]*(?:-[^-]+)*)`)
	ageKey   = regexp.MustCompile(`AGE-SECRET-KEY-1[0-9A-Z]{40,}`)
	// encodedBlock is the base64 of "-----BEGIN", and the base64 of that, wherever it stands in a text.
	encodedBlock = regexp.MustCompile(`(?:LS0tLS1CRUdJTi|TFMwdExTMUNSVWRKVG)[A-Za-z0-9+/_=\s-]*`)
	certificate  = regexp.MustCompile(`(?s)-----BEGIN (?:TRUSTED )?CERTIFICATE-----.*?-----END (?:TRUSTED )?CERTIFICATE-----`)
	// keyBody is one line of a key; onlyBase64 a key without its white space, however it was wrapped.
	keyBody    = regexp.MustCompile(`[A-Za-z0-9+/]{40}`)
	onlyBase64 = regexp.MustCompile(`^[A-Za-z0-9+/]{40,}=*$`)
)

// secretValue reports whether a value of a Secret is one that must not be in Git.
func secretValue(value string, encoded bool) bool {
	if strings.TrimSpace(value) == "" || strings.HasPrefix(value, "ENC[") || placeholder.MatchString(strings.TrimSpace(value)) {
		return false
	}
	text := value
	if encoded {
		if decoded, ok := decode(value); ok {
			text = decoded
		}
	}
	return strings.TrimSpace(certificate.ReplaceAllString(text, "")) != ""
}

// privateKey reports whether a text holds a private key: as PEM (also folded into one line), or in base64, up to some depth of it. A mere
// mention of the first line, as in documentation, is none.
func privateKey(text string, depth int) bool {
	if ageKey.MatchString(text) {
		return true
	}
	for _, m := range keyBlock.FindAllStringSubmatch(text, -1) {
		if keyBody.MatchString(m[1]) || onlyBase64.MatchString(strings.Join(strings.Fields(m[1]), "")) {
			return true
		}
	}
	if depth == 0 {
		return false
	}
	for _, block := range encodedBlock.FindAllString(text, -1) {
		if decoded, ok := decode(block); ok && privateKey(decoded, depth-1) {
			return true
		}
	}
	return false
}

// decode reads base64 of any alphabet, with or without padding and line breaks, as far as it goes.
func decode(text string) (string, bool) {
	clean := strings.NewReplacer("-", "+", "_", "/").Replace(strings.Join(strings.Fields(text), ""))
	clean, _, _ = strings.Cut(clean, "=")
	if len(clean)%4 == 1 { // a letter of what follows
		clean = clean[:len(clean)-1]
	}
	decoded, err := base64.RawStdEncoding.DecodeString(clean)
	return string(decoded), err == nil
}
