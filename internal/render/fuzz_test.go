package render

import (
	"context"
	"strings"
	"testing"
	"time"
)

// FuzzPatterns reads .gitattributes and .sourceignore, as Git and Flux would. Nothing may panic, and a pattern that cannot be read is a fact:
// what it hides is not known.
func FuzzPatterns(f *testing.F) {
	for _, seed := range []string{"*.yaml", "!keep", "/a/**/b", "a[!b-]c", "[", "\\", "a\\", "**", "dir/", "#", "\xff", "a[[:alpha:]]b", "[]a]", "*.yaml export-ignore", "c/** -text diff=\"x y\"", "[attr]x -text", "!", "/", "//", "a/**", "?"} {
		f.Add(seed, "c/a.yaml")
	}
	f.Fuzz(func(t *testing.T, text, file string) {
		for _, below := range []bool{true, false} {
			for _, dir := range []string{".", "c"} {
				p, err := newPattern(dir, place{}, text, below)
				if err != nil {
					continue
				}
				p.matches(file)
				if dir == "c" && p.matches("elsewhere/"+strings.TrimPrefix(file, "/")) {
					t.Errorf("%q of c/ matches elsewhere/%s", text, file)
				}
			}
		}
		for _, name := range []string{".gitattributes", ".sourceignore", "c/.gitattributes", "c/.sourceignore"} {
			r, err := Cluster(context.Background(), repo(map[string]string{
				"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": gateway, name: text,
			}), Options{Path: "c", Jobs: 1})
			if err != nil {
				t.Fatal(err)
			}
			saysSomething(t, r)
		}
	})
}

// FuzzEngines feeds the objects by which Flux and Argo CD apply a folder: their transformations, substitutions and options. Nothing may panic
// or hang, nothing may vanish in silence, and no object may come out with a variable of Flux still in it and nothing said.
func FuzzEngines(f *testing.F) {
	for _, spec := range []string{
		"path: ./c\nprune: true", "path: ./c\ntargetNamespace: other\nnamePrefix: p-", "path: ./c\npostBuild: {substitute: {a: '1'}}", "path: ./c\npostBuild: {substituteFrom: [{kind: ConfigMap, name: x}]}",
		"path: ./c\npatches: [{patch: '[{\"op\": \"remove\", \"path\": \"/spec\"}]', target: {kind: Gateway}}]", "path: ../..\nsuspend: true", "path: ./c\ncomponents: [../d]\nimages: [{name: a, newTag: b}]",
		"project: default\nsource: {repoURL: x, path: c, kustomize: {namePrefix: a-, patches: [{target: {kind: Gateway}, patch: 'x'}]}}\ndestination: {name: c}\nignoreDifferences: [{kind: Gateway, jsonPointers: [/spec]}]",
		"sources: [{path: c, ref: x}, {path: d, directory: {recurse: true, exclude: '*'}}]\ndestination: {server: x}", "path: {}", "path: 1", "[]", "", "source: {path: c, plugin: {name: x}}\nsyncPolicy: {syncOptions: [Prune=false, ApplyOutOfSyncOnly=true]}",
	} {
		for _, a := range []string{gateway, strings.ReplaceAll(gateway, "edge", "${a:=edge}"), "data: ${a}"} {
			f.Add(spec, a)
		}
	}
	f.Fuzz(func(t *testing.T, spec, manifest string) {
		indented := "  " + strings.ReplaceAll(spec, "\n", "\n  ")
		files := map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": manifest,
			"root/flux.yaml":          "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k, namespace: flux-system}\nspec:\n" + indented + "\n",
			"root/argo.yaml":          "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: k, namespace: argocd}\nspec:\n" + indented + "\n",
			"root/kustomization.yaml": "resources: [flux.yaml, argo.yaml]",
		}
		r, err := Cluster(context.Background(), repo(files), Options{Path: "root", Cluster: "c", Destinations: []string{"c"}, Jobs: 1, Limits: Limits{RootTime: 10 * time.Second, Expansion: 10_000}})
		if err != nil {
			t.Fatal(err)
		}
		saysSomething(t, r)
	})
}
