package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// Error is one reason why a fleet cannot be generated.
type Error struct {
	finding.Position        // in the fleet
	Message          string // one sentence without a period
	Hint             string // what would work
}

func (e Error) Error() string {
	where := ""
	if !e.IsZero() {
		where = fmt.Sprintf("%s:%d:%d: ", e.File, e.Line, e.Column)
	}
	if e.Hint == "" {
		return where + e.Message
	}
	return where + e.Message + "\n  hint: " + e.Hint
}

// Errors is every reason, sorted by place.
type Errors []Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lists them one by one.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// sorted drops doubles; nil when there is none.
func (es Errors) sorted() error {
	if len(es) == 0 {
		return nil
	}
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Hint, b.Hint))
	})
	return slices.Compact(es)
}
