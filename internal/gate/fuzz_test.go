package gate_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// FuzzCheck writes anything where the policy is that protects a gateway: no check passes unless the file can be read and has such a policy,
// and no check ends without a verdict.
func FuzzCheck(f *testing.F) {
	files := byHandFiles(f)
	right := files[byHandPolicy]
	for _, seed := range []string{
		"", right, right + "---\n" + right, strings.ReplaceAll(right, "\n", "\r\n"), strings.Replace(right, "RequireAndVerify", "VerifyIfGiven", 1), strings.Replace(right, "targetRefs", "targetRef", 1), "kind: List\nitems:\n- " + strings.ReplaceAll(right, "\n", "\n  "),
		"# " + strings.ReplaceAll(right, "\n", "\n# "), "{", "a: &a [*a]", "\xff", right + "---\n{", "---\n---\n" + right, right + "...\n", strings.Replace(right, "spec:", "spec: &x", 1), strings.Replace(right, "ClientTrafficPolicy", "clientTrafficPolicy", 1), strings.Replace(right, "v1alpha1", "v9", 1),
		strings.Replace(right, "name: client-ca", "name: ${x:=client-ca}", 1), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {']': '['}\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := map[string]string{}
		for name, content := range files {
			all[name] = content
		}
		all[byHandPolicy] = text
		judged := gatetest.Files(t, all).Check(gate.Options{})
		if judged.Verdict == report.Pass && !protects(text) {
			t.Errorf("a pass with %q", text)
		}
		if judged.Verdict == report.Blocked && judged.Summary.Block == 0 || judged.Verdict == report.Undecided && len(judged.Undecided) == 0 {
			t.Errorf("%s for no reason", judged.Verdict)
		}
	})
}

// protects reports whether a stream is YAML, with a policy in it that asks for client certificates.
func protects(text string) bool {
	found := false
	for decoder := yaml.NewDecoder(strings.NewReader(text)); ; {
		var o any
		switch err := decoder.Decode(&o); {
		case errors.Is(err, io.EOF):
			return found
		case err != nil:
			return false
		}
		found = found || holds(o, "ClientTrafficPolicy")
	}
}

// holds reports whether a value has a text somewhere.
func holds(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return v == text
	case map[string]any:
		for _, below := range v {
			if holds(below, text) {
				return true
			}
		}
	case []any:
		for _, below := range v {
			if holds(below, text) {
				return true
			}
		}
	}
	return false
}
