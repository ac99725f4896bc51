package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/object"
)

func fluxKustomization(name, spec string) string {
	return fmt.Sprintf("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s, namespace: flux-system}\nspec:\n  interval: 1h\n  prune: true\n  sourceRef: {kind: GitRepository, name: flux-system}\n%s", name, indent(spec))
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n"
}

func TestFlux(t *testing.T) {
	const bootstrap = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {url: 'https://git.example.com/a.git', ref: {branch: main}}\n---\n"
	app := map[string]string{"apps/relay/kustomization.yaml": "resources: [a.yaml]", "apps/relay/a.yaml": gateway}
	for _, c := range []struct {
		name  string
		spec  string
		files map[string]string
		kind  string
		as    string
		field string
		want  any
		fact  string
		why   string // of what is unseen
	}{
		{name: "a path of the repository", spec: "path: ./apps/relay", kind: "Gateway", as: "edge", field: "metadata.namespace", want: "edge"},
		{name: "targetNamespace, prefix and suffix", spec: "path: apps/relay\ntargetNamespace: n\nnamePrefix: a-\nnameSuffix: -z", kind: "Gateway", as: "a-edge-z", field: "metadata.namespace", want: "n"},
		{name: "patches", spec: "path: apps/relay\npatches:\n- target: {kind: Gateway}\n  patch: |\n    - {op: replace, path: /spec/listeners/0/port, value: 1}", kind: "Gateway", as: "edge", field: "spec.listeners[0].port", want: int64(1)},
		{name: "a patch that cuts listeners", spec: "path: apps/relay\npatches:\n- patch: |\n    apiVersion: gateway.networking.k8s.io/v1\n    kind: Gateway\n    metadata: {name: edge, namespace: edge}\n    spec: {listeners: [{name: relay, port: 2}]}", kind: "Gateway", as: "edge", field: "spec.listeners[0].port", want: int64(2), fact: ruleListeners},
		{name: "components", spec: "path: apps/relay\ncomponents: [../part]", files: map[string]string{"apps/part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [x.yaml]", "apps/part/x.yaml": configMap}, kind: "ConfigMap", as: "settings", field: "data.a", want: "1"},
		{name: "a remote component", spec: "path: apps/relay\ncomponents: ['https://x.example.com/a']", fact: ruleRemote},
		{name: "commonMetadata", spec: "path: apps/relay\ncommonMetadata: {labels: {team: x}}", kind: "Gateway", as: "edge", field: "metadata.labels.team", want: "x"},
		{name: "plain manifests", spec: "path: plain", files: map[string]string{"plain/a.yaml": configMap, "plain/d/kustomization.yaml": "resources: [b.yaml]", "plain/d/b.yaml": deployment, "plain/d/p.yaml": "not: used", "plain/e/f.yaml": route}, kind: "Deployment", as: "app", field: "kind", want: "Deployment"},
		{name: "a literal variable", spec: "path: apps/relay\npostBuild: {substitute: {port: '9'}}", files: map[string]string{"apps/relay/a.yaml": strings.Replace(gateway, "port: 443", "port: ${port}", 1)}, kind: "Gateway", as: "edge", field: "spec.listeners[0].port", want: int64(9)},
		{name: "a default", spec: "path: apps/relay\npostBuild: {substitute: {x: y}}", files: map[string]string{"apps/relay/a.yaml": strings.Replace(gateway, "port: 443", "port: ${port:=77}", 1)}, kind: "Gateway", as: "edge", field: "spec.listeners[0].port", want: int64(77)},
		{name: "a variable from the cluster", spec: "path: apps/relay\npostBuild: {substituteFrom: [{kind: Secret, name: s}]}", files: map[string]string{"apps/relay/a.yaml": strings.Replace(gateway, "port: 443", "port: ${port:=77}", 1)}, kind: "Gateway", as: "edge", field: "spec.listeners[0].port", want: "${port:=77}", fact: ruleVariable},
		{name: "a variable in an app is ordinary", spec: "path: apps/relay\npostBuild: {substituteFrom: [{kind: Secret, name: s}]}", files: map[string]string{"apps/relay/a.yaml": strings.Replace(deployment, "a:1", "a:${tag}", 1)}, kind: "Deployment", as: "app", field: "kind", want: "Deployment"},
		{name: "substitution is off for the object", spec: "path: apps/relay\npostBuild: {substitute: {port: '9'}}", files: map[string]string{"apps/relay/a.yaml": strings.Replace(strings.Replace(gateway, "port: 443", "port: '${port}'", 1), "namespace: edge}", "namespace: edge, annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}", 1)}, kind: "Gateway", as: "edge", field: "spec.listeners[0].port", want: "${port}"},
		{name: "a field that is not known", spec: "path: apps/relay\nfuture: 1", kind: "Gateway", as: "edge", field: "kind", want: "Gateway", fact: ruleNotModelled},
		{name: "suspended", spec: "path: apps/relay\nsuspend: true", why: "suspended"},
		{name: "another cluster", spec: "path: apps/relay\nkubeConfig: {secretRef: {name: x}}", why: "another cluster"},
		{name: "a path that is not here", spec: "path: absent", why: "not a directory"},
		{name: "above the repository", spec: "path: ../../etc", why: "not a directory"},
		{name: "another repository", spec: "path: apps/relay\nsourceRef: {kind: GitRepository, name: other}", files: map[string]string{"c/s.yaml": "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: other, namespace: flux-system}\nspec: {url: 'https://git.example.com/b.git'}\n"}, why: "another repository"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := fluxKustomization("relay", c.spec)
			if strings.Contains(c.spec, "sourceRef") {
				k = strings.Replace(k, "  sourceRef: {kind: GitRepository, name: flux-system}\n", "", 1)
			}
			files := map[string]string{"c/flux.yaml": bootstrap + k}
			for _, more := range []map[string]string{app, c.files} {
				for name, content := range more {
					files[name] = content
				}
			}
			r := render(t, files)
			if len(r.Undecided) > 0 {
				t.Errorf("undecided %v", r.Undecided)
			}
			if c.kind != "" {
				if got := get(t, r, c.kind, c.as).Get(c.field); got != c.want {
					t.Errorf("%s is %#v, want %#v", c.field, got, c.want)
				}
			}
			if c.fact == "" && len(r.Facts) > 0 {
				t.Errorf("facts %q", rules(r))
			}
			if c.fact != "" && !slices.ContainsFunc(r.Facts, func(f Fact) bool { return f.Rule == c.fact && f.File == "c/flux.yaml" && f.Line > 1 }) {
				t.Errorf("facts %q, want %s", rules(r), c.fact)
			}
			if c.why != "" {
				if !slices.ContainsFunc(r.Unseen, func(u Unseen) bool { return strings.Contains(u.Why, c.why) && u.File == "c/flux.yaml" && u.Line > 1 }) {
					t.Errorf("unseen %v", r.Unseen)
				}
				if slices.ContainsFunc(r.Objects, func(o *object.Object) bool { return o.Name == "edge" }) {
					t.Error("it was rendered all the same")
				}
			}
		})
	}
}

// TestFluxBootstrap is the layout that flux bootstrap makes: the path is applied by a Kustomization that it holds itself.
func TestFluxBootstrap(t *testing.T) {
	r := render(t, map[string]string{
		"c/flux-system/kustomization.yaml": "resources: [sync.yaml]",
		"c/flux-system/sync.yaml":          fluxKustomization("flux-system", "path: ./c"),
		"c/apps.yaml":                      fluxKustomization("apps", "path: ./apps"),
		"apps/kustomization.yaml":          "resources: [a.yaml]", "apps/a.yaml": configMap,
	})
	quiet(t, r)
	if len(r.Unseen) > 0 || len(r.Objects) != 3 {
		t.Errorf("unseen %v, objects %v", r.Unseen, r.Objects)
	}
	for _, o := range r.Overlays {
		if o.AppliedBy.Name == "" {
			t.Errorf("%s is applied by nobody", o.Path)
		}
	}
}

// TestHandOff is the layout that gatespan generates: one Kustomization for each overlay beside them.
func TestHandOff(t *testing.T) {
	r := render(t, map[string]string{
		"c/gitops/kustomization.yaml": "resources: [gitops.yaml]", "c/gitops/gitops.yaml": fluxKustomization("edge", "path: ./c/gateways/edge"),
		"c/gateways/edge/kustomization.yaml": "resources: [edge.yaml]", "c/gateways/edge/edge.yaml": gateway,
		"c/exposures/relay/kustomization.yaml": "resources: [relay.yaml]", "c/exposures/relay/relay.yaml": route,
	})
	quiet(t, r)
	if len(r.Objects) != 3 || len(r.Overlays) != 3 {
		t.Errorf("objects %v, overlays %v", r.Objects, r.Overlays)
	}
	if r.Overlays[1].Path != "c/gateways/edge" || r.Overlays[1].AppliedBy.Name != "edge" {
		t.Errorf("overlay %v", r.Overlays[1])
	}
	if len(r.Unseen) != 1 || r.Unseen[0].Subject.Name != "c/exposures/relay" {
		t.Errorf("unseen %v; nothing that was found applies the exposure", r.Unseen)
	}
}

func TestHelmReleasesAreUnseen(t *testing.T) {
	r := render(t, map[string]string{"c/h.yaml": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: h, namespace: n}\nspec: {}\n"})
	if len(r.Unseen) != 1 || r.Unseen[0].Subject.Kind != "HelmRelease" || r.Unseen[0].File != "c/h.yaml" {
		t.Errorf("unseen %v", r.Unseen)
	}
}

func application(destination, source string) string {
	return fmt.Sprintf("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: relay, namespace: argocd}\nspec:\n  project: p\n  destination: %s\n  source:\n    repoURL: https://git.example.com/a\n  %s", destination, indent(strings.ReplaceAll(strings.TrimSpace(source), "\n", "\n  ")))
}

func TestArgoCD(t *testing.T) {
	set := func(generators, path string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set, namespace: argocd}\nspec:\n  generators:\n" + indent(generators) +
			"  template:\n    metadata: {name: x}\n    spec:\n      source: {repoURL: r, path: '" + path + "'}\n      destination: {name: c1}\n"
	}
	for _, c := range []struct {
		name  string
		argo  string
		at    string
		kind  string
		as    string
		field string
		want  any
		fact  string
		why   string
	}{
		{name: "a path", argo: application("{name: c1}", "path: apps/relay"), kind: "Gateway", as: "edge", field: "metadata.namespace", want: "edge"},
		{name: "found anywhere by its destination", at: "argo/app.yaml", argo: application("{server: 'https://c1.example.com'}", "path: apps/relay"), kind: "Gateway", as: "edge", field: "kind", want: "Gateway"},
		{name: "another cluster", argo: application("{name: c2}", "path: apps/relay"), why: "another cluster"},
		{name: "kustomize options", argo: application("{name: c1}", "path: apps/relay\nkustomize: {namePrefix: a-, namespace: n, commonLabels: {team: x}}"), kind: "Gateway", as: "a-edge", field: "metadata.labels.team", want: "x"},
		{name: "patches", argo: application("{name: c1}", "path: apps/relay\nkustomize:\n  patches:\n  - target: {kind: Gateway}\n    patch: '- {op: replace, path: /spec/gatewayClassName, value: z}'"), kind: "Gateway", as: "edge", field: "spec.gatewayClassName", want: "z"},
		{name: "an option that is not known", argo: application("{name: c1}", "path: apps/relay\nkustomize: {replicas: []}"), kind: "Gateway", as: "edge", field: "kind", want: "Gateway", fact: ruleNotModelled},
		{name: "a Helm chart", argo: application("{name: c1}", "chart: x"), why: "Helm"},
		{name: "a plugin", argo: application("{name: c1}", "path: apps/relay\nplugin: {name: x}"), why: "plugin"},
		{name: "the namespace of the destination", argo: application("{name: c1, namespace: home}", "path: apps/bare"), kind: "Deployment", as: "app", field: "metadata.namespace", want: "home"},
		{name: "a directory is not entered", argo: application("{name: c1}", "path: apps/dir"), kind: "ConfigMap", as: "settings", field: "kind", want: "ConfigMap"},
		{name: "a directory that recurses", argo: application("{name: c1}", "path: apps/dir\ndirectory: {recurse: true}"), kind: "HTTPRoute", as: "relay", field: "kind", want: "HTTPRoute"},
		{name: "an ApplicationSet over directories", argo: set("- git: {directories: [{path: 'apps/*'}, {path: apps/bare, exclude: true}, {path: apps/dir, exclude: true}]}", "{{.path.path}}"), kind: "Gateway", as: "edge", field: "kind", want: "Gateway"},
		{name: "an ApplicationSet over a list", argo: set("- list: {elements: [{app: relay}]}", "apps/{{app}}"), kind: "Gateway", as: "edge", field: "kind", want: "Gateway"},
		{name: "another generator", argo: set("- clusters: {}", "apps/{{name}}"), why: "not modelled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := c.at
			if at == "" {
				at = "c/argo.yaml"
			}
			r := render(t, map[string]string{
				at: c.argo, "c/x.yaml": strings.Replace(configMap, "settings", "x", 1),
				"apps/relay/kustomization.yaml": "resources: [a.yaml]", "apps/relay/a.yaml": gateway,
				"apps/bare/a.yaml": deployment, "apps/dir/a.yaml": configMap, "apps/dir/deep/r.yaml": route,
			}, func(o *Options) { o.Destinations = []string{"c1", "https://c1.example.com"} })
			if c.kind != "" {
				if got := get(t, r, c.kind, c.as).Get(c.field); got != c.want {
					t.Errorf("%s is %#v, want %#v", c.field, got, c.want)
				}
			}
			if c.name == "a directory is not entered" && slices.ContainsFunc(r.Objects, func(o *object.Object) bool { return o.Kind == "HTTPRoute" }) {
				t.Error("it was")
			}
			if c.fact == "" {
				quiet(t, r)
			} else if !slices.ContainsFunc(r.Facts, func(f Fact) bool { return f.Rule == c.fact && f.File == at && f.Line > 1 }) {
				t.Errorf("facts %q", rules(r))
			}
			if c.why != "" && !slices.ContainsFunc(r.Unseen, func(u Unseen) bool { return strings.Contains(u.Why, c.why) && u.File == at }) {
				t.Errorf("unseen %v", r.Unseen)
			}
		})
	}
}
