package render

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatespan/gatespan/internal/object"
)

// repo makes a repository from files. A content that starts with "-> " is a symbolic link.
func repo(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, content := range files {
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			out[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
		} else {
			out[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
		}
	}
	return out
}

func render(t testing.TB, files map[string]string, change ...func(*Options)) *Result {
	t.Helper()
	o := Options{Cluster: "c", Path: "c"}
	for _, f := range change {
		f(&o)
	}
	r, err := Cluster(context.Background(), repo(files), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// get returns the object of that name, or fails with what there is.
func get(t *testing.T, r *Result, kind, name string) *object.Object {
	t.Helper()
	for _, o := range r.Objects {
		if o.Kind == kind && o.Name == name {
			return o
		}
	}
	t.Fatalf("no %s %s among %v; facts %v; undecided %v", kind, name, r.Objects, rules(r), r.Undecided)
	return nil
}

func rules(r *Result) []string {
	var out []string
	for _, f := range r.Facts {
		out = append(out, fmt.Sprintf("%s %s:%d:%d %s", f.Rule, f.File, f.Line, f.Column, f.Why))
	}
	return out
}

// quiet fails when something was found.
func quiet(t *testing.T, r *Result) {
	t.Helper()
	if len(r.Facts) > 0 || len(r.Undecided) > 0 {
		t.Errorf("facts %q, undecided %v", rules(r), r.Undecided)
	}
}

const (
	gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: eg
  listeners:
  - name: relay
    port: 443
    protocol: HTTPS
  - name: admin
    port: 8443
    protocol: HTTPS
`
	route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: relay, namespace: edge}
spec:
  parentRefs: [{name: edge}]
`
	configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: edge}
data: {a: "1"}
`
	deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  template:
    spec:
      containers: [{name: app, image: "a:1"}]
`
)

func TestOrdinaryFeatures(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		kind  string
		as    string
		field string
		want  any
	}{
		{"a base and a strategic merge patch", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": deployment,
			"c/kustomization.yaml": "resources: [../base]\npatches: [{path: p.yaml}]",
			"c/p.yaml":             "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {replicas: 3}",
		}, "Deployment", "app", "spec.replicas", int64(3)},
		{"an inline patch with a target", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: Gateway}\n  patch: |\n    - op: replace\n      path: /spec/listeners/0/port\n      value: 444",
			"c/a.yaml":             gateway,
		}, "Gateway", "edge", "spec.listeners[0].port", int64(444)},
		{"patchesJson6902 in a file", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]\npatchesJson6902:\n- target: {version: v1, kind: ConfigMap, name: settings}\n  path: p.json",
			"c/p.json":             `[{"op": "add", "path": "/data/b", "value": "2"}]`, "c/a.yaml": configMap,
		}, "ConfigMap", "settings", "data.b", "2"},
		{"patchesStrategicMerge, by path and inline", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]\npatchesStrategicMerge:\n- p.yaml\n- |-\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: settings, namespace: edge}\n  data: {b: inline}",
			"c/p.yaml":             strings.Replace(configMap, `a: "1"`, `a: "5"`, 1), "c/a.yaml": configMap,
		}, "ConfigMap", "settings", "data", map[string]any{"a": "5", "b": "inline"}},
		{"a component", map[string]string{
			"c/kustomization.yaml":       "resources: [a.yaml]\ncomponents: [../parts/b]",
			"parts/b/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]",
			"parts/b/more.yaml":          strings.Replace(configMap, "settings", "more", 1), "c/a.yaml": configMap,
		}, "ConfigMap", "more", "data.a", "1"},
		{"replacements from a file", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml, b.yaml]\nreplacements: [{path: r.yaml}]",
			"c/r.yaml":             "source: {kind: ConfigMap, name: settings, fieldPath: data.a}\ntargets:\n- select: {kind: Deployment}\n  fieldPaths: [spec.template.spec.containers.0.image]",
			"c/a.yaml":             configMap, "c/b.yaml": deployment,
		}, "Deployment", "app", "spec.template.spec.containers[0].image", "1"},
		{"local configurations", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]\nconfigurations: [n.yaml]\nnamePrefix: x-\n",
			"c/n.yaml":             "nameReference:\n- kind: Gateway\n  group: gateway.networking.k8s.io\n  fieldSpecs:\n  - {kind: HTTPRoute, path: spec/parentRefs/name}",
			"c/a.yaml":             gateway + "---\n" + route,
		}, "HTTPRoute", "x-relay", "spec.parentRefs[0].name", "x-edge"},
		{"generators", map[string]string{
			"c/kustomization.yaml": "configMapGenerator:\n- {name: g, files: [text.txt, k=text.txt], literals: [a=b], envs: [e.env]}\ngeneratorOptions: {disableNameSuffixHash: true}",
			"c/text.txt":           "not: yaml: at all", "c/e.env": "X=1\n",
		}, "ConfigMap", "g", "data", map[string]any{"text.txt": "not: yaml: at all", "k": "not: yaml: at all", "a": "b", "X": "1"}},
		{"commonLabels, images and replicas", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]\ncommonLabels: {team: x}\nimages: [{name: a, newTag: '9'}]\nreplicas: [{name: app, count: 4}]",
			"c/a.yaml":             deployment,
		}, "Deployment", "app", "spec.template.metadata.labels.team", "x"},
		{"a List", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]",
			"c/a.yaml":             "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: one}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: two}\n",
		}, "ConfigMap", "two", "metadata.name", "two"},
		{"anchors and merge keys", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]",
			"c/a.yaml":             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  x: &x one\n  y: *x\n",
		}, "ConfigMap", "m", "data.y", "one"},
		{"JSON", map[string]string{
			"c/kustomization.yaml": `{"resources": ["a.json"]}`,
			"c/a.json":             `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "j"}, "data": {"a": "b"}}`,
		}, "ConfigMap", "j", "data.a", "b"},
		{"CRLF and a byte order mark", map[string]string{
			"c/kustomization.yaml": "\xef\xbb\xbfresources:\r\n- a.yaml\r\n",
			"c/a.yaml":             "\xef\xbb\xbf" + strings.ReplaceAll(configMap, "\n", "\r\n"),
		}, "ConfigMap", "settings", "data.a", "1"},
		{"a built-in transformer in a file", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]\ntransformers: [t.yaml]",
			"c/t.yaml":             "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: p.yaml\ntarget: {kind: ConfigMap}", "c/a.yaml": configMap,
			"c/p.yaml": "- {op: add, path: /data/z, value: zz}",
		}, "ConfigMap", "settings", "data.z", "zz"},
		{"an inline built-in generator", map[string]string{
			"c/kustomization.yaml": "generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: g}\n  literals: [a=b]\n  options: {disableNameSuffixHash: true}\n",
		}, "ConfigMap", "g", "data.a", "b"},
		{"a file of the directory above, as Flux permits", map[string]string{
			"c/o/kustomization.yaml": "resources: [../../shared/a.yaml]", "shared/a.yaml": configMap,
		}, "ConfigMap", "settings", "data.a", "1"},
		{"links inside the repository", map[string]string{
			"c/kustomization.yaml": "resources: [link, f.yaml]", "c/link": "-> ../real", "c/f.yaml": "-> ../real/deep/b.yaml",
			"real/kustomization.yaml": "resources: [a.yaml]", "real/a.yaml": configMap, "real/deep/b.yaml": deployment,
		}, "Deployment", "app", "metadata.name", "app"},
		{"numbers as the API server sees them", map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]",
			"c/a.yaml":             "apiVersion: x/v1\nkind: N\nmetadata: {name: n}\nspec: {a: 1e3, b: 1.30, c: yes, d: 2020-01-02, e: 0o17, f: 9007199254740993, g: '1', h: ~}",
		}, "N", "n", "spec", map[string]any{"a": int64(1000), "b": 1.3, "c": "yes", "d": "2020-01-02T00:00:00Z", "e": int64(15), "f": int64(9007199254740993), "g": "1", "h": nil}},
		{"plain manifests without a kustomization", map[string]string{"c/x/a.yaml": configMap, "c/values.yaml": "just: values"}, "ConfigMap", "settings", "data.a", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := render(t, c.files)
			quiet(t, r)
			got := get(t, r, c.kind, c.as).Get(c.field)
			if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", c.want) {
				t.Errorf("%s is %#v, want %#v", c.field, got, c.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	k := "c/kustomization.yaml"
	for _, c := range []struct {
		name  string
		files map[string]string
		rule  string
		at    string // file:line:col
	}{
		{"an absolute path", map[string]string{k: "resources:\n- /etc/passwd"}, ruleOutside, k + ":2:3"},
		{"above the repository", map[string]string{k: "resources:\n- ../../x"}, ruleOutside, k + ":2:3"},
		{"a link that leaves", map[string]string{k: "resources:\n- out.yaml", "c/out.yaml": "-> ../../etc/passwd"}, ruleOutside, k + ":2:3"},
		{"an absolute link", map[string]string{k: "resources:\n- out", "c/out": "-> /etc"}, ruleOutside, k + ":2:3"},
		{"the kustomization is a link that leaves", map[string]string{k: "-> ../../k.yaml"}, ruleOutside, k + ":1:1"},
		{"a generator's file outside", map[string]string{k: "configMapGenerator:\n- name: x\n  files: [k=../../secret]"}, ruleOutside, k + ":3:11"},
		{"a duplicate key in the kustomization", map[string]string{k: "resources: [a.yaml]\nresources: []", "c/a.yaml": configMap}, ruleDuplicate, k + ":2:1"},
		{"a duplicate key in a resource", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: '1'\n  a: '2'"}, ruleDuplicate, "c/a.yaml:6:3"},
		{"a duplicate key in an inline patch", map[string]string{k: "resources: [a.yaml]\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: ConfigMap\n    kind: Secret", "c/a.yaml": configMap}, ruleDuplicate, k + ":6:5"},
		{"a field in another letter case", map[string]string{k: "resources: [a.yaml]\nPaTcHeS: []", "c/a.yaml": configMap}, ruleField, k + ":2:1"},
		{"a nested field in another letter case", map[string]string{k: "resources: [a.yaml]\npatches:\n- PATH: p.yaml", "c/a.yaml": configMap}, ruleField, k + ":3:3"},
		{"an unknown field", map[string]string{k: "resources: [a.yaml]\nnope: 1", "c/a.yaml": configMap}, ruleField, k + ":2:1"},
		{"two kustomizations in one directory", map[string]string{k: "resources: [a.yaml]", "c/kustomization.yml": "resources: [a.yaml]", "c/a.yaml": configMap}, ruleField, "c/kustomization.yml:1:1"},
		{"two documents in a kustomization", map[string]string{k: "resources: [a.yaml]\n---\nresources: []", "c/a.yaml": configMap}, ruleField, k + ":3:1"},
		{"helm charts", map[string]string{k: "helmCharts:\n- name: x"}, ruleHelm, k + ":1:1"},
		{"a helm chart as a generator", map[string]string{k: "generators: [g.yaml]", "c/g.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\nname: x\nrepo: https://x"}, ruleHelm, "c/g.yaml:1:1"},
		{"openapi", map[string]string{k: "openapi: {path: s.json}\nresources: [a.yaml]", "c/a.yaml": configMap, "c/s.json": "{}"}, ruleOpenAPI, k + ":1:1"},
		{"a function", map[string]string{k: "transformers: [t.yaml]", "c/t.yaml": "apiVersion: x/v1\nkind: T\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./x}"}, rulePlugin, "c/t.yaml:1:1"},
		{"a plugin", map[string]string{k: "generators:\n- |-\n  apiVersion: someteam.example.com/v1\n  kind: Exec\n  metadata: {name: t}"}, rulePlugin, k + ":3:3"},
		{"a directory of transformers", map[string]string{k: "transformers:\n- t", "c/t/kustomization.yaml": "resources: []"}, rulePlugin, k + ":2:3"},
		{"a validator that is a program", map[string]string{k: "validators: [v.yaml]", "c/v.yaml": "apiVersion: v1\nkind: V\nmetadata: {name: v}"}, rulePlugin, "c/v.yaml:1:1"},
		{"a built-in with its path in another letter case", map[string]string{k: "transformers: [t.yaml]", "c/t.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\nPATH: p.yaml"}, ruleField, "c/t.yaml:1:1"},
		{"a file that is missing", map[string]string{k: "resources:\n- a.yaml\n- b.yaml", "c/a.yaml": configMap}, ruleRoot, k + ":3:3"},
		{"a directory without kustomization", map[string]string{k: "resources:\n- d", "c/d/x.txt": ""}, ruleRoot, k + ":2:3"},
		{"a circle", map[string]string{k: "resources: [../d]", "d/kustomization.yaml": "resources:\n- ../c"}, ruleRoot, "d/kustomization.yaml:2:3"},
		{"YAML that is none", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "a: b\n  c: d"}, ruleRoot, "c/a.yaml:2:1"},
		{"a key that is not a text", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "apiVersion: v1\nkind: K\nmetadata: {name: a}\nspec: {1: x}"}, ruleRoot, k + ":1:1"},
		{"a number that is not finite", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "apiVersion: v1\nkind: K\nmetadata: {name: a}\nspec: {a: .inf}"}, ruleRoot, k + ":1:1"},
		{"the same object twice in one root", map[string]string{k: "resources: [a.yaml, b.yaml]", "c/a.yaml": configMap, "c/b.yaml": configMap}, ruleRoot, k + ":1:1"},
		{"a document after the end of another", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": configMap + "...\napiVersion: v1\nkind: Secret\n"}, ruleDropped, "c/a.yaml:5:1"},
		{"an empty kustomization", map[string]string{k: "# nothing\n"}, ruleDropped, k + ":1:1"},
		{"a Git LFS pointer", map[string]string{k: "configMapGenerator: [{name: ca, files: [ca.crt]}]", "c/ca.crt": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"}, ruleRoot, "c/ca.crt:1:1"},
		{"a submodule or other special file", map[string]string{k: "resources:\n- a.yaml\n- sub", "c/a.yaml": configMap, "c/sub": "pipe"}, ruleRoot, "c/sub:1:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := repo(c.files)
			if f := files["c/sub"]; f != nil {
				f.Mode = fs.ModeIrregular
			}
			r, err := Cluster(context.Background(), files, Options{Path: "c"})
			if err != nil {
				t.Fatal(err)
			}
			want := c.rule + " " + c.at + " "
			if !slices.ContainsFunc(rules(r), func(s string) bool { return strings.HasPrefix(s, want) }) {
				t.Errorf("got %q, want %s", rules(r), want)
			}
			if len(r.Undecided) > 0 {
				t.Errorf("undecided %v", r.Undecided)
			}
			if c.rule != ruleDropped && slices.ContainsFunc(r.Overlays, func(o Overlay) bool { return o.Path == "c" && o.Rendered }) {
				t.Error("the root was rendered")
			}
		})
	}
}

func TestPathThatDoesNotExist(t *testing.T) {
	for _, p := range []string{"absent", "../c", "c/a.yaml"} {
		_, err := Cluster(context.Background(), repo(map[string]string{"c/a.yaml": configMap}), Options{Path: p})
		if !errors.Is(err, ErrNoPath) {
			t.Errorf("%s: %v", p, err)
		}
	}
}
