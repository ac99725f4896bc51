package render

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

const argoGroup = "argoproj.io"

// inCluster is what Argo CD calls the cluster that it runs in (argo-cd, declarative setup: clusters).
var inCluster = []string{"https://kubernetes.default.svc", "in-cluster"}

// kustomizeFields are the fields of an Application's source.kustomize that are modelled, or that do not change what is applied.
var kustomizeFields = []string{"namePrefix", "nameSuffix", "namespace", "images", "patches", "components", "commonLabels", "commonAnnotations",
	"labelWithoutSelector", "forceCommonLabels", "forceCommonAnnotations", "version", "kubeVersion", "apiVersions", "ignoreMissingComponents"}

// argo follows an Application, or the Applications that an ApplicationSet makes.
func (c *cluster) argo(o *object.Object) {
	if o.Kind == "Application" {
		c.application(applicationOf(o, "", o.Data))
		return
	}
	applications, complete := Applications(o.Data, c.repo.readDir, c.options.Limits.Directory)
	if !complete {
		p := c.place(o, "spec.generators")
		c.unseen = append(c.unseen, Unseen{Subject: subjectOf(o), File: p.file, Line: p.line, Why: "a generator of this ApplicationSet is not modelled, so that what it applies is not known"})
	}
	if o.Get("spec.templatePatch") != nil {
		c.facts = append(c.facts, c.notModelled(&root{dir: c.options.Path}, o, "spec.templatePatch"))
	}
	for _, a := range applications {
		c.application(applicationOf(o, "spec.template.", a))
	}
}

func applicationOf(o *object.Object, at string, data map[string]any) argoApplication {
	a := argoApplication{object: o, at: at}
	a.metadata, _ = data["metadata"].(map[string]any)
	a.spec, _ = data["spec"].(map[string]any)
	return a
}

// application follows the sources of one Application.
func (c *cluster) application(a argoApplication) {
	o, spec, at := a.object, a.spec, a.at+"spec"
	destination, _ := spec["destination"].(map[string]any)
	unseen := func(field, format string, args ...any) {
		p := c.place(o, field)
		c.unseen = append(c.unseen, Unseen{Subject: subjectOf(o), File: p.file, Line: p.line, Why: fmt.Sprintf(format, args...)})
	}
	if !c.ours(destination) {
		if o.Origin.Overlay != "" { // those of other clusters elsewhere in the repository are no news
			unseen(at+".destination", "it applies to another cluster, %s", str(destination, "name")+str(destination, "server"))
		}
		return
	}
	sources, prefix := []map[string]any{}, at+".source"
	if one, ok := spec["source"].(map[string]any); ok {
		sources = append(sources, one)
	}
	if many := items(spec, "sources"); len(many) > 0 {
		sources, prefix = many, at+".sources"
	}
	for _, source := range sources {
		c.argoSource(a, source, prefix, str(destination, "namespace"), unseen)
	}
}

func (c *cluster) argoSource(a argoApplication, source map[string]any, at, namespace string, unseen func(string, string, ...any)) {
	o := a.object
	given := str(source, "path")
	if strings.Contains(given, "{{") {
		unseen(at, "its path %q has a template that is not modelled", given)
		return
	}
	if str(source, "chart") != "" || source["helm"] != nil {
		unseen(at, "what a Helm chart installs is not in this repository")
		return
	}
	if source["plugin"] != nil {
		unseen(at, "a plugin renders it")
		return
	}
	if str(source, "ref") != "" && given == "" {
		return // a source that only others refer to
	}
	dir, isDir, err := c.repo.resolve(path.Join(".", strings.TrimLeft(path.Clean("/"+given), "/")))
	if err != nil || !isDir {
		unseen(at, "its path %q is not a directory of this repository", given)
		return
	}
	if reason, excluded := excludedBy(dir, c.options.Exclude); excluded {
		unseen(at, "its path %s is excluded: %s", dir, reason)
		return
	}
	entries, err := c.repo.readDir(dir)
	if err == nil {
		for _, e := range entries {
			if e.Name() == "Chart.yaml" {
				unseen(at, "%s is a Helm chart, which is not rendered", dir)
				return
			}
		}
	}
	r := c.argoRoot(dir, source)
	r.by, r.byAt = refOf(o, at), c.place(o, at)
	r.deliveries = []delivery{c.argoDelivery(a, source, at)}
	directory, _ := source["directory"].(map[string]any)
	for _, field := range sortedKeys(directory) {
		if field != "recurse" {
			c.facts = append(c.facts, c.notModelled(r, o, at+".directory."+field))
		}
	}
	options, _ := source["kustomize"].(map[string]any)
	for _, field := range sortedKeys(options) {
		if !slices.Contains(kustomizeFields, field) {
			c.facts = append(c.facts, c.notModelled(r, o, at+".kustomize."+field))
		}
	}
	labels, _ := options["commonLabels"].(map[string]any)
	annotations, _ := options["commonAnnotations"].(map[string]any)
	c.change(r, o, overlayChange{
		namespace: str(options, "namespace"), prefix: str(options, "namePrefix"), suffix: str(options, "nameSuffix"),
		patches: items(options, "patches"), components: texts(options, "components"), field: at + ".kustomize.",
		labels: labels, selectors: options["labelWithoutSelector"] != true, annotations: annotations,
		optional: options["ignoreMissingComponents"] == true,
	})
	if namespace != "" && !strings.Contains(namespace, "{{") {
		r.after = append(r.after, defaultNamespace(namespace))
	}
	c.follow(r)
}

// argoRoot takes a directory as Argo CD does: its kustomization, or the manifests in it, with those below when it recurses.
func (c *cluster) argoRoot(dir string, source map[string]any) *root {
	if len(c.repo.kustomizationIn(dir)) > 0 {
		return &root{dir: dir, kust: c.repo.kustomization(dir)}
	}
	directory, _ := source["directory"].(map[string]any)
	k := &kustomization{dir: dir, files: map[string][]byte{}, data: map[string]any{}}
	var resources []any
	var scan func(at string)
	scan = func(at string) {
		entries, err := c.repo.readDir(at)
		if err != nil {
			return
		}
		for _, e := range entries {
			name := path.Join(at, e.Name())
			switch {
			case e.IsDir() && directory["recurse"] == true && e.Name() != ".git":
				scan(name)
			case !e.IsDir() && (isManifest(name) || path.Ext(name) == ".json"):
				resources = append(resources, relative(dir, name))
			}
		}
	}
	scan(dir)
	k.data["resources"] = resources
	k.refused = k.check(c.repo)
	return &root{dir: dir, kust: k}
}

// ours tells whether a destination is this cluster. Without names for it, an Application that the cluster's path holds is taken to
// apply to the cluster that it is in.
func (c *cluster) ours(destination map[string]any) bool {
	name, server := str(destination, "name"), str(destination, "server")
	for _, d := range c.options.Destinations {
		if d != "" && (d == name || strings.TrimSuffix(d, "/") == strings.TrimSuffix(server, "/")) {
			return true
		}
	}
	if len(c.options.Destinations) > 0 {
		return false
	}
	return name == "" && server == "" || slices.Contains(inCluster, name) || slices.Contains(inCluster, server)
}

// elsewhere looks in the whole repository for Applications whose destination is this cluster.
func (c *cluster) elsewhere(top string) *refusal {
	if len(c.options.Destinations) == 0 || top == "." {
		return nil
	}
	c.looked = true
	files, refused := c.options.Shared.argo(c.repo)
	for _, name := range files {
		if !strings.HasPrefix(name, top+"/") {
			c.applicationsIn(name)
		}
	}
	return refused
}

func (c *cluster) applicationsIn(name string) {
	f, refused := c.repo.peek(name)
	if refused != nil {
		return
	}
	docs, refused := c.repo.documents(f)
	if refused != nil {
		return // a template, or a file that is nobody's manifest
	}
	for _, d := range docs {
		for _, n := range objectsOf(d) {
			kind := text(n, "kind")
			if group(text(n, "apiVersion")) != argoGroup || kind != "Application" && kind != "ApplicationSet" {
				continue
			}
			decoded, err := value(n)
			data, ok := decoded.(map[string]any)
			if err != nil || !ok {
				continue
			}
			if o, err := object.New(data, object.Origin{File: name}); err == nil {
				c.argo(o)
			}
		}
	}
}

// placeElsewhere finds a field of an Application that was read outside of any root.
func (c *cluster) placeElsewhere(o *object.Object, field string) place {
	docs, refused := c.repo.manifest(o.Origin.File)
	if refused != nil {
		return place{o.Origin.File, 1, 1}
	}
	for _, d := range docs {
		for _, n := range objectsOf(d) {
			if text(n, "kind") == o.Kind && text(n, "metadata", "name") == o.Name {
				at := locate(n, object.ParsePath(field))
				return place{o.Origin.File, at.Line, at.Column}
			}
		}
	}
	return place{o.Origin.File, 1, 1}
}

// defaultNamespace gives a namespace to objects that name none, as Argo CD does for namespaced kinds.
func defaultNamespace(namespace string) func([]map[string]any) ([]map[string]any, []Fact) {
	return func(objects []map[string]any) ([]map[string]any, []Fact) {
		for _, data := range objects {
			meta, ok := data["metadata"].(map[string]any)
			apiVersion, kind := str(data, "apiVersion"), str(data, "kind")
			if ok && str(meta, "namespace") == "" && namespaced(apiVersion, kind) {
				meta["namespace"] = namespace
			}
		}
		return objects, nil
	}
}
