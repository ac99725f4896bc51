package render

import (
	"encoding/json"
	"fmt"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// overlayChange is what Flux and Argo CD write into the kustomization that they build.
type overlayChange struct {
	namespace, prefix, suffix string
	patches                   []map[string]any
	components                []string
	images                    []map[string]any
	labels                    map[string]any // Argo CD's commonLabels
	selectors                 bool           // labels also go into selectors
	annotations               map[string]any
	field                     string // of the object, before each field's name
	optional                  bool   // a component that is missing is left out
}

func (o overlayChange) empty() bool {
	return o.namespace == "" && o.prefix == "" && o.suffix == "" && len(o.patches) == 0 && len(o.components) == 0 &&
		len(o.images) == 0 && len(o.labels) == 0 && len(o.annotations) == 0
}

// change adds what the engine writes to a copy of the root's kustomization: it takes the place of namespace, prefix and suffix, and
// comes after what the kustomization has of the others (fluxcd/pkg kustomize/kustomize_generator.go, WriteFile; Argo CD
// util/kustomize/kustomize.go runs `kustomize edit`, to the same effect).
func (c *cluster) change(r *root, o *object.Object, change overlayChange) {
	if change.empty() || r.kust.refused != nil {
		return
	}
	k := r.kust.variant()
	r.kust, r.changed = k, true
	set := func(field, v string, rn rename) {
		if v == "" {
			return
		}
		k.data[field] = v
		rn.field, rn.at = fmt.Sprintf("%s of %s %s", field, o.Kind, o.Name), c.place(o, change.field)
		k.renames = append(k.renames, rn)
	}
	set("namespace", change.namespace, rename{namespace: change.namespace})
	set("namePrefix", change.prefix, rename{prefix: change.prefix})
	set("nameSuffix", change.suffix, rename{suffix: change.suffix})
	for i, p := range change.patches {
		at := c.place(o, object.Item(change.field+"patches", i))
		if path := str(p, "path"); path != "" {
			c.facts = append(c.facts, c.notModelled(r, o, object.Item(change.field+"patches", i)+".path"))
			continue
		}
		docs, refused := parse(at.file, []byte(str(p, "patch")), c.repo.limits)
		if refused != nil {
			refused.line, refused.col = at.line, at.col
			k.refused = refused
			return
		}
		for _, d := range docs {
			flatten(d.node, at)
		}
		target, _ := p["target"].(map[string]any)
		k.add(patch{file: at.file, at: at, target: target}, docs)
		appendTo(k.data, "patches", onlyKnown(p, "patch", "target", "options"))
	}
	for i, name := range change.components {
		at := c.place(o, object.Item(change.field+"components", i))
		real, isDir, refused := c.repo.local(at, k.dir, name, "components")
		switch {
		case refused != nil && change.optional && refused.rule == ruleRoot:
			continue
		case refused == nil && !isDir:
			refused = refuse(ruleRoot, at, "components refers to %q, which is not a directory", name)
		}
		if refused != nil {
			k.refused = refused
			return
		}
		k.others = append(k.others, entry{real, true, at})
		appendTo(k.data, "components", relative(k.dir, real))
	}
	for _, image := range change.images {
		appendTo(k.data, "images", onlyKnown(image, "name", "newName", "newTag", "digest", "tagSuffix"))
	}
	if len(change.labels) > 0 {
		appendTo(k.data, "labels", map[string]any{"pairs": change.labels, "includeSelectors": change.selectors})
	}
	if len(change.annotations) > 0 {
		all, _ := k.data["commonAnnotations"].(map[string]any)
		if all == nil {
			all = map[string]any{}
		}
		for key, v := range change.annotations {
			all[key] = v
		}
		k.data["commonAnnotations"] = all
	}
}

func appendTo(data map[string]any, field string, v any) {
	list, _ := data[field].([]any)
	data[field] = append(list, v)
}

// onlyKnown copies the named fields.
func onlyKnown(m map[string]any, fields ...string) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if v, ok := m[f]; ok {
			out[f] = deepCopy(v)
		}
	}
	return out
}

// notModelled is the fact about something of Flux or Argo CD that cannot be applied here.
func (c *cluster) notModelled(r *root, o *object.Object, field string) Fact {
	f := r.fact(ruleNotModelled, c.place(o, field), fmt.Sprintf("%s of %s %s changes what is applied in a way that is not known here", field, o.Kind, o.Name))
	f.By, f.Subject = refOf(o, field), subjectOf(o)
	return f
}

// key tells roots apart that render differently.
func (r *root) key() string {
	encoded, err := json.Marshal(r.kust.data)
	if err != nil {
		return r.dir
	}
	by := r.by
	if len(r.after) == 0 {
		by = posture.Ref{}
	}
	return fmt.Sprintf("%s\x00%s\x00%v", r.dir, encoded, by)
}
