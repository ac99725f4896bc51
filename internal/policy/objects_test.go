package policy

import (
	"context"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func TestReadsObjects(t *testing.T) {
	for body, want := range map[string]bool{
		`x := input.posture.entries`:                 false,
		`x := input.cluster.name == "input"`:         false,
		`x := input.objects`:                         true,
		`x := input["objects"][0].kind`:              true,
		`x := input[y] if some y in ["objects"]`:     true,
		`x := object.get(input, "objects", [])`:      true,
		`x if walk(input, [_, _])`:                   true,
		`x := {k | some k, _ in input}`:              true,
		`x := input.posture[input.objects[0].kind]`:  true,
		"import input.objects as raw\n\nx := raw":    true,
		"import input as everything\n\nx := 1":       true,
		"import input.posture as p\n\nx := p.ways":   false,
		`x if data.gatespan.lib.y with input as {}`:  true,
		`f(input_of) := input_of.objects`:            false,
		`x := json.marshal(input.wanted) if not f`:   false,
		`x := [1 | input.cluster[object].objects]`:   false,
		`x := y if { y := input; y.objects != null}`: true,
	} {
		m, err := ast.ParseModuleWithOpts("m.rego", "package gatespan.rules.a.b\n\n"+body+"\n", ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if got := readsObjects(m); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}

// TestUserRuleSeesObjects: what readsObjects leaves out must not be missed by a rule that asks for it.
func TestUserRuleSeesObjects(t *testing.T) {
	e := engine(t, user("team/blue/blue.rego", documented+`package gatespan.rules.team["blue"]

import data.gatespan.lib.finding

deny contains finding.at(subject, subject, "", "a Job") if {
	some object in input.objects
	object.kind == "Job"
	subject := {"kind": "Job", "namespace": object.metadata.namespace, "name": object.metadata.name}
}
`))
	got, err := e.Judge(context.Background(), Input{Objects: []map[string]any{{"kind": "Job", "metadata": map[string]any{"namespace": "a", "name": "b"}}}})
	if err != nil || len(got.Findings) != 1 || got.Findings[0].Subject.Name != "b" {
		t.Errorf("%v, %v", got.Findings, err)
	}
}
