package render

import (
	"encoding/json"
	"path"
	"slices"

	yaml "go.yaml.in/yaml/v3"
)

// survey is everything that one root reaches, checked.
type survey struct {
	root  *kustomization
	kusts []*kustomization // each once, the root first
	files []string         // sorted
}

// survey follows a root. The sizes that kustomize would reach are counted first, because it evaluates a base again each time
// that something refers to it.
func (r *repository) survey(root *kustomization) (*survey, *refusal) {
	s := &survey{root: root}
	w := walker{repo: r, survey: s, done: map[string]weight{}}
	if refused := w.refusedAt(root); refused != nil {
		s.list()
		return s, refused
	}
	total, refused := w.visit(root, place{root.file, 1, 1})
	s.list()
	if refused != nil {
		return s, refused
	}
	switch at := (place{root.file, 1, 1}); {
	case total.objects > r.limits.Objects:
		return s, overLimit(at, "split the root", "more than %d objects in one root", r.limits.Objects)
	case total.builds > r.limits.Builds:
		return s, overLimit(at, "refer to each base once", "more than %d kustomizations are evaluated for one root", r.limits.Builds)
	case total.copies > r.limits.Copies:
		return s, overLimit(at, "write the values out", "more than %d copy operations in the patches of one root", r.limits.Copies)
	}
	return s, nil
}

// weight is what evaluating a kustomization costs, its bases included.
type weight struct{ objects, builds, copies int }

// enough is far above every limit and far below what overflows.
const enough = 1 << 30

func (w *weight) add(o weight) {
	w.objects = min(enough, w.objects+o.objects)
	w.builds = min(enough, w.builds+o.builds)
	w.copies = min(enough, w.copies+o.copies)
}

type walker struct {
	repo   *repository
	survey *survey
	done   map[string]weight
}

var visiting = weight{builds: -1}

func (w *walker) refusedAt(k *kustomization) *refusal {
	if k.refused == nil {
		return nil
	}
	w.survey.kusts = append(w.survey.kusts, k)
	return k.refused
}

func (w *walker) visit(k *kustomization, from place) (weight, *refusal) {
	if known, ok := w.done[k.dir]; ok {
		if known == visiting {
			return weight{}, refuse(ruleRoot, from, "the kustomizations refer to each other in a circle")
		}
		return known, nil
	}
	w.done[k.dir] = visiting
	w.survey.kusts = append(w.survey.kusts, k)
	if k.refused != nil {
		return weight{}, k.refused
	}
	total := weight{builds: 1, copies: k.copies, objects: len(k.generated)}
	for _, e := range slices.Concat(k.resources, k.others) {
		if !e.dir {
			docs, refused := w.repo.manifest(e.path)
			if refused != nil {
				return weight{}, refused
			}
			for _, d := range docs {
				total.objects += len(objectsOf(d))
			}
			continue
		}
		next := w.repo.kustomization(e.path)
		if next.refused != nil && next.file == "" {
			return weight{}, refuse(ruleRoot, e.at, "%s has no kustomization.yaml", e.path)
		}
		below, refused := w.visit(next, e.at)
		if refused != nil {
			return weight{}, refused
		}
		total.add(below)
	}
	w.done[k.dir] = total
	return total, nil
}

// list gathers the names of all files.
func (s *survey) list() {
	seen := map[string]bool{}
	for _, k := range s.kusts {
		if k.file != "" && k.node != nil {
			seen[k.file] = true
		}
		for name := range k.files {
			seen[name] = true
		}
		for _, p := range k.patches {
			if p.file != "" {
				seen[p.file] = true
			}
		}
	}
	s.files = sortedKeys(seen)
}

// memory is the file system of a surveyed root.
func (s *survey) memory() (*memory, error) {
	m := newMemory()
	for _, k := range s.kusts {
		m.dir(path.Join("/", k.dir))
		for name, content := range k.files {
			m.put(name, content)
		}
	}
	for _, k := range s.kusts { // after the files: what was checked is what is read
		encoded, err := json.Marshal(k.data)
		if err != nil {
			return nil, err
		}
		for _, other := range kustomizationFiles {
			delete(m.files, path.Join("/", k.dir, other))
		}
		m.put(path.Join(k.dir, kustomizationFiles[0]), encoded)
	}
	return m, nil
}

// objectsOf returns a document's objects: its own node, or the items of a List.
func objectsOf(d *document) []*yaml.Node {
	items, _ := child(d.node, "items")
	if items == nil || items.Kind != yaml.SequenceNode || len(d.kind) < 4 || d.kind[len(d.kind)-4:] != "List" {
		return []*yaml.Node{d.node}
	}
	out := make([]*yaml.Node, 0, len(items.Content))
	for _, item := range items.Content {
		out = append(out, resolved(item))
	}
	return out
}
