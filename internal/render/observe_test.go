package render

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatKustomizeDoesWithoutAWord(t *testing.T) {
	k := "c/kustomization.yaml"
	local := strings.Replace(gateway, "{name: edge, namespace: edge}", "\n  name: edge\n  namespace: edge\n  annotations:\n    config.kubernetes.io/local-config: 'true'", 1)
	smp := "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: edge}\nspec:\n  listeners:\n  - {name: relay, port: 444, protocol: HTTPS}\n"
	both := smp + "  - {name: admin, port: 8444, protocol: HTTPS}\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		rule  string // "" when nothing is to be found
		at    string
		field string
	}{
		{"a dropped Gateway", map[string]string{k: "resources: [a.yaml, b.yaml]", "c/a.yaml": local, "c/b.yaml": route}, ruleDropped, "c/a.yaml:7:5", `metadata.annotations["config.kubernetes.io/local-config"]`},
		{"a ConfigMap that feeds replacements", map[string]string{k: "resources: [a.yaml, b.yaml]", "c/b.yaml": route,
			"c/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: v\n  annotations: {config.kubernetes.io/local-config: 'true'}\n"}, "", "", ""},
		{"dropped by a patch", map[string]string{k: "resources: [a.yaml, b.yaml]\npatches:\n- target: {kind: Gateway}\n  patch: |-\n    - op: add\n      path: /metadata/annotations\n      value: {}\n    - op: add\n      path: /metadata/annotations/config.kubernetes.io~1local-config\n      value: 'true'", "c/a.yaml": gateway, "c/b.yaml": route}, ruleDropped, k + ":8:7", ""},
		{"a listener cut by a patch", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": gateway, "c/p.yaml": smp}, ruleListeners, "c/p.yaml:5:3", "spec.listeners"},
		{"cut in a base", map[string]string{k: "resources: [../b]", "b/kustomization.yaml": "resources: [a.yaml]\npatchesStrategicMerge: [p.yaml]", "b/a.yaml": gateway, "b/p.yaml": smp}, ruleListeners, "b/p.yaml:5:3", "spec.listeners"},
		{"cut by a patch with a target", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Gate.*}}]", "c/a.yaml": gateway, "c/p.yaml": strings.Replace(smp, "name: edge,", "name: whatever,", 1)}, ruleListeners, "c/p.yaml:5:3", "spec.listeners"},
		{"all listeners kept", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": gateway, "c/p.yaml": both}, "", "", ""},
		{"containers merge by name", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": deployment,
			"c/p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {template: {spec: {containers: [{name: side, image: b}]}}}"}, "", "", ""},
		{"a prefix leaves parentRefs behind", map[string]string{k: "namePrefix: eu-\nresources: [a.yaml, b.yaml]", "c/a.yaml": gateway, "c/b.yaml": route}, ruleNames, k + ":1:1", "spec.parentRefs[0]"},
		{"a namespace leaves parentRefs behind", map[string]string{k: "resources: [a.yaml, b.yaml]\nnamespace: other", "c/a.yaml": gateway, "c/b.yaml": strings.Replace(route, "{name: edge}", "{name: edge, namespace: edge}", 1)}, ruleNames, k + ":2:1", "spec.parentRefs[0]"},
		{"a namespace that all share", map[string]string{k: "resources: [a.yaml, b.yaml]\nnamespace: edge", "c/a.yaml": gateway, "c/b.yaml": route}, "", "", ""},
		{"a prefix on what nobody refers to", map[string]string{k: "namePrefix: eu-\nresources: [a.yaml, b.yaml]", "c/a.yaml": configMap, "c/b.yaml": deployment}, "", "", ""},
		{"the same object, differently, in two roots", map[string]string{"c/x/kustomization.yaml": "resources: [a.yaml]", "c/y/kustomization.yaml": "resources: [a.yaml]", "c/x/a.yaml": configMap, "c/y/a.yaml": strings.Replace(configMap, `"1"`, `"2"`, 1)}, ruleTwice, "c/y/a.yaml:1:1", ""},
		{"the same object, alike, in two roots", map[string]string{"c/x/kustomization.yaml": "resources: [a.yaml]", "c/y/kustomization.yaml": "resources: [a.yaml]", "c/x/a.yaml": configMap, "c/y/a.yaml": configMap}, "", "", ""},
		{"two API versions of one object", map[string]string{k: "resources: [a.yaml, b.yaml]",
			"c/a.yaml": "apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: n}\nspec: {to: [{name: a}]}",
			"c/b.yaml": "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: n}\nspec: {to: [{}]}"}, ruleTwice, "c/b.yaml:1:1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := render(t, c.files)
			if c.rule == "" {
				quiet(t, r)
				return
			}
			i := slices.IndexFunc(rules(r), func(s string) bool { return strings.HasPrefix(s, c.rule+" "+c.at+" ") })
			if i < 0 {
				t.Fatalf("got %q, want %s %s", rules(r), c.rule, c.at)
			}
			if c.field != "" && r.Facts[i].By.Field != c.field {
				t.Errorf("field %q, want %q", r.Facts[i].By.Field, c.field)
			}
			for _, o := range r.Overlays {
				if !o.Rendered {
					t.Errorf("%s was not rendered: %q", o.Path, rules(r))
				}
			}
		})
	}
}

func TestRootsBelowAPath(t *testing.T) {
	r := render(t, map[string]string{
		"c/app/base/kustomization.yaml": "resources: [a.yaml]", "c/app/base/a.yaml": configMap,
		"c/app/prod/kustomization.yaml": "resources: [../base]\nnamePrefix: p-", "c/app/part/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1",
		"c/left/out/kustomization.yaml": "helmCharts: []", "c/.hidden/kustomization.yaml": "nope: 1", "c/plain/d.yaml": deployment,
		"c/chart/Chart.yaml": "name: x", "c/chart/templates/t.yaml": "{{ nope }}", "c/circle/a/kustomization.yaml": "resources: [../b]", "c/circle/b/kustomization.yaml": "resources: [../a]",
		"other/kustomization.yaml": "nope: 1",
	}, func(o *Options) { o.Exclude = map[string]string{"c/left": "not ours"} })
	var paths []string
	for _, o := range r.Overlays {
		paths = append(paths, o.Path)
	}
	if want := []string{"c", "c/app/prod", "c/circle/a"}; !slices.Equal(paths, want) {
		t.Errorf("roots %v, want %v", paths, want)
	}
	get(t, r, "Deployment", "app")
	get(t, r, "ConfigMap", "p-settings")
	if len(r.Facts) != 1 || r.Facts[0].Rule != ruleRoot || r.Facts[0].Overlay != "c/circle/a" {
		t.Errorf("facts %q; only the circle is wrong", rules(r))
	}
	if len(r.Unseen) != 2 || r.Unseen[0].Subject.Kind != "HelmChart" || !strings.Contains(r.Unseen[1].Why, "not ours") {
		t.Errorf("unseen %v", r.Unseen)
	}
}

func TestOneBrokenRootLeavesTheOthers(t *testing.T) {
	r := render(t, map[string]string{
		"c/x/kustomization.yaml": "resources: [a.yaml]", "c/x/a.yaml": configMap,
		"c/y/kustomization.yaml": "resources: [absent.yaml]",
	})
	get(t, r, "ConfigMap", "settings")
	if len(r.Facts) != 1 || r.Facts[0].Overlay != "c/y" || r.Facts[0].Rule != ruleRoot {
		t.Errorf("facts %q", rules(r))
	}
}
