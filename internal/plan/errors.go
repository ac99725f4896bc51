package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/fleet"
)

// refusals gathers what cannot be generated, in the shape of the fleet's own errors: whoever prints one prints the other.
type refusals struct {
	fleet *fleet.Fleet
	all   fleet.Errors
}

// at refuses something that a path of the fleet says. The hint is what would work.
func (r *refusals) at(path []string, hint, format string, args ...any) {
	r.all = append(r.all, fleet.Error{Position: r.fleet.Position(path...), Message: fmt.Sprintf(format, args...), Hint: hint})
}

// place is a position in text, for a message that names a second one.
func (r *refusals) place(path []string) string {
	p := r.fleet.Position(path...)
	if p.IsZero() {
		return "elsewhere in the fleet"
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// err is every refusal once, in reading order; nil when there is none.
func (r *refusals) err() error {
	if len(r.all) == 0 {
		return nil
	}
	slices.SortStableFunc(r.all, func(a, b fleet.Error) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Hint, b.Hint),
		)
	})
	return slices.CompactFunc(r.all, func(a, b fleet.Error) bool {
		return a.Position == b.Position && a.Message == b.Message && a.Hint == b.Hint
	})
}

// path is a path of the fleet.
func path(elements ...string) []string { return elements }
