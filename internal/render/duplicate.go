package render

import (
	"fmt"
	"reflect"

	"github.com/gatespan/gatespan/internal/object"
)

// twice reports objects that the API server stores under one key although two roots, or two API versions, define them: which of
// them stays is not known from Git. Two that say the same are no problem.
func (r *Result) twice(set *object.Set) []Fact {
	var facts []Fact
	for _, same := range set.Duplicates() {
		first := same[0]
		for _, o := range same[1:] {
			if equal(first, o) {
				continue
			}
			one, other := r.Locate(first, ""), r.Locate(o, "")
			facts = append(facts, Fact{
				Rule: ruleTwice, Overlay: o.Origin.Overlay, File: other.File, Line: other.Line, Column: other.Column,
				Subject: subjectOf(o), By: refOf(o, ""),
				Why: fmt.Sprintf("%s is also defined, differently, in %s:%d, and which of them stays is not known", o, one.File, one.Line),
			})
		}
	}
	return facts
}

// equal compares two definitions of one object, whatever their API version. The labels of a Flux source select nothing; each Kustomization
// that brings one gives it labels of its own (spec.commonMetadata), in repositories where applications share a source by name.
func equal(a, b *object.Object) bool {
	source := a.Group() == "source.toolkit.fluxcd.io"
	if a.Version() == b.Version() && !source {
		return reflect.DeepEqual(a.Data, b.Data)
	}
	one, other := deepCopy(a.Data).(map[string]any), deepCopy(b.Data).(map[string]any)
	for _, data := range []map[string]any{one, other} {
		delete(data, "apiVersion")
		if metadata, ok := data["metadata"].(map[string]any); ok && source {
			delete(metadata, "labels")
		}
	}
	return reflect.DeepEqual(one, other)
}
