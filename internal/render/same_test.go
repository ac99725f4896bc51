package render

import (
	"context"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// told is everything that a result says.
func told(t *testing.T, r *Result) string {
	t.Helper()
	var places []any
	for _, o := range r.Objects {
		places = append(places, o.Origin, r.Locate(o, "metadata.name"), r.Locate(o, "spec"))
	}
	out, err := json.Marshal([]any{r.Objects, r.Overlays, r.Facts, r.Unseen, r.Undecided, r.Deliveries, r.ChangedOutside, places})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestSameIsTheSame changes a repository in every file and directory. Where Same says that a cluster renders as before, it does; where
// contents are known from before, the same comes out as where they are not; and what the cluster does not see changes nothing.
func TestSameIsTheSame(t *testing.T) {
	files := map[string]string{
		"c/kustomization.yaml":    "resources: [flux.yaml, set.yaml, linked]\ncomponents: [../part]\npatches: [{path: patch.yaml}]\nconfigMapGenerator: [{name: g, files: [../data/g.txt]}]",
		"c/patch.yaml":            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: relay, namespace: edge}\nspec: {hostnames: [patched.example.com]}",
		"c/linked":                "-> ../real",
		"real/kustomization.yaml": "resources: [r.yaml]", "real/r.yaml": route,
		"part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [x.yaml]", "part/x.yaml": configMap,
		"data/g.txt":  "text",
		"c/flux.yaml": fluxKustomization("apps", "path: apps/relay\ntargetNamespace: n\npostBuild: {substitute: {a: b}}"),
		"c/set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set, namespace: argocd}\nspec:\n  generators: [{git: {directories: [{path: 'sets/*'}]}}]\n" +
			"  template: {metadata: {name: x}, spec: {source: {repoURL: r, path: '{{.path.path}}'}, destination: {name: c1}}}\n",
		"apps/relay/a.yaml": gateway, "apps/relay/deep/b.yaml": strings.Replace(deployment, "app", "deep", 1), "apps/.sourceignore": "*.txt",
		"sets/one/s.yaml": strings.Replace(deployment, "app", "one", 1),
		"argo/app.yaml":   application("{server: 'https://c1.example.com'}", "path: elsewhere"), "elsewhere/e.yaml": strings.Replace(configMap, "settings", "e", 1),
		"other/kustomization.yaml": "resources: [o.yaml]", "other/o.yaml": configMap, "README.md": "text", "broken.yaml": "a: [",
	}
	options := func() Options {
		return Options{Cluster: "c", Path: "c", Destinations: []string{"c1", "https://c1.example.com"}, Shared: &Shared{}, Known: &Known{}}
	}
	ctx := context.Background()
	first := options()
	before, err := Cluster(ctx, repo(files), first)
	if err != nil || len(before.Undecided) != 0 || len(before.Objects) < 8 {
		t.Fatal(before, err)
	}
	was := told(t, before)

	changes := map[string]map[string]string{"nothing": {}}
	dirs := map[string]bool{".": true}
	for name, content := range files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			changes[name+": a link elsewhere"] = map[string]string{name: "-> ../other"}
			changes[name+": a file, no link"] = map[string]string{name: target}
			continue
		}
		changes[name+": gone"] = map[string]string{name: ""}
		changes[name+": a comment"] = map[string]string{name: content + "\n# a comment\n"}
		changes[name+": above it a line"] = map[string]string{name: "# a comment\n" + content}
		changes[name+": a link"] = map[string]string{name: "-> " + strings.Repeat("../", strings.Count(name, "/")) + "copy", "copy": content}
		for _, words := range [][2]string{{"relay", "other"}, {"edge", "other"}, {"c1", "c2"}, {"spec", "spec "}, {"name", "nme"}, {"1", "2"}} {
			if strings.Contains(content, words[0]) {
				changes[name+": "+words[0]] = map[string]string{name: strings.ReplaceAll(content, words[0], words[1])}
			}
		}
	}
	for dir := range dirs {
		changes[dir+": a manifest"] = map[string]string{path.Join(dir, "zz.yaml"): strings.Replace(configMap, "settings", "zz", 1)}
		changes[dir+": a kustomization"] = map[string]string{path.Join(dir, "kustomization.yml"): "resources: []"}
		changes[dir+": an Application"] = map[string]string{path.Join(dir, "zz-app.yaml"): application("{name: c1}", "path: other")}
		changes[dir+": a directory"] = map[string]string{path.Join(dir, "zz/zz.yaml"): strings.Replace(configMap, "settings", "zz", 1)}
	}
	// Names are seen everywhere: the ApplicationSet's generator lists all directories.
	unseen := []string{"nothing", "README.md: a comment", "other/o.yaml: a comment", "other/kustomization.yaml: a comment", "broken.yaml: a comment"}
	same := 0
	for name, change := range changes {
		changed := maps.Clone(files)
		for file, content := range change {
			if changed[file] = content; content == "" {
				delete(changed, file)
			}
		}
		o := options()
		now, err := Cluster(ctx, repo(changed), options())
		if err != nil {
			t.Fatal(name, err)
		}
		is := told(t, now)
		o.Known = first.Known
		again, err := Cluster(ctx, repo(changed), o)
		if err != nil {
			t.Fatal(name, err)
		}
		if told(t, again) != is {
			t.Errorf("%s: what is known of another tree makes a difference", name)
		}
		said := before.Same(ctx, repo(changed), options())
		if said && is != was {
			t.Errorf("%s: said to be the same", name)
		}
		if said {
			same++
		} else if slices.Contains(unseen, name) {
			t.Errorf("%s: the cluster does not see it", name)
		}
	}
	t.Logf("%d of %d changes leave the cluster as it was", same, len(changes))

	for name, change := range map[string]func(*Options){
		"another path":       func(o *Options) { o.Path = "other" },
		"another cluster":    func(o *Options) { o.Cluster = "d" },
		"other destinations": func(o *Options) { o.Destinations = o.Destinations[:1] },
		"an exclusion":       func(o *Options) { o.Exclude = map[string]string{"apps": "x"} },
		"as found":           func(o *Options) { o.AsFound = true },
		"another limit":      func(o *Options) { o.Limits.Depth = 50 },
		"a part only":        func(o *Options) { o.Only = func(string) bool { return true } },
	} {
		o := options()
		if change(&o); before.Same(ctx, repo(files), o) {
			t.Errorf("%s: said to be the same", name)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if before.Same(ended, repo(files), options()) {
		t.Error("a run that has ended says that it is the same")
	}
}
