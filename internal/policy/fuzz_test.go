package policy

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatespan/gatespan/internal/posture"
)

// FuzzUserRule feeds a rule of --policies. It is refused, or it is judged by; but nothing that it says takes a finding of the built-in rules
// away, and one that fails is an error.
func FuzzUserRule(f *testing.F) {
	head := documented + "package gatespan.rules.team[\"blue\"]\n\n"
	for _, body := range []string{
		strings.TrimPrefix(blue, documented+"package gatespan.rules.team[\"blue\"]\n\n"), "deny := set()\n", "deny contains 1 if true\n", "default deny := false\n", "deny contains x if { some x in [] }\n", "deny contains {\"a\": 1/0} if true\n",
		"import data.gatespan.rules.mtls\n\ndeny contains x if some x in mtls[\"plaintext-listener\"].deny\n", "deny contains http.send({}) if true\n", "deny contains x if { x := opa.runtime() }\n", "deny contains input.posture.nothing if true\n", "deny contains x if { some x in numbers.range(1, 10) with input as {} }\n",
		"deny contains deny if true\n", "f(x) := f(x)\n", "deny contains x if { regex.match(`(a+)+$`, x); x := \"a\" }\n", "", "package other\n", "deny[x] { x := 1 }\n",
	} {
		f.Add(head + body)
	}
	f.Add("")
	f.Add("\xff")
	input := Input{Posture: posture.Posture{Entries: []posture.Entry{{
		Subject: posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge", Listener: "web"}, Gateway: posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge"},
		Served: posture.Setting[bool]{Value: true}, TLS: posture.Setting[string]{Value: posture.TLSNone}, Port: 80,
	}}}}
	ours, err := New(context.Background(), Options{Today: "2026-11-30"})
	if err != nil {
		f.Fatal(err)
	}
	want, err := ours.Judge(context.Background(), input)
	if err != nil || len(want.Findings) == 0 {
		f.Fatalf("%d findings without the rule, error %v", len(want.Findings), err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		engine, err := New(context.Background(), Options{Today: "2026-11-30", User: fstest.MapFS{"team/blue/blue.rego": {Data: []byte(text)}}})
		if err != nil {
			return
		}
		got, err := engine.Judge(context.Background(), input)
		if err != nil {
			return
		}
		if got.RulesEvaluated <= want.RulesEvaluated && strings.Contains(text, "package gatespan.rules") {
			t.Errorf("%d rules, without the user's %d", got.RulesEvaluated, want.RulesEvaluated)
		}
		if len(got.Findings) < len(want.Findings) {
			t.Errorf("%d findings, without the user's rule %d", len(got.Findings), len(want.Findings))
		}
	})
}
