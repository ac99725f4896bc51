package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/policy"
)

var exampleRule = policy.Rule{
	ID: "mtls/client-certificate-not-required", Title: "A listener accepts clients without a certificate", Severity: "block",
	Description: "Mutual TLS is half done.\n", Remediation: "require certificates", Bad: "mode: VerifyIfGiven\n", Good: "mode: RequireAndVerify\n",
}

func format(t *testing.T, name string) Format {
	t.Helper()
	for _, f := range Formats() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no format %s", name)
	return Format{}
}

func TestFormats(t *testing.T) {
	for name, file := range map[string]string{
		"github": "check-github.log", "sarif": "check.sarif", "markdown": "check.md", "gitlab": "check-gitlab.json", "junit": "check-junit.xml",
	} {
		t.Run(name, func(t *testing.T) {
			options := Options{ReadFile: readExample, Rules: []policy.Rule{exampleRule}, Version: "v1.2.3"}
			golden(t, file, printed(t, func(b *bytes.Buffer) error { return format(t, name).Write(b, example1(), options) }))
		})
	}
}

// TestSARIFIsValid holds the output, also of hostile text, to the schema of SARIF 2.1.0, and to having nothing that the schema's types lack.
func TestSARIFIsValid(t *testing.T) {
	for _, r := range []*Report{example1(), hostile("[a](1) {0} \\ `x`\n\x1b"), {Verdict: Pass}} {
		raw := printed(t, func(b *bytes.Buffer) error {
			return writeSARIF(b, r, Options{ReadFile: readExample, Rules: []policy.Rule{exampleRule}, Version: "v1.2.3"})
		})
		log, err := sarif.FromBytes(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Validate(); err != nil {
			t.Errorf("%v in %s", err, raw)
		}
		again, err := json.Marshal(log)
		if err != nil {
			t.Fatal(err)
		}
		var before, after map[string]any
		for text, into := range map[string]*map[string]any{string(raw): &before, string(again): &after} {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				t.Fatal(err)
			}
		}
		kept(t, "", before, after)
	}
}

// kept holds that a value has everything that another has: what SARIF's types do not know they would have dropped.
func kept(t *testing.T, at string, written, back any) {
	t.Helper()
	switch w := written.(type) {
	case map[string]any:
		b, _ := back.(map[string]any)
		for key := range w {
			kept(t, at+"."+key, w[key], b[key])
		}
	case []any:
		b, _ := back.([]any)
		if len(b) != len(w) {
			t.Errorf("%s has %d elements of %d", at, len(b), len(w))
			return
		}
		for i := range w {
			kept(t, fmt.Sprintf("%s[%d]", at, i), w[i], b[i])
		}
	default:
		if written != back {
			t.Errorf("%s: %v became %v", at, written, back)
		}
	}
}

// TestGitHubLimits: the most severe annotations come first, ten of a kind, and the rest is counted.
func TestGitHubLimits(t *testing.T) {
	r := &Report{Verdict: Blocked}
	for i := range 25 {
		severity := finding.Warn
		if i%2 == 0 {
			severity = finding.Block
		}
		r.Findings = append(r.Findings, finding.Finding{Rule: "a/b", Severity: severity, Message: fmt.Sprintf("number %d", i)})
	}
	out := string(printed(t, func(b *bytes.Buffer) error { return writeGitHub(b, r, Options{}) }))
	for text, want := range map[string]int{"::error ": 10, "::warning ": 10, "::notice title=gatespan::5 annotations more": 1} {
		if got := strings.Count(out, text); got != want {
			t.Errorf("%q is there %d times, not %d", text, got, want)
		}
	}
	if strings.Index(out, "::warning ") < strings.LastIndex(out, "::error ") {
		t.Error("a warning comes before an error")
	}
}

// TestMarkdownLimit: however much there is to say, the verdict is there, and what is left out is counted.
func TestMarkdownLimit(t *testing.T) {
	r := &Report{Verdict: Blocked}
	for range 2000 {
		r.Findings = append(r.Findings, finding.Finding{Rule: "a/b", Severity: finding.Block, Message: strings.Repeat("long ", 20)})
	}
	out := string(printed(t, func(b *bytes.Buffer) error { return writeMarkdown(b, r, Options{}) }))
	if len(out) > 65_000 || !strings.Contains(out, "gatespan blocks this change") || !strings.Contains(out, "parts of this report did not fit") {
		t.Errorf("%d bytes: %.200s … %s", len(out), out, out[len(out)-200:])
	}
}

// TestMarkdownIsText: nothing that a pull request writes becomes a link, a mention, code, a cell or HTML.
func TestMarkdownIsText(t *testing.T) {
	for text, want := range map[string]string{
		"[x](https://evil)":   `\[x\](https&#58;//evil)`,
		"@team #1 www.evil":   "&#64;team &#35;1 www&#46;evil",
		"<img src=x>|`a`*b*_": "&lt;img src=x&gt;\\|\\`a\\`\\*b\\*\\_",
	} {
		if got := markdown(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"a`b": "``a`b``", "`": "`` ` ``", "a|b": "`a\\|b`"} {
		if got := cellSpan(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
