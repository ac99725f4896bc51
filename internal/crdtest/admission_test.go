package crdtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"
)

// form is an entry of a rule's admission.yaml.
type form struct{ Group, Resource, Kind, Scope, Message, Allowed, Violated string }

// TestAdmission evaluates the CEL of every rule that admission controllers can carry, with the API server's own library, on the objects
// that the export's tests refuse and let through: each is refused by the rule that it names and by no other.
func TestAdmission(t *testing.T) {
	env, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).NewExpressionsEnv().Extend(cel.Variable("object", cel.DynType))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../policies/*/*/admission.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no rule has a form", err)
	}
	raw, err := os.ReadFile("../export/testdata/admission.yaml")
	if err != nil {
		t.Fatal(err)
	}
	documents, err := Documents(raw)
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]bool{}
	for _, document := range documents {
		var o struct {
			APIVersion, Kind string
			Metadata         struct {
				Name, Namespace string
				Annotations     map[string]string
			}
		}
		var object map[string]any
		for _, into := range []any{&o, &object} {
			if err := yaml.Unmarshal(document, into); err != nil {
				t.Fatal(err)
			}
		}
		if o.Metadata.Namespace == "browsers" {
			continue // a matchCondition of the policy leaves it alone
		}
		group, _, _ := strings.Cut(o.APIVersion, "/")
		for _, file := range files {
			rule := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "../../policies/")
			var forms []form
			text, err := os.ReadFile(file)
			if err == nil {
				err = yaml.UnmarshalStrict(text, &forms)
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, f := range forms {
				if f.Group != group || f.Kind != o.Kind {
					continue
				}
				compiled, issues := env.Compile(f.Allowed)
				if issues.Err() != nil {
					t.Fatalf("%s: %v", rule, issues.Err())
				}
				program, err := env.Program(compiled)
				if err != nil {
					t.Fatalf("%s: %v", rule, err)
				}
				result, _, err := program.Eval(map[string]any{"object": object})
				if err != nil {
					t.Fatalf("%s on %s: %v", rule, o.Metadata.Name, err)
				}
				allowed := result.Value() == true
				refused[file] = refused[file] || !allowed
				if allowed == (o.Metadata.Annotations["want"] == rule) {
					t.Errorf("%s %s: %s allows it: %v", o.Kind, o.Metadata.Name, rule, allowed)
				}
			}
		}
	}
	for _, file := range files {
		if !refused[file] {
			t.Errorf("no object shows that %s refuses something", file)
		}
	}
}
