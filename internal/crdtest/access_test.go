package crdtest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lines are those of a list, without comments that take a whole line.
func lines(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// TestRolesNameWhatThereIs: RBAC takes a plural that nothing has without a word, and the role would then let nobody do anything. Every
// resource that a role can name, whatever the controller, is its kind's by the CRD; what has no CRD here is in unproven-plurals.txt, with the
// place where its plural was read.
func TestRolesNameWhatThereIs(t *testing.T) {
	crds, compared := definitions(t), 0
	known := map[string]bool{"/configmaps": true} // the core's own
	var unproven []string
	for _, line := range lines(t, "../plan/testdata/resources.txt") {
		words := strings.Fields(line)
		if len(words) != 3 {
			t.Fatalf("%q", line)
		}
		known[words[0]+"/"+words[2]] = true
		switch plural := crds.Plural(words[0], words[1]); plural {
		case "":
			unproven = append(unproven, line)
		case words[2]:
			compared++
		default:
			t.Errorf("%s of %s is %s by its CRD, and roles name %s", words[1], words[0], plural, words[2])
		}
	}
	var listed []string
	for _, line := range lines(t, "unproven-plurals.txt") {
		resource, source, found := strings.Cut(line, " # ")
		if !found || source == "" {
			t.Errorf("unproven-plurals.txt does not say where it was read: %s", line)
		}
		listed = append(listed, resource)
	}
	if !slices.Equal(unproven, listed) {
		t.Errorf("without a CRD: %q\nunproven-plurals.txt says %q", unproven, listed)
	}
	if compared < 20 {
		t.Errorf("only %d plurals were compared", compared)
	}
	t.Logf("%d plurals compared with CRDs, %d read elsewhere", compared, len(unproven))

	written := 0
	for _, root := range golden(t) {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(name) != ".yaml" {
				return err
			}
			resources, err := granted(name)
			for _, resource := range resources {
				written++
				if !known[resource] {
					t.Errorf("%s: a role names %s, which is not in the list of what roles can name", name, resource)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if written < 10 {
		t.Errorf("the examples have only %d resources in roles", written)
	}
}

// granted are the resources that roles of a file name, as group/plural.
func granted(file string) ([]string, error) {
	stream, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(stream), "rbac.authorization.k8s.io") {
		return nil, err
	}
	documents, err := Documents(stream)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []string
	for _, document := range documents {
		o, err := Decode(document)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		rules, _ := o.Object["rules"].([]any)
		for _, one := range rules {
			rule, _ := one.(map[string]any)
			for _, group := range texts(rule["apiGroups"]) {
				for _, resource := range texts(rule["resources"]) {
					out = append(out, group+"/"+resource)
				}
			}
		}
	}
	return out, nil
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
