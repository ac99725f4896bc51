// Package policies holds the built-in rules.
//
// A rule is policies/<topic>/<rule>/<rule>.rego beside <rule>_test.rego, and admission.yaml where one object alone decides something of
// it; helpers that rules share are in lib/, builders that
// tests share in lib/testing/. `opa test policies/` runs all of it without Go. Package internal/policy compiles and judges.
package policies

import "embed"

// FS holds every file of the rules, their tests included (go:embed cannot leave them out; the engine never reads them).
//
//go:embed */*.rego */*/*.rego */*/admission.yaml
var FS embed.FS
