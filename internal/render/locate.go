package render

import (
	"fmt"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/object"
)

// source is where the objects of an overlay come from.
type source struct {
	repo    *repository
	surveys []*survey
}

// Locate finds the place of an object's field in the user's files: where the field stands, in the manifest or the patch whose value
// is the rendered one; or its nearest parent that exists; or the document; or the generator that makes the object. The line
// is never 0 for a known file.
func (r *Result) Locate(o *object.Object, field string) finding.Position {
	s := r.sources[o.Origin.Overlay]
	if s == nil {
		return finding.Position{File: o.Origin.File, Line: 1, Column: 1}
	}
	return s.locate(o, field)
}

// spot is a candidate for a position.
type spot struct {
	at    place
	depth int  // steps of the field's path that are there
	whole bool // all of them
	same  bool // the value is the rendered one
	patch bool
}

func (s spot) better(o spot) bool {
	switch {
	case s.whole && s.same != (o.whole && o.same):
		return s.same
	case s.whole != o.whole:
		return s.whole
	case s.depth != o.depth:
		return s.depth > o.depth
	case s.whole && s.same && s.patch != o.patch:
		return s.patch // the patch is what set it
	}
	return false
}

func (s *source) locate(o *object.Object, field string) finding.Position {
	steps := object.ParsePath(field)
	rendered := o.Get(field)
	best := spot{depth: -1}
	consider := func(c spot) {
		if best.depth < 0 || c.better(best) {
			best = c
		}
	}
	for _, survey := range s.surveys {
		x := newIndex(s.repo, survey)
		written := x.find(o)
		if written != nil && written.node != nil {
			consider(spotIn(written.node, written.file, steps, rendered, false))
			if c, ok := byName(written.node, written.file, o, steps, rendered); ok {
				c.patch = false
				consider(c)
			}
		}
		if written != nil && written.node == nil {
			consider(spot{at: written.generated, depth: 0})
		}
		for _, k := range survey.kusts {
			for i := range k.patches {
				for _, c := range spotsInPatch(&k.patches[i], o, written, steps, rendered) {
					consider(c)
				}
			}
		}
	}
	if best.depth < 0 {
		best.at = s.first(o)
	}
	return finding.Position{File: best.at.file, Line: max(1, best.at.line), Column: max(1, best.at.col)}
}

// first is the place of last resort: the overlay's own file.
func (s *source) first(o *object.Object) place {
	for _, survey := range s.surveys {
		if survey.root.file != "" {
			return place{survey.root.file, 1, 1}
		}
		if len(survey.files) > 0 {
			return place{survey.files[0], 1, 1}
		}
	}
	return place{o.Origin.File, 1, 1}
}

func spotIn(n *yaml.Node, file string, steps []object.Step, rendered any, patch bool) spot {
	at, depth := reach(n, steps)
	c := spot{at: place{file, at.Line, at.Column}, depth: depth, whole: depth == len(steps), patch: patch}
	if c.whole {
		v := n
		for _, s := range steps {
			v = below(v, s)
		}
		c.same = sameValue(v, rendered)
	}
	return c
}

// sameValue compares a written value with a rendered one. A map in a patch is part of the whole.
func sameValue(n *yaml.Node, rendered any) bool {
	n = resolved(n)
	switch v := rendered.(type) {
	case nil:
		return n == nil || isNull(n)
	case map[string]any:
		if n.Kind != yaml.MappingNode {
			return false
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !sameValue(n.Content[i+1], v[n.Content[i].Value]) {
				return false
			}
		}
		return true
	case []any:
		if n.Kind != yaml.SequenceNode || len(n.Content) != len(v) {
			return false
		}
		for i := range v {
			if !sameValue(n.Content[i], v[i]) {
				return false
			}
		}
		return true
	}
	written, err := value(n)
	return err == nil && fmt.Sprint(written) == fmt.Sprint(rendered)
}

// spotsInPatch looks for the field in a patch that applies to the object.
func spotsInPatch(p *patch, o *object.Object, written *origin, steps []object.Step, rendered any) []spot {
	name, namespace := o.Name, o.Namespace
	if written != nil {
		name, namespace = written.name, written.namespace
	}
	var out []spot
	for _, d := range p.docs {
		if !p.matches(d, o.APIVersion, o.Kind, namespace, name) && !p.matches(d, o.APIVersion, o.Kind, o.Namespace, o.Name) {
			continue
		}
		if c := spotIn(d.node, p.file, steps, rendered, true); c.whole {
			out = append(out, c)
		}
		if c, ok := byName(d.node, p.file, o, steps, rendered); ok {
			out = append(out, c)
		}
	}
	for _, op := range p.ops {
		if p.target == nil || !p.matches(nil, o.APIVersion, o.Kind, namespace, name) {
			continue
		}
		if c, ok := spotInOperation(op, p.file, steps, rendered, o); ok {
			out = append(out, c)
		}
	}
	return out
}

// byName follows a path through lists whose entries have names: a merge may have given an entry another index in the result.
func byName(n *yaml.Node, file string, o *object.Object, steps []object.Step, rendered any) (spot, bool) {
	var whole any = o.Data
	at, moved := n, false
	for i, s := range steps {
		next := below(at, s)
		if s.Index >= 0 {
			list, _ := whole.([]any)
			if s.Index >= len(list) {
				return spot{}, false
			}
			entry, _ := list[s.Index].(map[string]any)
			if want := str(entry, "name"); want != "" && at.Kind == yaml.SequenceNode {
				next = nil
				for j, item := range at.Content {
					if text(resolved(item), "name") == want {
						next, moved = resolved(item), moved || j != s.Index
					}
				}
			}
			whole = list[s.Index]
		} else {
			m, _ := whole.(map[string]any)
			whole = m[s.Key]
		}
		if next == nil {
			return spot{}, false
		}
		if i == len(steps)-1 {
			show := next
			if _, key := child(at, s.Key); s.Index < 0 && key != nil {
				show = key
			}
			return spot{at: place{file, show.Line, show.Column}, depth: len(steps), whole: true, same: sameValue(next, rendered), patch: true}, moved
		}
		at = next
	}
	return spot{}, false
}

// spotInOperation tells where a JSON 6902 operation sets the field, or a parent of it.
func spotInOperation(op *yaml.Node, file string, steps []object.Step, rendered any, o *object.Object) (spot, bool) {
	if kind := text(op, "op"); kind == "test" {
		return spot{}, false
	}
	var v any = o.Data
	pointer := strings.Split(strings.TrimPrefix(text(op, "path"), "/"), "/")
	if len(pointer) > len(steps) {
		return spot{}, false
	}
	for i, token := range pointer {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		s := steps[i]
		if s.Index >= 0 {
			list, _ := v.([]any)
			last := s.Index == len(list)-1
			if token != fmt.Sprint(s.Index) && !(token == "-" && last) {
				return spot{}, false
			}
			if s.Index < len(list) {
				v = list[s.Index]
			}
			continue
		}
		if token != s.Key {
			return spot{}, false
		}
		m, _ := v.(map[string]any)
		v = m[s.Key]
	}
	rest := steps[len(pointer):]
	written, key := child(op, "value")
	if written == nil {
		return spot{at: place{file, op.Line, op.Column}, depth: len(pointer), whole: len(rest) == 0, same: rendered == nil && len(rest) == 0, patch: true}, true
	}
	if len(rest) == 0 {
		return spot{at: place{file, key.Line, key.Column}, depth: len(steps), whole: true, same: sameValue(written, rendered), patch: true}, true
	}
	c := spotIn(written, file, rest, rendered, true)
	c.depth += len(pointer)
	return c, true
}
