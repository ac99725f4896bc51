package policy

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/render"
	"github.com/gatespan/gatespan/internal/tree"
)

const documented = `# METADATA
# title: No blue gateways
# description: Blue is reserved.
# scope: package
# custom:
#   severity: warn
#   remediation: paint it
#   bad: "labels: {colour: blue}"
#   good: "labels: {colour: green}"
`

const blue = documented + `package gatespan.rules.team["blue"]

import data.gatespan.lib.finding

deny contains finding.at(entry.subject, entry.listener, "blue", sprintf("%s is blue on %s", [finding.name(entry.subject), data.gatespan.today])) if {
	some entry in input.posture.entries
	entry.labels.colour == "blue"
}
`

func user(file, text string) fs.FS { return fstest.MapFS{file: &fstest.MapFile{Data: []byte(text)}} }

func entry() posture.Entry {
	subject := posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge", Listener: "relay"}
	e := posture.Entry{
		Subject: subject, Gateway: subject, Labels: posture.Labels{"colour": "blue"}, Hostnames: []string{"relay.example.com"},
		Listener: posture.Ref{Kind: "Gateway", Namespace: "edge", Name: "edge", Field: "spec.listeners[0]"},
	}
	e.Served.Value = true
	e.TLS.Value, e.MinTLS.Value = posture.TLSTerminate, "1.3"
	e.ClientAuth = posture.Setting[string]{Value: posture.ClientRequired}
	e.ClientCA.Value = []posture.Anchor{{SHA256: []string{"9b"}, Source: "git"}}
	e.Forwarding.Value = "sanitize"
	return e
}

func judging(entries ...posture.Entry) Input {
	return Input{Posture: posture.Posture{Entries: entries}}
}

func engine(t *testing.T, rules fs.FS) *Engine {
	t.Helper()
	e, err := New(context.Background(), Options{User: rules, Today: "2026-11-23"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestJudgeCountsEveryRule(t *testing.T) {
	e := engine(t, nil)
	got, err := e.Judge(context.Background(), judging(entry()))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != 0 || got.RulesEvaluated != len(e.Rules()) || got.RulesEvaluated < 70 {
		t.Errorf("%d findings, %d of %d rules: %v", len(got.Findings), got.RulesEvaluated, len(e.Rules()), got.Findings)
	}
}

// TestZeroInput: an input whose lists are nil must not make a builtin fail, nor find anything.
func TestZeroInput(t *testing.T) {
	got, err := engine(t, nil).Judge(context.Background(), Input{})
	if err != nil || len(got.Findings) != 0 {
		t.Errorf("%v, %v", got.Findings, err)
	}
}

func TestJudgeFillsAFinding(t *testing.T) {
	weak := entry()
	weak.ClientAuth = posture.Setting[string]{
		Value: posture.ClientOptional, Why: "mode is VerifyIfGiven",
		By: posture.Ref{APIVersion: "gateway.envoyproxy.io/v1alpha1", Kind: "ClientTrafficPolicy", Namespace: "edge", Name: "edge", Field: "spec.tls.clientValidation.mode"},
	}
	got, err := engine(t, nil).Judge(context.Background(), judging(weak))
	if err != nil {
		t.Fatal(err)
	}
	want := []Raw{{
		Rule: "mtls/client-certificate-not-required", Severity: "block", Subject: weak.Subject, By: weak.ClientAuth.By,
		Field: "spec.tls.clientValidation.mode", Value: "optional",
		Message:     "listener relay of Gateway edge/edge accepts clients without a certificate: mode is VerifyIfGiven",
		Remediation: "require and verify client certificates on the listener, or name its gateway in publicGateways",
	}}
	if diff := cmp.Diff(want, got.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestUserRuleJoins(t *testing.T) {
	e := engine(t, user("team/blue/blue.rego", blue))
	got, err := e.Judge(context.Background(), judging(entry()))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != 1 || got.Findings[0].Rule != "team/blue" || got.Findings[0].Severity != "warn" || got.Findings[0].Remediation != "paint it" ||
		got.Findings[0].Message != "listener relay of Gateway edge/edge is blue on 2026-11-23" {
		t.Errorf("%+v", got.Findings)
	}
	i := slices.IndexFunc(e.Rules(), func(r Rule) bool { return r.ID == "team/blue" })
	if i < 0 || !e.Rules()[i].User {
		t.Error("the user's rule is not listed as one")
	}
}

func TestRefusedRules(t *testing.T) {
	body := strings.TrimPrefix(blue, documented)
	for name, c := range map[string]struct{ file, text, want string }{
		"undocumented":          {"team/blue/blue.rego", body, "no METADATA"},
		"no example":            {"team/blue/blue.rego", strings.Replace(blue, "#   good:", "#   goood:", 1), "has no custom.good"},
		"severity":              {"team/blue/blue.rego", strings.Replace(blue, "severity: warn", "severity: fatal", 1), `severity "fatal"`},
		"another package":       {"team/blue/blue.rego", strings.Replace(blue, `team["blue"]`, `team["red"]`, 1), "is not the folder's"},
		"a deeper package":      {"team/blue/blue.rego", strings.Replace(blue, `team["blue"]`, `team["blue"].deny`, 1), "is not the folder's"},
		"id of a built-in rule": {"mtls/http3/http3.rego", strings.Replace(blue, `team["blue"]`, `mtls["http3"]`, 1), "rule mtls/http3 is in"},
		"helper of the house":   {"lib/scope/scope.rego", strings.Replace(blue, `rules.team["blue"]`, `lib.scope`, 1), "is not the folder's"},
		"not a rule's place":    {"blue.rego", blue, "a rule is <topic>/<rule>/<rule>.rego"},
		"a helper":              {"lib/mine.rego", "package gatespan.lib.mine\n", "a rule is <topic>/<rule>/<rule>.rego"},
		"no deny":               {"team/blue/blue.rego", documented + "package gatespan.rules.team[\"blue\"]\n\nallow := true\n", "has no deny"},
		"deny of one value":     {"team/blue/blue.rego", documented + "package gatespan.rules.team[\"blue\"]\n\ndeny := set()\n", "not a set of findings"},
		"network":               {"team/blue/blue.rego", blue + "\nx := http.send({\"method\": \"get\", \"url\": \"https://example.com\"})\n", "undefined function http.send"},
		"clock":                 {"team/blue/blue.rego", blue + "\nx := time.now_ns()\n", "undefined function time.now_ns"},
		"environment":           {"team/blue/blue.rego", blue + "\nx := opa.runtime()\n", "undefined function opa.runtime"},
		"names of the network":  {"team/blue/blue.rego", blue + "\nx := net.lookup_ip_addr(\"example.com\")\n", "undefined function net.lookup_ip_addr"},
		"chance":                {"team/blue/blue.rego", blue + "\nx := rand.intn(\"a\", 2)\n", "undefined function rand.intn"},
		"a hidden clock":        {"team/blue/blue.rego", blue + "\nx := io.jwt.decode_verify(\"a\", {})\n", "undefined function io.jwt.decode_verify"},
		"another hidden clock":  {"team/blue/blue.rego", blue + "\nx := crypto.x509.parse_and_verify_certificates(\"a\")\n", "undefined function crypto.x509"},
		"more Rego":             {"team/blue/blue.rego", blue + "\nx := rego.parse_module(\"a\", \"b\")\n", "undefined function rego.parse_module"},
		"unused variable":       {"team/blue/blue.rego", blue + "\nx if {\n\ty := input.cluster\n}\n", "var y unused"},
		"unused import":         {"team/blue/blue.rego", strings.Replace(blue, "import", "import data.gatespan.lib.scope\nimport", 1), "unused"},
		"syntax":                {"team/blue/blue.rego", blue + "\nx :=\n", "team/blue/blue.rego:"},
		"too large":             {"team/blue/blue.rego", blue + strings.Repeat("# padding\n", 30000), "bytes, at most"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(context.Background(), Options{User: user(c.file, c.text)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestUndecided: a rule that fails, yields something else than findings, or does not end in time is an error, never a pass.
func TestUndecided(t *testing.T) {
	rule := func(body string) string {
		return documented + "package gatespan.rules.team[\"blue\"]\n\ndeny contains finding if {\n\tinput.cluster.name == \"judged\"\n\t" + body + "\n}\n"
	}
	input := judging(entry())
	input.Cluster.Name = "judged" // the canary's has no name
	for name, c := range map[string]struct{ text, want string }{
		"a builtin fails":         {rule("finding := to_number(\"x\")"), "to_number"},
		"not a finding":           {rule("finding := \"blue\""), "not well formed"},
		"a field too many":        {rule(`finding := {"subject": {"kind": "A"}, "message": "m", "colour": "blue"}`), "not well formed"},
		"no message":              {rule(`finding := {"subject": {"kind": "A"}, "message": ""}`), "no message"},
		"no subject":              {rule(`finding := {"message": "m"}`), "no subject"},
		"no such severity":        {rule(`finding := {"subject": {"kind": "A"}, "message": "m", "severity": "fatal"}`), "no known severity"},
		"a list of all numbers":   {rule("finding := numbers.range(1, 1000000000000)"), "cancel"},
		"a list of all addresses": {rule("finding := net.cidr_expand(\"::/0\")"), "cancel"},
		"it does not end soon":    {rule("finding := [x | some x in numbers.range(1, 1000); some y in numbers.range(1, 1000); some z in numbers.range(1, 1000); x + y + z < 0]"), "cancel"},
	} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, user("team/blue/blue.rego", c.text))
			e.deadline = 300 * time.Millisecond
			got, err := e.Judge(context.Background(), input)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q; findings %v", err, c.want, got.Findings)
			}
		})
	}
}

// TestFactsAreNotLost: what rendering, drift or a reader found names its rule, and a rule that does not exist is an error.
func TestFactsAreNotLost(t *testing.T) {
	e := engine(t, nil)
	for _, input := range []Input{
		{Render: []render.Fact{{Rule: "render/nobody"}}},
		{Drift: []tree.Drift{{Kind: "nobody"}}},
		{Posture: posture.Posture{Unknowns: []posture.Unknown{{Rule: "nobody"}}}},
	} {
		if _, err := e.Judge(context.Background(), input); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("error %v", err)
		}
	}
	got, err := e.Judge(context.Background(), Input{Render: []render.Fact{{Rule: "unknown/root", Overlay: "overlays/a", File: "overlays/a/kustomization.yaml", Line: 3, Why: "no such file"}}})
	if err != nil || len(got.Findings) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	if f := got.Findings[0]; f.Rule != "unknown/root" || f.File != "overlays/a/kustomization.yaml" || f.Line != 3 || f.Subject.Name != "overlays/a" || f.Message != "overlays/a: no such file" {
		t.Errorf("%+v", f)
	}
}

func TestRulesAreListedWithoutCompiling(t *testing.T) {
	rules, err := Rules(user("team/blue/blue.rego", blue))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(engine(t, user("team/blue/blue.rego", blue)).Rules(), rules); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSortedFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("rules are not sorted")
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(context.Background(), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	for b.Loop() {
		if _, err := Rules(nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJudge judges a cluster of 20 listeners, each with a route, and 200 raw objects.
func BenchmarkJudge(b *testing.B) {
	e, err := New(context.Background(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	var input Input
	for range 20 {
		listener := entry()
		listener.Routes = []posture.Route{{Backends: []posture.Backend{{Ref: posture.Ref{Kind: "Service", Namespace: "relay", Name: "relay"}, Granted: true}}}}
		input.Posture.Entries = append(input.Posture.Entries, listener)
	}
	for range 200 {
		input.Objects = append(input.Objects, map[string]any{"kind": "ConfigMap", "metadata": map[string]any{"name": "a", "namespace": "b"}, "data": map[string]any{"a": "b", "c": "d"}})
	}
	for b.Loop() {
		if _, err := e.Judge(context.Background(), input); err != nil {
			b.Fatal(err)
		}
	}
}
