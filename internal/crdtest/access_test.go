package crdtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRolesNameWhatThereIs: RBAC takes a plural that nothing has without a word, and the role would then let nobody do anything. Every
// resource that a generated role names is one of its group's CRDs.
func TestRolesNameWhatThereIs(t *testing.T) {
	crds, checked, unproven := definitions(t), 0, map[string]bool{}
	for _, root := range golden(t) {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(name) != ".yaml" {
				return err
			}
			stream, err := os.ReadFile(name)
			if err != nil || !strings.Contains(string(stream), "rbac.authorization.k8s.io") {
				return err
			}
			documents, err := Documents(stream)
			if err != nil {
				return err
			}
			for _, document := range documents {
				o, err := Decode(document)
				if err != nil {
					return err
				}
				rules, _ := o.Object["rules"].([]any)
				for _, one := range rules {
					rule, _ := one.(map[string]any)
					for _, group := range texts(rule["apiGroups"]) {
						for _, resource := range texts(rule["resources"]) {
							is, known := crds.Plural(group, resource)
							switch {
							case !known:
								unproven[group] = true
							case !is:
								t.Errorf("%s: %s %s names %s of %s, which no CRD has", name, o.GetKind(), o.GetName(), resource, group)
							default:
								checked++
							}
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if checked < 10 {
		t.Errorf("only %d resources were compared", checked)
	}
	t.Logf("%d resources compared; groups without a CRD here: %v", checked, unproven)
}

func texts(v any) []string {
	var out []string
	all, _ := v.([]any)
	for _, one := range all {
		if s, ok := one.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
