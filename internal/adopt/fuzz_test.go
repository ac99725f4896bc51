package adopt

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

// FuzzClusters looks at a repository of anybody: nothing may panic, and what is guessed is a name that a fleet takes, and a folder that is
// there.
func FuzzClusters(f *testing.F) {
	for _, seed := range []string{manifest, fluxed, argo("name: a", "apps"), argo("server: https://x", "../x"), "kind: Gateway", "a: &a [*a]", "\xff", "kind: List\nitems: [1, {kind: Gateway}]", "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec: {generators: [{list: {elements: [{cluster: x, path: a}]}}], template: {spec: {source: {path: '{{path}}'}}}}",
		"---\n---\nkind: [", "apiVersion: v1\nkind: Secret\nmetadata: {labels: {argocd.argoproj.io/secret-type: cluster}}\nstringData: {name: 1}"} {
		f.Add("clusters/prod/a.yaml", seed)
		f.Add("a.yaml", seed)
	}
	f.Fuzz(func(t *testing.T, file, content string) {
		if !fs.ValidPath(file) || file == "." {
			return
		}
		fsys := fstest.MapFS{file: {Data: []byte(content)}, "overlays/x/b.yaml": {Data: []byte(manifest)}}
		clusters, _, err := Clusters(fsys)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range clusters {
			if c.Name == "" || notKey.MatchString(c.Name) && c.Name != key(c.Name) || c.Path == "" || c.Why == "" {
				t.Errorf("%+v", c)
			}
		}
		if _, err := Gateways(fsys, "overlays"); err != nil {
			t.Fatal(err)
		}
	})
}
