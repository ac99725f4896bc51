package render

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestNothingIsFetchedOrRun names a listening server, and forms that kustomize hands to git, in every field that holds a path.
func TestNothingIsFetchedOrRun(t *testing.T) {
	var seen atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		seen.Add(1)
		_, _ = io.WriteString(w, configMap)
	}))
	defer server.Close()
	bin, marker := t.TempDir(), filepath.Join(t.TempDir(), "git-ran")
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\ntouch "+marker+"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)

	builtin := func(kind, rest string) string {
		return "generators: [g.yaml]\nresources: [a.yaml]\n\x00apiVersion: builtin\nkind: " + kind + "\nmetadata: {name: g}\n" + rest
	}
	shapes := map[string]string{
		"resources":             "resources: ['%s']",
		"bases":                 "bases: ['%s']",
		"components":            "components: ['%s']",
		"crds":                  "resources: [a.yaml]\ncrds: ['%s']",
		"configurations":        "resources: [a.yaml]\nconfigurations: ['%s']",
		"replacements":          "resources: [a.yaml]\nreplacements: [{path: '%s'}]",
		"patches":               "resources: [a.yaml]\npatches: [{path: '%s', target: {kind: ConfigMap}}]",
		"patchesStrategicMerge": "resources: [a.yaml]\npatchesStrategicMerge: ['%s']",
		"patchesJson6902":       "resources: [a.yaml]\npatchesJson6902: [{path: '%s', target: {version: v1, kind: ConfigMap, name: settings}}]",
		"files":                 "configMapGenerator: [{name: x, files: ['%s']}]",
		"files with a key":      "configMapGenerator: [{name: x, files: ['k=%s']}]",
		"envs":                  "configMapGenerator: [{name: x, envs: ['%s']}]",
		"env":                   "secretGenerator: [{name: x, env: '%s'}]",
		"generators":            "generators: ['%s']",
		"transformers":          "resources: [a.yaml]\ntransformers: ['%s']",
		"validators":            "resources: [a.yaml]\nvalidators: ['%s']",
		"openapi":               "resources: [a.yaml]\nopenapi: {path: '%s'}",
		"helm":                  "helmCharts: [{name: x, repo: '%s', version: '1'}]",
		"another letter case":   "RESOURCES: ['%s']",
		"built-in generator":    builtin("ConfigMapGenerator", "files: ['%s']"),
		"built-in PATH":         strings.Replace(builtin("PatchTransformer", "PATH: '%s'"), "generators", "transformers", 1),
		"built-in patch":        strings.Replace(builtin("PatchTransformer", "path: '%s'"), "generators", "transformers", 1),
		"built-in patches":      strings.Replace(builtin("PatchStrategicMergeTransformer", "paths: ['%s']"), "generators", "transformers", 1),
		"built-in JSON patch":   strings.Replace(builtin("PatchJson6902Transformer", "path: '%s'\ntarget: {version: v1, kind: ConfigMap, name: settings}"), "generators", "transformers", 1),
		"built-in replacement":  strings.Replace(builtin("ReplacementTransformer", "replacements: [{path: '%s'}]"), "generators", "transformers", 1),
		"built-in value":        strings.Replace(builtin("ValueAddTransformer", "value: x\ntargetFilePath: '%s'"), "generators", "transformers", 1),
	}
	forms := []string{
		server.URL + "/x.yaml", strings.Replace(server.URL, "http", "HTTP", 1) + "/x", "github.com/a/b", "github.com/a/b//c?ref=main", "git@github.com:a/b.git",
		"git::" + server.URL + "/a/b.git", "ssh://git@127.0.0.1/a/b", "file:///etc", "https://127.0.0.1:1/_git/x", "GitHub.com:a/b", "user@host:a/b.git",
		"https:" + strings.TrimPrefix(server.URL, "http:") + "/x", "http:x.yaml", "ext::sh -c touch", `\\host\share`, "oci://127.0.0.1/x",
	}
	for name, shape := range shapes {
		for _, form := range forms {
			main, other, _ := strings.Cut(shape, "\x00")
			files := map[string]string{"c/a.yaml": configMap}
			files["c/kustomization.yaml"] = strings.ReplaceAll(main, "%s", form)
			if other != "" {
				files["c/g.yaml"] = strings.ReplaceAll(other, "%s", form)
			}
			// A directory of that name does not make it local: kustomize asks git first.
			files["c/github.com/a/b/kustomization.yaml"] = "resources: [x.yaml]"
			files["c/github.com/a/b/x.yaml"] = strings.Replace(configMap, "settings", "trap", 1)
			r := render(t, files)
			if len(r.Facts) == 0 {
				t.Errorf("%s %s: nothing was found", name, form)
			}
			if i := slices.IndexFunc(r.Overlays, func(o Overlay) bool { return o.Path == "c" }); i < 0 || r.Overlays[i].Rendered {
				t.Errorf("%s %s: the root was rendered", name, form)
			}
			if strings.Contains(form, "://") && !strings.HasPrefix(form, `\`) && name != "helm" && name != "openapi" && name != "another letter case" && name != "built-in PATH" &&
				!slices.ContainsFunc(r.Facts, func(f Fact) bool { return f.Rule == ruleRemote }) {
				t.Errorf("%s %s: %q", name, form, rules(r))
			}
		}
	}
	if n := seen.Load(); n > 0 {
		t.Errorf("the server was asked %d times", n)
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("git ran")
	}
}

func laughs(levels int) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nl0: &l0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < levels; i++ {
		fmt.Fprintf(&b, "l%d: &l%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*l%d, ", i-1), 10), ", "))
	}
	return b.String()
}

func TestLimitsEndTheRun(t *testing.T) {
	k := "c/kustomization.yaml"
	doubling := map[string]string{"c/kustomization.yaml": "resources: [../n0]"}
	for i := range 20 {
		for _, side := range []string{"a", "b"} {
			doubling[fmt.Sprintf("n%d%s/kustomization.yaml", i, side)] = fmt.Sprintf("namePrefix: %s\nresources: [../n%d]", side, i+1)
		}
		doubling[fmt.Sprintf("n%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../n%da, ../n%db]", i, i)
	}
	doubling["n20/kustomization.yaml"], doubling["n20/a.yaml"] = "resources: [a.yaml]", deployment
	copies := "- op: copy\n  from: /data\n  path: /data/x\n"
	for _, c := range []struct {
		name   string
		files  map[string]string
		limits Limits
		want   string
	}{
		{"billion laughs", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": laughs(12)}, Limits{}, "expands to more than"},
		{"billion laughs in the kustomization", map[string]string{k: laughs(12)}, Limits{}, "expands to more than"},
		{"billion laughs in an inline patch", map[string]string{k: "resources: [a.yaml]\npatches:\n- patch: |-\n    " + strings.ReplaceAll(laughs(12), "\n", "\n    "), "c/a.yaml": configMap}, Limits{}, "expands to more than"},
		{"billion laughs in a patch file", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": configMap, "c/p.yaml": laughs(12)}, Limits{}, "expands to more than"},
		{"an alias in itself", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "a: &a [*a]"}, Limits{}, "contains itself"},
		{"deep nesting", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)}, Limits{}, "nested deeper"},
		{"a large file", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "a: " + strings.Repeat("x", 2<<20)}, Limits{}, "larger than"},
		{"a large generator file", map[string]string{k: "configMapGenerator: [{name: x, files: [a]}]", "c/a": strings.Repeat("x", 2<<20)}, Limits{}, "larger than"},
		{"many documents", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": strings.Repeat("a: b\n---\n", 3000)}, Limits{}, "documents"},
		{"many objects in a List", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "apiVersion: v1\nkind: List\nitems: [" + strings.Repeat("{},", 50) + "]"}, Limits{Objects: 10}, "objects in one root"},
		{"bases that double", doubling, Limits{}, "in one root"},
		{"copy operations", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: ConfigMap}}]", "c/a.yaml": configMap, "c/p.yaml": strings.Repeat(copies, 30)}, Limits{}, "copy operations"},
		{"many files", map[string]string{k: "resources: [a.yaml, b.yaml, d.yaml]", "c/a.yaml": configMap, "c/b.yaml": deployment, "c/d.yaml": route}, Limits{Files: 2}, "files are read"},
		{"many directory entries", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": configMap, "c/d/b": "", "c/d/e": ""}, Limits{Directory: 3}, "directory entries"},
		{"many roots", map[string]string{"c/x/kustomization.yaml": "resources: [../../a.yaml]", "c/y/kustomization.yaml": "resources: [../../a.yaml]", "a.yaml": configMap}, Limits{Roots: 1}, "roots in one cluster"},
		{"no time", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": strings.Repeat(configMap+"---\n", 1) + deployment}, Limits{RootTime: 1}, "not rendered after"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			r := render(t, c.files, func(o *Options) { o.Limits = c.limits })
			if !slices.ContainsFunc(r.Undecided, func(u Undecided) bool { return strings.Contains(u.Message, c.want) && u.Hint != "" && u.File != "" }) {
				t.Errorf("undecided %v, facts %q; want %q", r.Undecided, rules(r), c.want)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := Cluster(ctx, repo(map[string]string{"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": configMap}), Options{Path: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Undecided) == 0 && len(r.Objects) == 0 {
		t.Error("a run that was cancelled knows nothing and says nothing")
	}
}

// TestErrorsKeepSecrets: kustomize repeats a manifest in some of its errors.
func TestErrorsKeepSecrets(t *testing.T) {
	for _, secret := range []string{
		"apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {1: hunter2}\n",
		"apiVersion: v1\nkind: Secret\nmetadata: {}\nstringData: {a: hunter2}\n",
		"kind: Secret\nstringData: {a: hunter2}\n",
	} {
		r := render(t, map[string]string{"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": secret})
		if len(r.Facts) == 0 {
			t.Errorf("nothing found in %q", secret)
		}
		if strings.Contains(fmt.Sprint(r.Facts, r.Undecided), "hunter2") {
			t.Errorf("the value is repeated: %q", rules(r))
		}
	}
}

// TestTooManyEntriesElsewhere: an Application that was not looked for may change what is judged, so that is said.
func TestTooManyEntriesElsewhere(t *testing.T) {
	files := map[string]string{"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": configMap, "x/a": "", "x/b": "", "x/c": ""}
	named := func(destinations ...string) func(*Options) {
		return func(o *Options) { o.Limits, o.Destinations = Limits{Directory: 4}, destinations }
	}
	if r := render(t, files, named("c")); len(r.Undecided) != 1 || !strings.Contains(r.Undecided[0].Message, "Applications may be among them") {
		t.Errorf("undecided %v", r.Undecided)
	}
	if r := render(t, files, named()); len(r.Undecided) != 0 {
		t.Errorf("without Argo CD: undecided %v", r.Undecided)
	}
}
