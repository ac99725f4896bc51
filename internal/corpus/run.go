package corpus

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// clustersOnly is where a case's repository has the fleet without exposures.
const clustersOnly = "clusters-only.yaml"

// files is a base's repository: every file by its path.
func (b Tree) files(root string) (map[string]string, error) {
	out := map[string]string{}
	corpus := filepath.Join(root, "testdata", "corpus")
	for _, dir := range b.Copies {
		if err := collect(out, filepath.Join(root, dir), dir); err != nil {
			return nil, err
		}
	}
	for _, dir := range b.From {
		if err := collect(out, filepath.Join(corpus, "bases", dir), ""); err != nil {
			return nil, err
		}
	}
	if b.Clusters != "" {
		content, err := os.ReadFile(filepath.Join(corpus, "clusters", b.Clusters))
		if err != nil {
			return nil, err
		}
		out[clustersOnly] = string(content)
	}
	return out, nil
}

func collect(into map[string]string, dir, at string) error {
	return filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		relative, _ := filepath.Rel(dir, name) // it is below
		into[path.Join(at, filepath.ToSlash(relative))] = string(content)
		return err
	})
}

func (b Tree) options() gate.Options { return gate.Options{Fleet: b.Fleet, Overlays: b.Overlays} }

// withoutExposures are the options of a fleet of clusters only.
func (b Tree) withoutExposures() gate.Options {
	o := b.options()
	if b.Clusters != "" {
		o.Fleet = clustersOnly
	}
	return o
}

// run makes a case's change in a repository of its own and judges it in each way that its evidence asks for. It returns what came out where
// the change must show, and what is wrong.
func (c Case) run(t *testing.T, tree Tree, files map[string]string) (got Outcome, wrong []string) {
	t.Helper()
	r := gatetest.Files(t, files)
	apply(t, r, tree, c.Before)
	if c.needsGit() {
		r.Start()
	}
	apply(t, r, tree, c.Edits)
	with := func(o gate.Options, base bool) Outcome {
		o.Policies = c.Policies
		if base {
			o.Base = "HEAD"
		}
		return judge(t, r, o)
	}
	passes := func(what string, o Outcome) {
		if o.Verdict != report.Pass {
			wrong = append(wrong, fmt.Sprintf("%s it must pass: %s", what, o))
		}
	}
	blocks := func(what string, o Outcome, fleet bool) {
		for _, x := range c.Expect {
			if (fleet || !x.Fleet) && !o.has(t, r, x) {
				wrong = append(wrong, fmt.Sprintf("%s want %s: %s", what, x, o))
			}
		}
	}
	switch c.Evidence {
	case State:
		if tree.Clusters != "" {
			blocks("for a fleet of clusters only", with(tree.withoutExposures(), false), false)
		}
		got = with(tree.options(), false)
		blocks("by the head alone", got, true)
	case Fleet:
		if tree.Clusters != "" {
			passes("for a fleet of clusters only", with(tree.withoutExposures(), false))
		}
		got = with(tree.options(), false)
		blocks("for the fleet", got, true)
	case Base:
		passes("by the head alone", with(tree.options(), false))
		got = with(tree.options(), true)
		blocks("against the base", got, true)
	default:
		passes("by the head alone", with(tree.options(), false))
		got = with(tree.options(), true)
		passes("against the base", got)
	}
	return got, wrong
}

// needsGit: only a comparison, a submodule and what is generated need a repository.
func (c Case) needsGit() bool {
	if c.Evidence == Base || c.Evidence == "" {
		return true
	}
	for _, e := range c.Edits {
		if e.Module != "" {
			return true
		}
	}
	return false
}

// String is an expected finding, for the table and for failures.
func (x Expected) String() string {
	if x.Undecided != "" {
		return "undecided: " + x.Undecided
	}
	at := x.File
	if x.Line != "" {
		at += " where it reads " + strings.TrimSpace(x.Line)
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s by %s %s", x.Rule, x.Subject, x.Object, at)), " ")
}
