package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// unsafe is one change that must be blocked. Its name starts with its id in the corpus of changes.
type unsafe struct {
	name   string
	change func(r *gatetest.Repo) (place string)

	rule    string
	subject string // what is unsafe
	object  string // what decided it
	base    bool   // only a comparison with the base shows it
}

// check runs every row on a repository of its own.
func check(t *testing.T, start func(*testing.T) *gatetest.Repo, rows []unsafe) {
	t.Helper()
	checkWith(t, gate.Options{}, start, rows)
}

// checkWith is check with more options.
func checkWith(t *testing.T, options gate.Options, start func(*testing.T) *gatetest.Repo, rows []unsafe) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			place := row.change(r)
			options := options
			if row.base {
				options.Base = "HEAD"
			}
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}

// replace changes the only place of a file that reads old; the finding is at the line that then holds at.
func replace(file, old, new, at string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Replace(file, old, new)
		return r.Line(file, at)
	}
}

// add appends documents to a file; the finding is at the line that then holds at.
func add(file, documents, at string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Append(file, "---\n"+documents)
		return r.Line(file, at)
	}
}

// without removes the document of a file that holds a text; the finding is at the line that holds at, or anywhere.
func without(file, text, at string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Replace(file, document(r, file, text), "")
		if at == "" {
			return ""
		}
		return r.Line(file, at)
	}
}

// document is the one YAML document of a file that holds a text, with the separator before it.
func document(r *gatetest.Repo, file, text string) string {
	for _, d := range strings.Split("\n"+r.Read(file), "\n---\n") {
		if strings.Contains(d, text) {
			return "---\n" + strings.TrimSuffix(d, "\n") + "\n"
		}
	}
	return text // not there: Replace says so
}
