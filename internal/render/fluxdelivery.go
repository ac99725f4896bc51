package render

import (
	"encoding/json"
	"fmt"

	"github.com/gatespan/gatespan/internal/object"
)

// fluxDelivery is what a Flux Kustomization does with what it renders (kustomize-controller v1 API, KustomizationSpec).
func (c *cluster) fluxDelivery(o *object.Object, spec map[string]any) delivery {
	var found []Exception
	add := func(kind, field, why string, stays bool) {
		at := c.place(o, field)
		found = append(found, Exception{Kind: kind, By: refOf(o, field), File: at.file, Line: at.line, Column: at.col, Why: why, Stays: stays})
	}
	if spec["suspend"] == true {
		add(NotApplied, "spec.suspend", "its Kustomization is suspended, so that what it applied stays as it was", true)
	}
	if spec["prune"] != true {
		add(NotKept, "spec.prune", "its Kustomization does not prune, so that what leaves Git stays in the cluster", true)
	}
	if str(spec, "deletionPolicy") == "Orphan" {
		add(NotKept, "spec.deletionPolicy", "what its Kustomization applied stays in the cluster without it", true)
	}
	if spec["force"] == true {
		add(NotKept, "spec.force", "its Kustomization deletes objects and makes them again when a field cannot be changed", false)
	}
	var ignore ignoring
	if source := c.fluxSource(o, spec); source != nil {
		if source.Get("spec.suspend") == true {
			add(NotApplied, "spec.sourceRef", "its source is suspended, so that nothing new of it is applied", true)
		}
		ignore = ignoring{source.Text("spec.ignore"), c.place(source, "spec.ignore")}
	}
	return delivery{
		ignore: ignore,
		by:     refOf(o, "spec.path"), at: c.place(o, "spec.sourceRef"),
		source:     func() (string, string) { return c.sourceOf(o, spec) },
		exceptions: func([]*object.Object) []Exception { return found },
	}
}

// contentFields are those of a Flux source that decide what is in it, or that let anybody on the way decide: the others say how it is
// fetched (source-controller v1 API).
var contentFields = []string{"url", "ref", "insecure", "ignore", "include", "verify", "recurseSubmodules", "sparseCheckout", "layerSelector", "endpoint", "bucketName", "prefix"}

// sourceOf names a Kustomization's source, and says what decides its content as far as Git shows it.
func (c *cluster) sourceOf(o *object.Object, spec map[string]any) (name, content string) {
	ref, _ := spec["sourceRef"].(map[string]any)
	name = fmt.Sprintf("%s %s", str(ref, "kind"), str(ref, "name"))
	if source := c.fluxSource(o, spec); source != nil {
		data, _ := source.Data["spec"].(map[string]any)
		encoded, err := json.Marshal(onlyKnown(data, contentFields...))
		if err != nil {
			return name, err.Error()
		}
		content = string(encoded)
	}
	return name, content
}

func (c *cluster) fluxSource(o *object.Object, spec map[string]any) *object.Object {
	ref, _ := spec["sourceRef"].(map[string]any)
	namespace := str(ref, "namespace")
	if namespace == "" {
		namespace = o.Namespace
	}
	return c.source(str(ref, "kind"), str(ref, "name"), namespace)
}
