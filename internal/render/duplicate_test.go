package render

import (
	"slices"
	"testing"
)

// TestSharedSources: applications that bring the same Flux source say the same, whatever labels their Kustomizations add; another source, or
// labels of another kind, are a difference.
func TestSharedSources(t *testing.T) {
	source := func(url, label string) string {
		return "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: charts, namespace: apps, labels: {app: " + label + "}}\nspec: {url: " + url + "}\n"
	}
	for name, c := range map[string]struct {
		one, other string
		twice      bool
	}{
		"other labels":                   {source("oci://a", "x"), source("oci://a", "y"), false},
		"another address":                {source("oci://a", "x"), source("oci://b", "x"), true},
		"other labels of another kind":   {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b, labels: {x: y}}\n", true},
		"other labels of a source, none": {source("oci://a", "x"), "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: charts, namespace: apps}\nspec: {url: oci://a}\n", false},
	} {
		r := render(t, map[string]string{
			"c/a/kustomization.yaml": "resources: [a.yaml]", "c/a/a.yaml": c.one,
			"c/b/kustomization.yaml": "resources: [b.yaml]", "c/b/b.yaml": c.other,
		})
		if got := slices.ContainsFunc(r.Facts, func(f Fact) bool { return f.Rule == ruleTwice }); got != c.twice {
			t.Errorf("%s: defined twice: %v, want %v; facts %+v", name, got, c.twice, r.Facts)
		}
	}
}
