package render

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// root is something that is applied as a whole: a kustomization, or plain files.
type root struct {
	dir  string
	kust *kustomization

	// What Flux or Argo CD do around it; zero where nothing was found that applies it.
	by    posture.Ref
	byAt  place
	after []func([]map[string]any) ([]map[string]any, []Fact) // run on the rendered objects, in order

	initial  bool // found below the cluster's path
	replaced bool // an engine applies the same directory with changes
	changed  bool // the engine writes something into its kustomization
	engine   bool // holds objects of Flux or Argo CD
	skipped  bool // left out by Options.Only

	deliveries []delivery // by each object that makes an engine apply it as it is here

	from   []*root  // the roots whose objects make an engine apply it; nil in it: an object outside of any root
	told   []Fact   // about its Flux and Argo CD objects
	unseen []Unseen // what those apply that is not here

	survey  *survey
	objects []map[string]any
	decoded []*object.Object
	facts   []Fact
	refused *refusal
}

// render surveys, builds and transforms a root.
func (r *root) render(ctx context.Context, repo *repository) {
	r.survey, r.refused = repo.survey(r.kust)
	if r.refused == nil {
		r.objects, r.refused = build(ctx, r.survey, repo.known, repo.limits)
	}
	r.finish(repo)
}

// finish runs what follows kustomize.
func (r *root) finish(repo *repository) {
	r.decoded, r.facts = nil, nil
	if r.refused != nil {
		return
	}
	objects := r.objects
	for _, step := range r.after {
		var facts []Fact
		objects, facts = step(objects)
		r.facts = append(r.facts, facts...)
	}
	index := newIndex(repo, r.survey)
	for _, data := range objects {
		o, err := object.New(data, object.Origin{Overlay: r.dir})
		if err != nil {
			r.refused = refuse(ruleRoot, place{r.kust.file, 1, 1}, "the API server would refuse it: %v", err)
			r.decoded = nil
			return
		}
		if found := index.find(o); found != nil {
			o.Origin.File = found.file
		}
		r.decoded = append(r.decoded, o)
	}
	r.facts = append(r.facts, r.observe(index)...)
}

func (r *root) fact(rule string, at place, why string) Fact {
	if at.file == "" {
		at.file = r.dir
	}
	subject := posture.Subject{Kind: "Kustomization", Name: r.dir}
	return Fact{Rule: rule, Overlay: r.dir, File: at.file, Line: max(1, at.line), Column: max(1, at.col), Subject: subject,
		By: posture.Ref{Kind: "Kustomization", Name: r.dir}, Why: why}
}

// refusedFact turns a refusal into a fact about the root that it stops.
func (r *root) refusedFact() Fact {
	return r.fact(r.refused.rule, place{r.refused.file, r.refused.line, r.refused.col}, r.refused.why)
}

// refOf names an object as facts do.
func refOf(o *object.Object, field string) posture.Ref {
	return posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, Field: field}
}

func subjectOf(o *object.Object) posture.Subject {
	return posture.Subject{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
}

// variant copies a kustomization so that something can be added to it for one root.
func (k *kustomization) variant() *kustomization {
	v := *k
	v.data = deepCopy(k.data).(map[string]any)
	v.files = maps.Clone(k.files)
	v.resources, v.others = slices.Clone(k.resources), slices.Clone(k.others)
	v.patches, v.generated, v.renames = slices.Clone(k.patches), slices.Clone(k.generated), slices.Clone(k.renames)
	return &v
}

func deepCopy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = deepCopy(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = deepCopy(v[i])
		}
		return out
	}
	return v
}

// generate makes the kustomization that Flux would make for a directory without one: every directory below that has a
// kustomization, and every YAML file outside of those (fluxcd/pkg kustomize/kustomize_generator.go, generateKustomization).
func (r *repository) generate(dir string, keep func(name string) bool) (*kustomization, *refusal) {
	k := &kustomization{dir: dir, files: map[string][]byte{}, data: map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
	}}
	var resources []any
	walked := 0
	var scan func(at string) *refusal
	scan = func(at string) *refusal {
		entries, err := r.readDir(at)
		if err != nil {
			return refuse(ruleRoot, place{at, 1, 1}, "the directory cannot be read: %v", err)
		}
		for _, e := range entries {
			if walked++; walked > r.limits.Directory {
				return overLimit(place{dir, 1, 1}, "give the cluster a narrower path", "more than %d directory entries below one path", r.limits.Directory)
			}
			name := path.Join(at, e.Name())
			switch {
			case e.Name() == ".git" || !keep(name):
			case e.IsDir() && len(r.kustomizationIn(name)) > 0:
				resources = append(resources, relative(dir, name))
			case e.IsDir():
				if refused := scan(name); refused != nil {
					return refused
				}
			case isManifest(e.Name()):
				resources = append(resources, relative(dir, name))
			}
		}
		return nil
	}
	if refused := scan(dir); refused != nil {
		return k, refused
	}
	k.data["resources"] = resources
	return k, k.check(r)
}

// rootAt makes the root of a directory as Flux would take it.
func (r *repository) rootAt(dir string, exclude map[string]string) *root {
	if len(r.kustomizationIn(dir)) > 0 {
		return &root{dir: dir, kust: r.kustomization(dir)}
	}
	k, refused := r.generate(dir, func(name string) bool {
		_, excluded := excludedBy(name, exclude)
		return !excluded
	})
	k.refused = refused
	return &root{dir: dir, kust: k}
}

// ErrNoPath says that the cluster's path is not a directory of the repository.
var ErrNoPath = errors.New("no such directory in the repository")

func noPath(name string) error { return fmt.Errorf("%q: %w", name, ErrNoPath) }
