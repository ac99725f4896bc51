package object

import (
	"cmp"
	"slices"
)

type groupKind struct{ group, kind string }

// Set is every object of one cluster.
type Set struct {
	all    []*Object
	byKind map[groupKind][]*Object
	byID   map[ID][]*Object
}

// NewSet indexes objects. The set is sorted by group, kind, namespace, name, then version and overlay, so that what is read
// from it never depends on the order of files.
func NewSet(objects []*Object) *Set {
	s := &Set{all: slices.Clone(objects), byKind: map[groupKind][]*Object{}, byID: map[ID][]*Object{}}
	slices.SortStableFunc(s.all, func(a, b *Object) int {
		return cmp.Or(
			cmp.Compare(a.Group(), b.Group()), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Version(), b.Version()), cmp.Compare(a.Origin.Overlay, b.Origin.Overlay),
			cmp.Compare(a.Origin.File, b.Origin.File),
		)
	})
	for _, o := range s.all {
		gk := groupKind{o.Group(), o.Kind}
		s.byKind[gk] = append(s.byKind[gk], o)
		s.byID[o.ID()] = append(s.byID[o.ID()], o)
	}
	return s
}

// All returns every object, sorted.
func (s *Set) All() []*Object { return s.all }

// Len is the number of objects.
func (s *Set) Len() int { return len(s.all) }

// Kind returns the objects of one kind in all served versions, sorted by namespace and name.
func (s *Set) Kind(group, kind string) []*Object { return s.byKind[groupKind{group, kind}] }

// Find returns the object of that identity, or nil. Where two files hold it, the first in the set's order is returned;
// Duplicates tells of the others.
func (s *Set) Find(group, kind, namespace, name string) *Object {
	if found := s.byID[ID{group, kind, namespace, name}]; len(found) > 0 {
		return found[0]
	}
	return nil
}

// Duplicates returns groups of two or more objects that the API server would store as one: the same group, kind, namespace and
// name, whatever the version. Which of them would win cannot be known from Git.
func (s *Set) Duplicates() [][]*Object {
	var out [][]*Object
	for i, o := range s.all {
		if same := s.byID[o.ID()]; len(same) > 1 && same[0] == s.all[i] {
			out = append(out, same)
		}
	}
	return out
}
