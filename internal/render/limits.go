package render

import (
	"cmp"
	"fmt"
	"time"
)

func (l Limits) withDefaults() Limits {
	l.FileBytes = cmp.Or(l.FileBytes, 1<<20)
	l.Files = cmp.Or(l.Files, 20_000)
	l.Directory = cmp.Or(l.Directory, 200_000)
	l.Documents = cmp.Or(l.Documents, 2_000)
	l.Depth = cmp.Or(l.Depth, 100)
	l.Expansion = cmp.Or(l.Expansion, 500_000)
	l.Objects = cmp.Or(l.Objects, 20_000)
	l.Builds = cmp.Or(l.Builds, 5_000)
	l.Copies = cmp.Or(l.Copies, 16)
	l.Roots = cmp.Or(l.Roots, 20_000)
	l.HeapBytes = cmp.Or(l.HeapBytes, 6<<30)
	l.RootTime = cmp.Or(l.RootTime, time.Minute)
	l.TotalFacts = cmp.Or(l.TotalFacts, 5_000)
	return l
}

// refusal is why a file cannot be used. With limit set it says that a limit was reached: the run cannot be completed, whatever
// the file may hold.
type refusal struct {
	rule      string
	file      string
	line, col int
	why       string
	limit     bool
	hint      string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s:%d:%d: %s", r.file, r.line, r.col, r.why) }

func refuse(rule string, at place, format string, args ...any) *refusal {
	return &refusal{rule: rule, file: at.file, line: at.line, col: at.col, why: fmt.Sprintf(format, args...)}
}

func overLimit(at place, hint, format string, args ...any) *refusal {
	return &refusal{rule: ruleRoot, file: at.file, line: at.line, col: at.col, why: fmt.Sprintf(format, args...), limit: true, hint: hint}
}

// place is a position in a file; lines and columns count from 1.
type place struct {
	file      string
	line, col int
}

// The rules that facts are reported under.
const (
	ruleRemote      = "render/remote-reference"
	ruleOutside     = "render/outside-repository"
	rulePlugin      = "render/plugin"
	ruleHelm        = "render/helm"
	ruleOpenAPI     = "render/openapi"
	ruleDuplicate   = "render/duplicate-key"
	ruleField       = "render/kustomization-field"
	ruleDropped     = "render/dropped-object"
	ruleTwice       = "render/duplicate-object"
	ruleListeners   = "render/patched-listeners"
	ruleNames       = "render/name-transformer"
	ruleRoot        = "unknown/root"
	ruleVariable    = "unknown/variable"
	ruleNotModelled = "gitops/transformation-not-modelled"
)
