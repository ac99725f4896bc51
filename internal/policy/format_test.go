package policy

import (
	"io/fs"
	"path"
	"testing"

	"github.com/open-policy-agent/opa/v1/format"

	"github.com/gatespan/gatespan/policies"
)

// TestFormat holds every Rego file to OPA's own format, as `opa fmt` writes it.
func TestFormat(t *testing.T) {
	files := 0
	err := fs.WalkDir(policies.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".rego" {
			return err
		}
		files++
		text, err := fs.ReadFile(policies.FS, name)
		if err != nil {
			return err
		}
		want, err := format.Source(name, text)
		if err != nil {
			return err
		}
		if string(want) != string(text) {
			t.Errorf("policies/%s is not formatted: opa fmt -w policies", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Error("no Rego file was found")
	}
}
