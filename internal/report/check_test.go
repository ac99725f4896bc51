package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"cuelang.org/go/cue/cuecontext"
	cuejson "cuelang.org/go/encoding/json"
	"cuelang.org/go/encoding/jsonschema"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/gatespan/gatespan/internal/change"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/posture"
)

const edgeFile = "overlays/eks-prod/gateways/edge/edge.yaml"

// edge is a file whose fifth line decides.
const edge = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
spec:
  tls:
    clientValidation: {mode: VerifyIfGiven}
    minVersion: "1.3"
`

func example1() *Report {
	optional := finding.Finding{
		Rule: "mtls/client-certificate-not-required", Severity: finding.Block, Cluster: "eks-prod", Overlay: "overlays/eks-prod/gateways/edge",
		Subject:  posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge", Listener: "relay"},
		Object:   finding.Object{APIVersion: "gateway.envoyproxy.io/v1alpha1", Kind: "ClientTrafficPolicy", Namespace: "edge", Name: "edge"},
		Field:    "spec.tls.clientValidation.mode",
		Position: finding.Position{File: edgeFile, Line: 5, Column: 24},
		Source:   &finding.Position{File: "fleet/fleet.cue", Line: 18},
		Related:  []finding.Related{{Position: finding.Position{File: edgeFile, Line: 1, Column: 1}, Message: "the policy"}},
		Message:  "listener relay of Gateway edge/edge accepts clients without a certificate: mode is VerifyIfGiven",
		Remediation: "set mode to RequireAndVerify or leave it out, and let nobody who edits this file believe that a certificate which is " +
			"verified only when it is given keeps anybody out",
		Introduced: true,
	}
	optional.Seal()
	floor := finding.Finding{
		Rule: "tls/floor-below-1-3", Severity: finding.Warn, Cluster: "aks-prod", Overlay: "overlays/aks-prod/consumers/orders",
		Subject:  posture.Subject{Kind: "Gateway", Namespace: "orders", Name: "orders-egress"},
		Object:   finding.Object{APIVersion: "gateway.networking.k8s.io/v1", Kind: "Gateway", Namespace: "orders", Name: "orders-egress"},
		Position: finding.Position{File: "overlays/aks-prod/consumers/orders/orders.yaml"},
		Message:  "the floor is not known",
	}
	floor.Seal()
	waived := floor
	waived.Waived, waived.Rule = true, "egress/no-floor"
	return &Report{
		Version: "1", Verdict: Blocked,
		Summary:     Summary{Clusters: 2, Overlays: 3, Objects: 31, RulesEvaluated: 84, Block: 1, Warn: 1, Waived: 1, Undecided: 1, OutOfScope: 1},
		Findings:    []finding.Finding{optional, floor, waived},
		Changes:     []Change{{Cluster: "eks-prod", Change: change.Change{Subject: optional.Subject, Field: "clientAuth", Before: "required", After: "optional", Direction: "weaker", Exposure: "relay", Why: "mode is VerifyIfGiven"}, Position: optional.Position}},
		Assumptions: []Assumption{{Cluster: "eks-prod", Assumption: posture.Assumption{By: posture.Ref{Kind: "Gateway", Name: "edge"}, Text: "Secret edge/edge-relay-tls exists; without it the listener is closed"}}},
		Undecided:   []Undecidedness{{Cluster: "aks-prod", Overlay: "overlays/aks-prod/other", Message: "cannot be rendered: too many aliases", Hint: "write them out"}},
		OutOfScope:  []OutOfScope{{Cluster: "eks-prod", Subject: posture.Subject{Kind: "Gateway", Namespace: "web", Name: "web"}, Reason: "public gateway: the shop"}},
	}
}

func readExample(name string) ([]byte, error) {
	if name == edgeFile {
		return []byte(edge), nil
	}
	return nil, fs.ErrNotExist
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name  string
		style Style
	}{
		{"check.txt", Style{}},
		{"check-verbose.txt", Style{Verbose: true}},
		{"check-quiet.txt", Style{Quiet: true}},
		{"check-color.ansi", Style{Color: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden(t, c.name, printed(t, func(b *bytes.Buffer) error {
				return writeText(b, example1(), Options{Style: c.style, ReadFile: readExample})
			}))
		})
	}
}

func TestTextOfAPass(t *testing.T) {
	r := &Report{Verdict: Pass, Summary: Summary{Clusters: 1, Overlays: 1, Objects: 4, RulesEvaluated: 42}}
	got := string(printed(t, func(b *bytes.Buffer) error { return writeText(b, r, Options{}) }))
	if want := "1 cluster, 1 overlay, 4 objects, 42 rule evaluations\npass: nothing found\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSON(t *testing.T) {
	golden(t, "check.json", printed(t, func(b *bytes.Buffer) error { return writeJSON(b, example1(), Options{}) }))
}

// validator says whether JSON is what a schema describes.
func validator(t *testing.T, schema []byte) func([]byte) error {
	t.Helper()
	ctx := cuecontext.New()
	expr, err := cuejson.Extract("schema.json", schema)
	if err != nil {
		t.Fatal(err)
	}
	file, err := jsonschema.Extract(ctx.BuildExpr(expr), &jsonschema.Config{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	value := ctx.BuildFile(file)
	if err := value.Err(); err != nil {
		t.Fatal(err)
	}
	return func(raw []byte) error {
		given, err := cuejson.Extract("report.json", raw)
		if err != nil {
			return err
		}
		return value.Unify(ctx.BuildExpr(given)).Validate()
	}
}

// matchesItsSchema holds JSON to a schema, and the schema to saying something: with each change, a text and what it becomes, it refuses.
func matchesItsSchema(t *testing.T, name string, schema, raw []byte, changes ...[2]string) {
	t.Helper()
	valid := validator(t, schema)
	if err := valid(raw); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if bytes.Contains(raw, []byte("null")) {
		t.Errorf("%s: null in %s", name, raw)
	}
	for _, change := range changes {
		wrong := strings.Replace(string(raw), change[0], change[1], 1)
		if wrong == string(raw) {
			t.Errorf("%s: has no %s", name, change[0])
		} else if valid([]byte(wrong)) == nil {
			t.Errorf("%s: the schema takes %s", name, change[1])
		}
	}
}

// TestJSONMatchesItsSchema holds the JSON report, full and empty, to the published schema.
func TestJSONMatchesItsSchema(t *testing.T) {
	changes := [][2]string{{`"version": "1"`, `"version": "2"`}, {`"verdict": "`, `"verdict": "x`}, {`"clusters": `, `"clusterz": `}, {`"findings": [`, `"findings": [1, `}}
	for name, r := range map[string]*Report{"full": example1(), "empty": {Verdict: Pass}} {
		matchesItsSchema(t, name, Schema(), printed(t, func(b *bytes.Buffer) error { return writeJSON(b, r, Options{}) }), changes...)
	}
}

// TestDueMatchesItsSchema does the same to what runs out.
func TestDueMatchesItsSchema(t *testing.T) {
	full := &Due{Version: "1", Today: "2026-11-25", Within: 30, Items: []DueItem{{
		Kind: "certificate", Day: "2026-12-01", Days: 6, Cluster: "eks-prod", What: "CA CN=corp", Fingerprint: strings.Repeat("0f", 32), Hint: "add its successor beside it",
		Position: finding.Position{File: "fleet/fleet.cue", Line: 3, Column: 2},
	}}, Unknown: []DueItem{{Kind: "controller", What: "support of traefik 3.7.13", Hint: "look it up"}}}
	empty := &Due{Version: "1", Today: "2026-11-25", Items: []DueItem{}, Unknown: []DueItem{}}
	changes := [][2]string{{`"version": "1"`, `"version": "2"`}, {`"today": "2026`, `"today": "26`}, {`"within": `, `"within": -1`}, {`"due": [`, `"due": [1, `}, {`"unknown"`, `"unknowns"`}}
	matchesItsSchema(t, "empty", DueSchema(), printed(t, func(b *bytes.Buffer) error { return DueJSON(b, empty) }), changes...)
	matchesItsSchema(t, "full", DueSchema(), printed(t, func(b *bytes.Buffer) error { return DueJSON(b, full) }),
		append(changes, [2]string{`"kind": "certificate"`, `"kind": "root"`}, [2]string{`"day": ""`, `"day": "soon"`}, [2]string{`"0f`, `"sha256:0f`}, [2]string{`"line": 3`, `"row": 3`})...)
}

// hostile is a report in which everything that a pull request can write holds text.
func hostile(text string) *Report {
	r := example1()
	s := posture.Subject{Kind: "Gateway", Namespace: text, Name: text, Listener: text}
	r.Findings[0].Subject, r.Findings[0].Message, r.Findings[0].Field, r.Findings[0].Overlay = s, text, text, text
	r.Findings[0].Object.Name, r.Findings[0].Remediation, r.Findings[0].Rule = text, text, text
	r.Findings[0].Related[0].Message, r.Findings[0].Related[0].File = text, text
	r.Findings[1].File, r.Findings[1].Cluster, r.Findings[1].Message = text, text, text
	r.Changes[0].Before, r.Changes[0].Subject, r.Changes[0].Why = text, s, text
	r.Assumptions[0].Text, r.Assumptions[0].Cluster = text, text
	r.Undecided[0] = Undecidedness{text, text, text, text}
	r.OutOfScope[0] = OutOfScope{text, s, text}
	return r
}

func FuzzFormats(f *testing.F) {
	for _, seed := range []string{"\x1b[2J\x1b]52;c;eA==\x07", "a\n::error::b", "##vso[task.complete result=Succeeded]", "\r\u202e\u2066pass", "::stop-commands::x", "#", "##", "[x", "\xff", "::warning a::b ::error::c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(string) ([]byte, error) { return []byte(strings.Repeat(text+"\n", 6)), nil }
		for _, format := range Formats() {
			out := string(printed(t, func(b *bytes.Buffer) error {
				return format.Write(b, hostile(text), Options{Style: Style{Verbose: true}, ReadFile: read})
			}))
			switch format.Name {
			case "github":
				out = annotations(t, out)
			case "json", "sarif", "gitlab":
				if !json.Valid([]byte(out)) {
					t.Errorf("%s is not JSON: %s", format.Name, out)
				}
			case "junit":
				if err := xml.Unmarshal([]byte(out), new(junit.Testsuites)); err != nil {
					t.Errorf("%v in %s", err, out)
				}
				out = strings.ReplaceAll(out, "\t", "")
			}
			checkSafe(t, out, true)
		}
	})
}

// annotations takes the format's own commands out of a log, and holds that there are no others.
func annotations(t *testing.T, out string) string {
	t.Helper()
	own := regexp.MustCompile(`^::(?:error|warning|notice) (?:file=[^,:]*,)?(?:line=\d+,endLine=\d+,)?(?:col=\d+,)?title=[^,:]*::`)
	var rest []string
	for _, line := range strings.Split(out, "\n") {
		rest = append(rest, own.ReplaceAllString(line, ""))
	}
	return strings.Join(rest, "\n")
}

func TestJSONKeepsTheText(t *testing.T) {
	for _, text := range []string{"\x1b[31m", "a\u202eb", "\U000e0041", "##[x", "###[x", "\u2028", "é 🙂"} {
		raw := printed(t, func(b *bytes.Buffer) error { return JSON(b, map[string]string{"text": text}) })
		var back map[string]string
		if err := json.Unmarshal(raw, &back); err != nil || back["text"] != text {
			t.Errorf("%q came back as %q (%v) from %s", text, back["text"], err, raw)
		}
		checkSafe(t, string(raw), true)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "no clusters", 1: "1 cluster", 2: "2 clusters"} {
		if got := count(n, "cluster"); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
}
