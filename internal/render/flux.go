package render

import (
	"fmt"
	"path"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

const (
	fluxGroup   = "kustomize.toolkit.fluxcd.io"
	sourceGroup = "source.toolkit.fluxcd.io"
)

// fluxFields are the fields of a Flux Kustomization that either are modelled below or do not change what is applied
// (kustomize-controller v1 API, KustomizationSpec).
var fluxFields = map[string]bool{
	"commonMetadata": true, "components": true, "images": true, "namePrefix": true, "nameSuffix": true, "patches": true, "path": true,
	"postBuild": true, "sourceRef": true, "targetNamespace": true,
	"dependsOn": true, "deletionPolicy": true, "force": true, "healthCheckExprs": true, "healthChecks": true, "interval": true,
	"prune": true, "retryInterval": true, "serviceAccountName": true, "suspend": true, "timeout": true, "wait": true,
	"decryption": true, "ignoreMissingComponents": true, // decryption changes Secrets only
}

// flux follows a Flux Kustomization.
func (c *cluster) flux(o *object.Object) {
	spec, _ := o.Data["spec"].(map[string]any)
	at := c.place(o, "spec")
	unseen := func(field, format string, args ...any) {
		p := c.place(o, field)
		c.unseen = append(c.unseen, Unseen{Subject: subjectOf(o), File: p.file, Line: p.line, Why: fmt.Sprintf(format, args...)})
	}
	if _, elsewhere := spec["kubeConfig"]; elsewhere {
		unseen("spec.kubeConfig", "it applies to another cluster")
		return
	}
	if why := c.foreignSource(o, spec); why != "" {
		unseen("spec.sourceRef", "%s", why)
		return
	}
	given := str(spec, "path")
	dir, isDir, err := c.repo.resolve(path.Join(".", strings.TrimLeft(path.Clean("/"+given), "/")))
	if err != nil || !isDir {
		unseen("spec.path", "its path %q is not a directory of this repository", given)
		return
	}
	if reason, excluded := excludedBy(dir, c.options.Exclude); excluded {
		unseen("spec.path", "its path %s is excluded: %s", dir, reason)
		return
	}
	if spec["suspend"] == true && !c.foundAt(dir) {
		unseen("spec.suspend", "it is suspended, so that what it applied stays as it was")
		return
	}
	r := c.repo.rootAt(dir, c.options.Exclude)
	r.deliveries = []delivery{c.fluxDelivery(o, spec)}
	r.by, r.byAt = refOf(o, "spec.path"), at
	for _, field := range sortedKeys(spec) {
		if !fluxFields[field] {
			c.facts = append(c.facts, c.notModelled(r, o, "spec."+field))
		}
	}
	c.change(r, o, overlayChange{
		namespace: str(spec, "targetNamespace"), prefix: str(spec, "namePrefix"), suffix: str(spec, "nameSuffix"),
		patches: items(spec, "patches"), components: texts(spec, "components"), images: items(spec, "images"), field: "spec.",
		optional: spec["ignoreMissingComponents"] == true,
	})
	if common, ok := spec["commonMetadata"].(map[string]any); ok {
		labels, _ := common["labels"].(map[string]any)
		annotations, _ := common["annotations"].(map[string]any)
		r.after = append(r.after, addMetadata(labels, annotations))
	}
	if post, ok := spec["postBuild"].(map[string]any); ok {
		r.after = append(r.after, c.substitution(r, o, post).apply)
	}
	c.follow(r)
}

// foreignSource tells why a Flux source is not this repository, or "". The source that bootstrap makes, flux-system, is; another
// one of the same URL and reference is too; one that Git does not show is taken for this repository where the path exists.
func (c *cluster) foreignSource(o *object.Object, spec map[string]any) string {
	ref, _ := spec["sourceRef"].(map[string]any)
	kind, name, namespace := str(ref, "kind"), str(ref, "name"), str(ref, "namespace")
	if namespace == "" {
		namespace = o.Namespace
	}
	switch kind {
	case "Bucket":
		return "its source is a bucket"
	case "ExternalArtifact":
		return "its source is an artifact that another controller makes"
	}
	if kind != "GitRepository" {
		return ""
	}
	own, other := c.source(kind, "flux-system", ""), c.source(kind, name, namespace)
	if own == nil || other == nil || own == other {
		return ""
	}
	if trimURL(own.Text("spec.url")) != trimURL(other.Text("spec.url")) {
		return fmt.Sprintf("its source %s is another repository", name)
	}
	if fmt.Sprint(own.Get("spec.ref")) != fmt.Sprint(other.Get("spec.ref")) {
		return fmt.Sprintf("its source %s is another revision of this repository", name)
	}
	return ""
}

func trimURL(u string) string { return strings.TrimSuffix(strings.TrimSuffix(u, "/"), ".git") }

// source is a source of Flux that a root renders; nil where none does.
func (c *cluster) source(kind, name, namespace string) *object.Object {
	for _, r := range c.roots {
		for _, o := range r.decoded {
			if o.Group() == sourceGroup && o.Kind == kind && o.Name == name && (namespace == "" || o.Namespace == "" || o.Namespace == namespace) {
				return o
			}
		}
	}
	return nil
}

// addMetadata sets labels and annotations on every object.
func addMetadata(labels, annotations map[string]any) func([]map[string]any) ([]map[string]any, []Fact) {
	return func(objects []map[string]any) ([]map[string]any, []Fact) {
		for _, data := range objects {
			meta, ok := data["metadata"].(map[string]any)
			if !ok {
				continue
			}
			for field, values := range map[string]map[string]any{"labels": labels, "annotations": annotations} {
				if len(values) == 0 {
					continue
				}
				have, ok := meta[field].(map[string]any)
				if !ok {
					have = map[string]any{}
					meta[field] = have
				}
				for key, v := range values {
					have[key] = v
				}
			}
		}
		return objects, nil
	}
}
