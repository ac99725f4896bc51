package render

import (
	"fmt"
	"strings"
	"testing"
)

func TestLocate(t *testing.T) {
	k := "c/kustomization.yaml"
	two := configMap + "---\n# a comment\n" + gateway
	list := "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: one}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: two}\n  data:\n    a: b\n"
	json := "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"ConfigMap\",\n  \"metadata\": {\"name\": \"j\"},\n  \"data\": {\n    \"a\": \"b\"\n  }\n}\n"
	smp := "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: edge}\nspec:\n  gatewayClassName: other\n"
	for _, c := range []struct {
		name      string
		files     map[string]string
		kind, obj string
		field     string
		want      string
	}{
		{"a field", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": gateway}, "Gateway", "edge", "spec.gatewayClassName", "c/a.yaml:5:3"},
		{"an item of a list", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": gateway}, "Gateway", "edge", "spec.listeners[1]", "c/a.yaml:10:5"},
		{"a field of an item", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": gateway}, "Gateway", "edge", "spec.listeners[1].port", "c/a.yaml:11:5"},
		{"the nearest parent", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": gateway}, "Gateway", "edge", "spec.listeners[1].tls.options", "c/a.yaml:10:5"},
		{"the whole object", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": gateway}, "Gateway", "edge", "", "c/a.yaml:1:1"},
		{"the second document", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": two}, "Gateway", "edge", "spec.listeners[0].port", "c/a.yaml:14:5"},
		{"the second document with CRLF", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": strings.ReplaceAll(two, "\n", "\r\n")}, "Gateway", "edge", "spec.listeners[0].port", "c/a.yaml:14:5"},
		{"after a separator at the start", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "---\n" + two}, "Gateway", "edge", "spec.listeners[0].port", "c/a.yaml:15:5"},
		{"an item of a List", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": list}, "ConfigMap", "two", "data.a", "c/a.yaml:11:5"},
		{"JSON", map[string]string{k: "resources: [a.json]", "c/a.json": json}, "ConfigMap", "j", "data.a", "c/a.json:6:5"},
		{"renamed", map[string]string{k: "resources: [a.yaml]\nnamePrefix: x-", "c/a.yaml": configMap}, "ConfigMap", "x-settings", "data.a", "c/a.yaml:4:8"},
		{"in a base", map[string]string{k: "resources: [../b]", "b/kustomization.yaml": "resources: [a.yaml]", "b/a.yaml": gateway}, "Gateway", "edge", "spec.gatewayClassName", "b/a.yaml:5:3"},
		{"set by a patch file", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": gateway, "c/p.yaml": smp}, "Gateway", "edge", "spec.gatewayClassName", "c/p.yaml:5:3"},
		{"not set by a patch file", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": gateway, "c/p.yaml": smp}, "Gateway", "edge", "spec.listeners[0].port", "c/a.yaml:8:5"},
		{"set by an inline patch", map[string]string{k: "resources:\n- a.yaml\npatches:\n- patch: |-\n    " + strings.TrimSpace(strings.ReplaceAll(smp, "\n", "\n    ")), "c/a.yaml": gateway}, "Gateway", "edge", "spec.gatewayClassName", k + ":9:7"},
		{"set by JSON 6902", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Gateway}}]", "c/a.yaml": gateway, "c/p.yaml": "- op: replace\n  path: /spec/listeners/1/port\n  value: 1\n"}, "Gateway", "edge", "spec.listeners[1].port", "c/p.yaml:3:3"},
		{"added by JSON 6902", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Gateway}}]", "c/a.yaml": gateway, "c/p.yaml": "- op: add\n  path: /spec/listeners/-\n  value:\n    name: more\n    port: 7\n"}, "Gateway", "edge", "spec.listeners[2].port", "c/p.yaml:5:5"},
		{"merged by name", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": strings.Replace(deployment, "[{name: app", "[{name: side, image: s}, {name: app", 1), "c/p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: b:2\n"}, "Deployment", "app", "spec.template.spec.containers[0].image", "c/p.yaml:9:9"},
		{"moved by a merge", map[string]string{k: "resources: [a.yaml]\npatches: [{path: p.yaml}]", "c/a.yaml": strings.Replace(deployment, "[{name: app", "[{name: side, image: s}, {name: app", 1), "c/p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: b:2\n"}, "Deployment", "app", "spec.template.spec.containers[1].image", "c/a.yaml:7:33"},
		{"generated", map[string]string{k: "resources: []\nconfigMapGenerator:\n- name: g\n  literals: [a=b]"}, "ConfigMap", "g-", "data.a", k + ":3:3"},
		{"an anchor", map[string]string{k: "resources: [a.yaml]", "c/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nx-a: &a\n  k: v\ndata:\n  <<: *a\n"}, "ConfigMap", "m", "data.k", "c/a.yaml:5:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := render(t, c.files)
			for _, o := range r.Objects {
				if o.Kind != c.kind || !strings.HasPrefix(o.Name, c.obj) {
					continue
				}
				p := r.Locate(o, c.field)
				if got := fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column); got != c.want {
					t.Errorf("%s is at %s, want %s", c.field, got, c.want)
				}
				return
			}
			t.Fatalf("no such object among %v; facts %q", r.Objects, rules(r))
		})
	}
}
