package render

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// argoApplication is an Application, or what an ApplicationSet makes one of.
type argoApplication struct {
	object   *object.Object
	at       string // before each of its fields: "" or "spec.template."
	metadata map[string]any
	spec     map[string]any
}

// argoDelivery is what Argo CD does with what an Application renders (pkg/apis/application/v1alpha1/types.go, ApplicationSpec).
func (c *cluster) argoDelivery(a argoApplication, source map[string]any, at string) delivery {
	var found []Exception
	o := a.object
	add := func(e Exception, field, why string) {
		p := c.place(o, field)
		e.By, e.File, e.Line, e.Column, e.Why = refOf(o, field), p.file, p.line, p.col, why
		found = append(found, e)
	}
	policy, _ := a.spec["syncPolicy"].(map[string]any)
	automated, _ := policy["automated"].(map[string]any)
	given := texts(policy, "syncOptions")
	annotations, _ := a.metadata["annotations"].(map[string]any)
	if annotations[argoGroupKey+"/skip-reconcile"] == "true" { // docs/user-guide/skip_reconcile.md
		add(Exception{Kind: NotApplied, Stays: true}, a.at+object.Key("metadata.annotations", argoGroupKey+"/skip-reconcile"), "Argo CD does not reconcile its Application, so that what it applied stays as it was")
	}
	for _, m := range argoMarks {
		if m.key == argoSyncOptions && slices.Contains(given, m.value) {
			add(Exception{Kind: m.kind, Stays: m.stays}, a.at+"spec.syncPolicy.syncOptions", m.why)
		}
	}
	ordinary := Exception{Kind: NotKept, Ordinary: true}
	switch { // docs/user-guide/auto_sync.md
	case automated == nil || automated["enabled"] == false:
		add(ordinary, a.at+"spec.syncPolicy", "Argo CD does not apply it by itself")
	case automated["prune"] != true:
		add(ordinary, a.at+"spec.syncPolicy.automated", "Argo CD does not remove by itself what leaves Git")
	case automated["selfHeal"] != true:
		add(ordinary, a.at+"spec.syncPolicy.automated", "Argo CD does not undo what is changed in the cluster")
	}
	if !slices.ContainsFunc(texts(a.metadata, "finalizers"), func(f string) bool { return strings.HasPrefix(f, "resources-finalizer."+argoGroupKey) }) {
		add(ordinary, a.at+"metadata.finalizers", "its objects stay in the cluster without their Application") // docs/user-guide/app_deletion.md
	}
	if o.Kind == "ApplicationSet" {
		c.argoSetDelivery(o, add)
	}
	ignored := items(a.spec, "ignoreDifferences")
	respected := slices.Contains(given, "RespectIgnoreDifferences=true")
	return delivery{
		by: refOf(o, at), at: c.place(o, at),
		source: func() (string, string) {
			return fmt.Sprintf("%s at revision %s", trimURL(str(source, "repoURL")), cmp.Or(str(source, "targetRevision"), "HEAD")), ""
		},
		exceptions: func(objects []*object.Object) []Exception {
			return slices.Concat(found, c.ignoredDifferences(a, ignored, respected, objects), c.argoConfig(a, objects))
		},
	}
}

// argoSetDelivery: an ApplicationSet may leave its Applications, or their objects, as they are
// (docs/operator-manual/applicationset/Controlling-Resource-Modification.md and Application-Deletion.md).
func (c *cluster) argoSetDelivery(o *object.Object, add func(e Exception, field, why string)) {
	if o.Get("spec.syncPolicy.preserveResourcesOnDeletion") == true {
		add(Exception{Kind: NotKept, Stays: true}, "spec.syncPolicy.preserveResourcesOnDeletion", "the objects of an Application that leaves the set stay in the cluster")
	}
	switch policy := o.Text("spec.syncPolicy.applicationsSync"); policy {
	case "", "sync":
	default:
		add(Exception{Kind: NotKept, Stays: policy != "create-delete"}, "spec.syncPolicy.applicationsSync", fmt.Sprintf("the set's policy %s leaves Applications that exist as they are", policy))
	}
	if o.Get("spec.ignoreApplicationDifferences") != nil {
		add(Exception{Kind: NotKept}, "spec.ignoreApplicationDifferences", "the set leaves in its Applications what others have written")
	}
}

// ignoredDifferences are the objects in which Argo CD overlooks fields. It then takes the Application for synced and applies nothing
// when only such a field changes; with RespectIgnoreDifferences it never applies them once the object exists
// (docs/user-guide/diffing.md and sync-options.md).
func (c *cluster) ignoredDifferences(a argoApplication, ignored []map[string]any, respected bool, objects []*object.Object) []Exception {
	var out []Exception
	for i, rule := range ignored {
		if harmless(rule) {
			continue
		}
		field := object.Item(a.at+"spec.ignoreDifferences", i)
		at := c.place(a.object, field)
		e := Exception{Kind: NotKept, By: refOf(a.object, field), File: at.file, Line: at.line, Column: at.col, Why: "Argo CD overlooks differences in it, and does not mend them"}
		if respected {
			e.Kind, e.Why = NotApplied, "Argo CD leaves fields of it as they are in the cluster"
		}
		for _, o := range objects {
			if matchesRule(rule, o) {
				e.Object = posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
				out = append(out, e)
			}
		}
	}
	return out
}

// matchesRule: group and kind are globs, name and namespace exact (argo-cd util/argo/normalizers/diff_normalizer.go).
func matchesRule(rule map[string]any, o *object.Object) bool {
	glob := func(pattern, value string) bool {
		matched, err := path.Match(pattern, value)
		return matched || err != nil || strings.ContainsAny(pattern, "{[")
	}
	name, namespace := str(rule, "name"), str(rule, "namespace")
	return glob(str(rule, "group"), o.Group()) && glob(str(rule, "kind"), o.Kind) && (name == "" || name == o.Name) &&
		(namespace == "" || namespace == o.Namespace)
}

// idleField is a status, or the weight of a backend, which Argo Rollouts changes while it shifts traffic.
var idleField = regexp.MustCompile(`^(/status(/.*)?|/[\w/*]+/weight|\.status(\.[\w.\[\]]*)?|[\w.\[\]]+\.weight)$`)

func harmless(rule map[string]any) bool {
	fields := append(texts(rule, "jsonPointers"), texts(rule, "jqPathExpressions")...)
	return len(items(rule, "managedFieldsManagers"))+len(texts(rule, "managedFieldsManagers")) == 0 &&
		!slices.ContainsFunc(fields, func(f string) bool { return !idleField.MatchString(f) })
}

// overrides are the facts about files beside a root by which Argo CD changes how it renders it, for every Application of the directory or
// for one of a name (reposerver/repository/repository.go, mergeSourceParameters). Images change workloads only, as the image updater
// writes them; parameters of Helm change nothing of a kustomization.
func (c *cluster) overrides(r *root) []Fact {
	if len(r.deliveries) > 0 && !slices.ContainsFunc(r.deliveries, func(d delivery) bool { return d.by.Kind != "Kustomization" }) {
		return nil
	}
	entries, err := c.repo.readDir(r.dir)
	if err != nil {
		return nil
	}
	var out []Fact
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".argocd-source") {
			continue
		}
		name := path.Join(r.dir, e.Name())
		at := place{name, 1, 1}
		docs, refused := c.repo.manifest(name)
		if refused == nil && !slices.ContainsFunc(docs, func(d *document) bool { return overridden(d, &at) }) {
			continue
		}
		f := r.fact(ruleNotModelled, at, "the file changes how Argo CD renders the directory in a way that is not known here")
		f.By, f.Subject = r.by, posture.Subject{Kind: r.by.Kind, Namespace: r.by.Namespace, Name: r.by.Name}
		if r.by.Kind == "" {
			f.By = posture.Ref{Kind: "Kustomization", Name: r.dir}
		}
		out = append(out, f)
	}
	return out
}

// overridden tells whether a file of overrides says more than images and parameters of Helm, and moves at there.
func overridden(d *document, at *place) bool {
	more := func(n *yaml.Node, known ...string) bool {
		for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
			if !slices.Contains(known, n.Content[i].Value) {
				at.line, at.col = n.Content[i].Line, n.Content[i].Column
				return true
			}
		}
		return n != nil && n.Kind != yaml.MappingNode
	}
	options, _ := child(d.node, "kustomize")
	return more(d.node, "kustomize", "helm") || more(options, "images", "version")
}
