package fleet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"

	"github.com/gatespan/gatespan/internal/finding"
)

// walker compares a user's value with the schema, field by field.
type walker struct {
	evaluator *evaluator
	where     index
	file      string // for what has no place
	errs      Errors
	paths     [][]string // of errs
}

// report adds an error about a path.
func (w *walker) report(at finding.Position, path []string, hint, format string, args ...any) {
	w.errs.add(at, hint, format, args...)
	w.paths = append(w.paths, slices.Clone(path))
}

// near is the place of a path's label, or of its nearest parent's.
func (w *walker) near(path []string) finding.Position {
	if at, _, ok := w.where.nearest(path); ok {
		return at.label
	}
	return finding.Position{File: w.file, Line: 1, Column: 1}
}

// valueAt is the place of a value.
func (w *walker) valueAt(path []string, v cue.Value) finding.Position {
	at, missing, ok := w.where.nearest(path)
	if ok && missing == 0 {
		return at.value
	}
	if p := v.Pos(); p.IsValid() && p.Filename() != "" && !strings.HasPrefix(p.Filename(), schemaPrefix) {
		return position(p, p.Filename())
	}
	return w.near(path)
}

// walk compares a value with its schema. What is not concrete yet, or in conflict with itself, is left to CUE.
func (w *walker) walk(path []string, v, s cue.Value) {
	if v.Err() != nil {
		return
	}
	whole := s
	s = shape(s)
	switch want, got := s.IncompleteKind(), v.IncompleteKind(); {
	case want == cue.BottomKind:
	case want&got == cue.BottomKind:
		w.report(w.valueAt(path, v), path, w.describe(whole), "%s: must be %s, not %s", dotted(path), kindName(want), valueName(v))
	case want == cue.StructKind:
		w.structure(path, v, s, whole)
	case want == cue.ListKind:
		w.list(path, v, s)
	case v.IsConcrete():
		w.leaf(path, v, s)
	}
}

// shape is the struct in a schema such as "struct.MinFields(1) & {…}", which by itself has too few fields.
func shape(s cue.Value) cue.Value {
	if s.IncompleteKind() != cue.BottomKind {
		return s
	}
	if target := cue.Dereference(s); target.IncompleteKind() != cue.BottomKind {
		return target
	}
	op, operands := cue.Dereference(s).Expr()
	if op != cue.AndOp {
		return s
	}
	for _, operand := range operands {
		if operand.IncompleteKind() == cue.StructKind && operand.Err() == nil {
			s = operand
		}
	}
	return s
}

// structure compares the fields.
func (w *walker) structure(path []string, v, s, whole cue.Value) {
	known, names := fieldsOf(s)
	before := len(w.errs)
	present := map[string]bool{}
	it, err := v.Fields()
	if err != nil {
		return
	}
	for it.Next() {
		name := it.Selector().Unquoted()
		present[name] = true
		at := slices.Concat(path, []string{name})
		child, ok := known[name]
		switch {
		case ok:
			w.walk(at, it.Value(), child.value)
		case !w.allows(s, name, len(names) == 0):
			w.unknown(at, names)
			if len(names) == 0 {
				w.walk(at, it.Value(), w.pattern(s, "x")) // the name is wrong; what is in it may be wrong too
			}
		default:
			w.walk(at, it.Value(), w.pattern(s, name))
		}
	}
	for _, name := range names {
		if child := known[name]; child.required && !present[name] {
			w.report(w.near(path), append(path[:len(path):len(path)], name), child.doc, "%s is missing", dotted(append(path[:len(path):len(path)], name)))
		}
	}
	if len(w.errs) == before && len(present) == 0 && v.Unify(whole).Validate(cue.Concrete(true)) != nil {
		w.report(w.valueAt(path, v), path, "", "%s: must not be empty", dotted(path))
	}
}

// unknown reports a field that the schema has not; in a map, a name that is none.
func (w *walker) unknown(path []string, names []string) {
	name := path[len(path)-1]
	parent := path[:len(path)-1]
	if len(names) == 0 {
		doc := w.definition("#Key")
		if slices.Contains([]string{"matchLabels", "selector", "annotations"}, parent[len(parent)-1]) {
			doc = w.definition("#LabelKey")
		}
		w.report(w.near(path), path, doc, "%s: %q is not a valid name", dotted(parent), name)
		return
	}
	hint := "the fields here are " + strings.Join(names, ", ")
	if near := closest(name, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	if len(parent) == 0 {
		w.report(w.near(path), path, hint, "unknown field %q", name)
		return
	}
	w.report(w.near(path), path, hint, "%s: unknown field %q", dotted(parent), name)
}

// list compares the elements, and the number of them.
func (w *walker) list(path []string, v, s cue.Value) {
	before := len(w.errs)
	it, err := v.List()
	if err != nil {
		return
	}
	n := 0
	for ; it.Next(); n++ {
		element := s.LookupPath(cue.MakePath(cue.AnyIndex))
		if fixed := s.LookupPath(cue.MakePath(cue.Index(n))); fixed.Exists() {
			element = fixed
		}
		if element.Exists() {
			w.walk(append(path[:len(path):len(path)], strconv.Itoa(n)), it.Value(), element)
		}
	}
	if len(w.errs) > before {
		return
	}
	if n == 0 && v.Unify(s).Validate() != nil {
		w.report(w.valueAt(path, v), path, "", "%s: must not be empty", dotted(path))
	}
}

// leaf compares one value.
func (w *walker) leaf(path []string, v, s cue.Value) {
	if v.Unify(s).Validate(cue.Concrete(true)) == nil {
		return
	}
	at := w.valueAt(path, v)
	if allowed := alternatives(s); len(allowed) > 0 {
		hint := ""
		if got, err := v.String(); err == nil {
			if near := closest(got, allowed); near != "" {
				hint = "did you mean " + near + "?"
			}
		}
		w.report(at, path, hint, "%s: %s is not %s", dotted(path), valueName(v), oneOf(allowed))
		return
	}
	w.report(at, path, cmp.Or(w.describe(s), doc(s)), "%s: %s is not valid", dotted(path), valueName(v))
}

// field is what the schema says of a field.
type field struct {
	value    cue.Value
	required bool
	doc      string
}

// fieldsOf are the fields that a struct of the schema names, and their names in its order.
func fieldsOf(s cue.Value) (map[string]field, []string) {
	out := map[string]field{}
	var names []string
	it, err := s.Fields(cue.Optional(true))
	if err != nil {
		return out, nil
	}
	for it.Next() {
		name := it.Selector().Unquoted()
		out[name] = field{
			value:    it.Value(),
			required: it.Selector().ConstraintType() == cue.RequiredConstraint,
			doc:      doc(it.Value()),
		}
		names = append(names, name)
	}
	return out, names
}

// allows reports whether a struct of the schema has a field of that name; isMap when it names no field itself. The struct
// inside "struct.MinFields(1) & {…}" is not closed, so for a map the name must have a schema.
func (w *walker) allows(s cue.Value, name string, isMap bool) bool {
	if isMap {
		k := w.pattern(s, name).IncompleteKind()
		return k != cue.BottomKind && k != cue.TopKind
	}
	return s.Allows(cue.Str(name))
}

// pattern is the schema of an element of a map.
func (w *walker) pattern(s cue.Value, name string) cue.Value {
	path := cue.MakePath(cue.Str(name))
	return s.FillPath(path, w.top()).LookupPath(path)
}

func (w *walker) top() cue.Value { return w.evaluator.ctx.CompileString("_") }
