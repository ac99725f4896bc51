package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// Error is one thing that is wrong with the user's files.
type Error struct {
	finding.Position
	Message string // what is wrong, without the position
	Hint    string // what to do; "" when the message says it all

	cause error // for errors.Is: fs.ErrNotExist when there is no fleet
}

// Error is file:line:col: message, and the hint on a line of its own.
func (e Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	return b.String()
}

// Unwrap gives what caused it, when that was not the user.
func (e Error) Unwrap() error { return e.cause }

// Errors are all errors of a run, sorted by place.
type Errors []Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look into each.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// add appends an error.
func (e *Errors) add(at finding.Position, hint, format string, args ...any) {
	*e = append(*e, Error{Position: at, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// sorted returns the errors in reading order, each once; nil when there are none.
func (e Errors) sorted() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Hint, b.Hint),
		)
	})
	return slices.CompactFunc(e, func(a, b Error) bool {
		return a.Position == b.Position && a.Message == b.Message
	})
}
