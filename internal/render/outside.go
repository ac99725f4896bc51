package render

import (
	"slices"

	"github.com/gatespan/gatespan/internal/object"
)

// foundAt reports whether a root was found below the cluster's path in a directory.
func (c *cluster) foundAt(dir string) bool {
	return slices.ContainsFunc(c.found, func(r *root) bool { return r.dir == dir })
}

// seen reports whether a root is applied as far as Git shows: it was found below the path, or such a root holds what makes an engine apply
// it. Of an Application outside of every root, which is nil here, nothing shows that anybody applies it.
func (c *cluster) seen(r *root) bool {
	visited := map[*root]bool{nil: true}
	var seen func(r *root) bool
	seen = func(r *root) bool {
		if visited[r] {
			return false
		}
		visited[r] = true
		return slices.Contains(c.found, r) || slices.ContainsFunc(r.from, seen)
	}
	return seen(r)
}

// changedOutside reports whether a root that nobody is seen to apply decides what is judged of one that was found: it changes or contains it.
func (c *cluster) changedOutside() bool {
	return slices.ContainsFunc(c.roots, func(r *root) bool {
		return !c.seen(r) && (r.changed && c.foundAt(r.dir) || slices.ContainsFunc(c.found, func(f *root) bool { return r.contains(f) }))
	})
}

// contains reports whether a root renders another one as a part of itself.
func (r *root) contains(other *root) bool {
	return r.survey != nil && r.refused == nil && slices.ContainsFunc(r.survey.kusts[1:], func(k *kustomization) bool { return k.dir == other.dir })
}

// asFound leaves out of the roots from outside what a root that was found renders too: it counts as it was found.
func (c *cluster) asFound() {
	type id struct{ group, kind, namespace, name string }
	idOf := func(o *object.Object) id { return id{o.Group(), o.Kind, o.Namespace, o.Name} }
	found := map[id]bool{}
	var others []*root
	for _, r := range c.roots {
		if !c.seen(r) {
			others = append(others, r)
			continue
		}
		for _, o := range r.decoded {
			found[idOf(o)] = true
		}
	}
	for _, r := range others {
		r.decoded = slices.DeleteFunc(slices.Clone(r.decoded), func(o *object.Object) bool { return found[idOf(o)] })
	}
}
