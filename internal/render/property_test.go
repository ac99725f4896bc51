package render

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	kjson "sigs.k8s.io/json"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/object"
)

// TestSameBytesEachTime renders many roots with one and with many jobs.
func TestSameBytesEachTime(t *testing.T) {
	files := map[string]string{"base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": deployment}
	for i := range 30 {
		files[fmt.Sprintf("c/r%d/kustomization.yaml", i)] = fmt.Sprintf("resources: [../../base, g.yaml]\nnamePrefix: r%d-\npatches: [{target: {kind: Gateway}, patch: '[{\"op\": \"remove\", \"path\": \"/spec/gatewayClassName\"}]'}]", i)
		files[fmt.Sprintf("c/r%d/g.yaml", i)] = gateway + "---\n" + route
	}
	var first []byte
	for _, jobs := range []int{1, 8, 3} {
		r := render(t, files, func(o *Options) { o.Jobs = jobs })
		encoded, err := json.Marshal([]any{r.Objects, r.Overlays, r.Facts, r.Unseen, r.Undecided})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = encoded
		}
		if !bytes.Equal(first, encoded) {
			t.Errorf("%d jobs give another result", jobs)
		}
	}
	if r := render(t, files); len(r.Objects) != 90 || len(r.Facts) != 30 {
		t.Errorf("%d objects, %d facts", len(r.Objects), len(r.Facts))
	}
}

// TestLikeKubectl compares with the kustomize inside kubectl, which shares no code with the survey.
func TestLikeKubectl(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Log("kubectl is not in PATH: the render is not compared with it")
		return
	}
	for name, files := range map[string]map[string]string{
		"patches in every form": {
			"c/kustomization.yaml": "resources: [../base, a.yaml]\nnamespace: home\nnamePrefix: p-\nnameSuffix: -s\npatchesStrategicMerge: [smp.yaml]\npatchesJson6902: [{target: {group: gateway.networking.k8s.io, version: v1, kind: Gateway, name: edge}, path: j.json}]\npatches: [{path: smp2.yaml}, {target: {kind: Deployment}, patch: '[{\"op\": \"add\", \"path\": \"/spec/paused\", \"value\": true}]'}]\ncommonLabels: {team: x}\ncommonAnnotations: {a: b}",
			"c/a.yaml":             gateway, "base/kustomization.yaml": "resources: [d.yaml]\nbases: []\nlabels: [{pairs: {l: m}}]\nconfigMapGenerator: [{name: g, literals: [a=b], files: [d.yaml]}]", "base/d.yaml": deployment,
			"c/smp.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {replicas: 2}", "c/smp2.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {template: {spec: {containers: [{name: side, image: s}]}}}",
			"c/j.json": `[{"op": "replace", "path": "/spec/gatewayClassName", "value": "x"}]`,
		},
		"patchesJson6902 with images": {"c/kustomization.yaml": "resources: [d.yaml]\nimages: [{name: b, newTag: '7'}]\npatchesJson6902: [{target: {group: apps, version: v1, kind: Deployment, name: app}, patch: '[{\"op\": \"replace\", \"path\": \"/spec/template/spec/containers/0/image\", \"value\": \"b:1\"}]'}]", "c/d.yaml": deployment},
		"numbers and texts":           {"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": "apiVersion: x/v1\nkind: N\nmetadata: {name: n}\nspec: {a: 1e3, b: 1.30, c: yes, d: 2020-01-02, e: 0o17, f: 9007199254740993, g: '1', h: ~, i: 1.0, j: 1e400x, k: 0x1f, l: '2020-01-02', m: on, n: 18446744073709551615, o: 1_000, p: !!str 5, q: 012, r: 0.1e-9, s: 1e21, y: n}\n"},
		"anchors, merges and a List":  {"c/kustomization.yaml": "resources: [a.yaml, l.yaml]", "c/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nx: &x {a: '1', b: '2'}\ndata:\n  <<: *x\n  b: '3'\n", "c/l.yaml": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: one}\n"},
		"deletions":                   {"c/kustomization.yaml": "resources: [a.yaml, d.yaml]\npatchesStrategicMerge:\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: app}\n  $patch: delete", "c/a.yaml": configMap, "c/d.yaml": deployment},
		"built-in transformers":       {"c/kustomization.yaml": "resources: [a.yaml]\ntransformers: [t.yaml]\nreplacements: [{path: r.yaml}]", "c/a.yaml": configMap + "---\n" + deployment, "c/t.yaml": "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: q-\nfieldSpecs: [{path: metadata/name}]\n---\napiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: u}\nlabels: {x: z}\nfieldSpecs: [{path: metadata/labels, create: true}]", "c/r.yaml": "- source: {kind: ConfigMap, name: settings, fieldPath: data.a}\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.0.image]}]"},
	} {
		t.Run(name, func(t *testing.T) {
			r := render(t, files)
			dir := t.TempDir()
			for file, content := range files {
				full := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(kubectl, "kustomize", filepath.Join(dir, "c"))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("kubectl: %v: %s; ours: %q", err, stderr.String(), rules(r))
			}
			var want []*object.Object
			for _, doc := range bytes.Split(out, []byte("\n---\n")) {
				encoded, err := sigsyaml.YAMLToJSON(doc)
				if err != nil {
					t.Fatal(err)
				}
				var data map[string]any
				if err := kjson.UnmarshalCaseSensitivePreserveInts(encoded, &data); err != nil {
					t.Fatal(err)
				}
				o, err := object.New(data, object.Origin{})
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, o)
			}
			want = object.NewSet(want).All()
			if len(want) != len(r.Objects) {
				t.Fatalf("%d objects, kubectl has %d; facts %q", len(r.Objects), len(want), rules(r))
			}
			for i := range want {
				if !reflect.DeepEqual(r.Objects[i].Data, want[i].Data) {
					t.Errorf("got  %#v\nwant %#v", r.Objects[i].Data, want[i].Data)
				}
			}
		})
	}
}

// FuzzRender feeds a kustomization and a manifest. Nothing may panic, hang, or end without objects, a fact, an undecided limit or something unseen;
// and every position is one.
func FuzzRender(f *testing.F) {
	for _, k := range []string{"resources: [a.yaml]", "resources: [a.yaml]\npatches: [{path: a.yaml}]", "transformers: [a.yaml]", "configMapGenerator: [{name: x, files: [a.yaml]}]",
		"crds: [a.yaml]", "replacements: [{path: a.yaml}]", "configurations: [a.yaml]", "patchesStrategicMerge: [a.yaml]", "resources: ['https://x']", "a: &a [*a]", "vars: [{name: x}]", ""} {
		for _, a := range []string{gateway, configMap + "---\n" + route, laughs(3), "- {op: copy, from: /a, path: /b}", "", "{}", "a: &a [*a]", "kind: List\nitems: [{}]", "apiVersion: builtin\nkind: PatchTransformer\npatch: x"} {
			f.Add(k, a)
		}
	}
	f.Fuzz(func(t *testing.T, k, a string) {
		r, err := Cluster(context.Background(), repo(map[string]string{"c/kustomization.yaml": k, "c/a.yaml": a}), Options{Path: "c",
			Limits: Limits{RootTime: 10 * time.Second, Expansion: 10_000}, Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		saysSomething(t, r)
		for _, o := range r.Objects {
			for _, field := range []string{"", "spec", "spec.listeners[0].port", "metadata.name", "data.a"} {
				if p := r.Locate(o, field); p.File == "" || p.Line < 1 || p.Column < 1 {
					t.Errorf("%s %s is at %+v", o, field, p)
				}
			}
		}
	})
}

// saysSomething: nothing vanishes in silence, and every fact has a place and a reason.
func saysSomething(t *testing.T, r *Result) {
	t.Helper()
	if len(r.Objects)+len(r.Facts)+len(r.Undecided)+len(r.Unseen) == 0 {
		t.Error("nothing came out, and nothing was said")
	}
	for _, fact := range r.Facts {
		if fact.Line < 1 || fact.Column < 1 || fact.File == "" || fact.Why == "" || fact.Rule == "" {
			t.Errorf("fact %+v", fact)
		}
	}
}
