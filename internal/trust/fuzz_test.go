package trust

import (
	"testing"
	"testing/fstest"
)

// FuzzPipeline changes a workflow, a hook and the owners: the same files are no change, and a workflow that no longer names the gate is one.
func FuzzPipeline(f *testing.F) {
	const gate = "on: pull_request\njobs:\n  gate: {runs-on: x, steps: [{run: gatespan check}]}\n  other: {runs-on: x}\n"
	for _, seed := range []string{"", gate, "jobs: []", "jobs: {a: [gatespan]}", "jobs: {gatespan: {needs: [a, 1]}, a: {needs: a}}", "jobs: {gatespan: {needs: {a: b}}}", "repos: 1", "repos: [{gatespan: 1}, 2]", "gatespan: &a [*a]", "\xff gatespan", "{", "a: gatespan\na: b"} {
		f.Add(seed, gate, "* @a\n/.github/ @b")
		f.Add(gate, seed, "[x]\n** @a\n/a/**/b @c # x\n\\")
	}
	f.Fuzz(func(t *testing.T, was, now, codeowners string) {
		for _, file := range []string{".github/workflows/gate.yml", ".pre-commit-config.yaml", "Makefile", "scripts/gate.sh"} {
			tree := func(content string) fstest.MapFS {
				return fstest.MapFS{file: {Data: []byte(content)}, "CODEOWNERS": {Data: []byte(codeowners)}, "fleet/fleet.cue": {Data: []byte("x")}}
			}
			own := []string{"fleet"}
			if facts, err := Pipeline(tree(was), tree(was), own); err != nil || len(facts) > 0 {
				t.Errorf("%s: nothing changed: %v, %v", file, facts, err)
			}
			facts, err := Pipeline(tree(now), tree(was), own)
			if err != nil {
				t.Fatal(err)
			}
			before, _ := naming(tree(was))
			if after, _ := naming(tree(now)); len(before) > 0 && len(after) == 0 && len(facts) == 0 && named(file, before[file]) {
				t.Errorf("%s no longer names the gate, and nothing is said: %q, %q", file, was, now)
			}
		}
	})
}

// named reports whether what is compared of a file names the gate: a comment that does is nobody's business.
func named(file string, p pipeline) bool {
	return relevant(file, p.content, p.words) != relevant(file, nil, p.words)
}
