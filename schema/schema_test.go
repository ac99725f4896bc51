package schema

import (
	"io/fs"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
)

// files parses the schema as it is embedded.
func files(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := fs.Glob(Files, "*.cue")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	out := map[string]*ast.File{}
	for _, name := range names {
		data, err := Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = parser.ParseFile(name, data, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
		formatted, err := format.Source(data)
		if err != nil {
			t.Fatal(err)
		}
		if string(formatted) != string(data) {
			t.Errorf("%s is not as cue fmt writes it:\n%s", name, formatted)
		}
	}
	return out
}

// TestEveryFieldIsDocumented holds that the schema explains itself where it is read: editors show these comments, and errors
// quote them.
func TestEveryFieldIsDocumented(t *testing.T) {
	fields := 0
	for name, file := range files(t) {
		ast.Walk(file, func(n ast.Node) bool {
			field, ok := n.(*ast.Field)
			if !ok {
				return true
			}
			if _, isPattern := field.Label.(*ast.ListLit); isPattern {
				return true
			}
			fields++
			for _, group := range ast.Comments(field) {
				if group.Doc && strings.TrimSpace(group.Text()) != "" {
					return true
				}
			}
			label, _, _ := ast.LabelName(field.Label)
			t.Errorf("%s:%d: %s has no comment", name, field.Pos().Line(), label)
			return true
		}, nil)
	}
	if fields < 80 {
		t.Errorf("looked at %d fields only", fields)
	}
}

// TestAFilePerWord holds that one can guess the file to open.
func TestAFilePerWord(t *testing.T) {
	have := files(t)
	for _, word := range []string{
		"fleet", "trust_domain", "cluster", "controller", "certificates", "gateway", "exposure", "consumer", "waiver", "names",
	} {
		if have[word+".cue"] == nil {
			t.Errorf("there is no %s.cue", word)
		}
	}
}
