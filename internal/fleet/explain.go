package fleet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	cueerrors "cuelang.org/go/cue/errors"

	"github.com/gatespan/gatespan/internal/finding"
)

// explain turns CUE's error about a unit into errors in the user's files.
//
// CUE names the schema's line as often as the user's, none at all for a missing field, repeats itself for every alternative,
// and keeps silent on an unknown field beside another mistake. So the files are evaluated once more without the schema, and a
// walk over both says what differs; of CUE's own errors those stay that lie elsewhere.
func explain(u unit, l limits, where index, cause error) (Errors, error) {
	e, err := newEvaluator(true)
	if err != nil {
		return nil, err
	}
	files := make([]*ast.File, len(u.sources))
	for i, src := range u.sources {
		files[i], _ = parse(src, l)
	}
	w := walker{evaluator: e, where: where, file: u.name()}
	if raw, err := e.value(u, files); err == nil && raw.Err() == nil {
		w.walk(nil, raw, e.fleet)
	}
	return append(w.errs, w.rest(u, cause)...), nil
}

// rest translates those errors of CUE that the walk has nothing on: those with a place in the user's files. When that leaves
// none at all, the first is kept wherever it lies: an invalid fleet is never without an error.
func (w *walker) rest(u unit, cause error) Errors {
	var errs, without Errors
	for _, one := range cueerrors.Errors(cause) {
		path := userPath(one.Path())
		if w.covered(path) {
			continue
		}
		format, args := one.Msg()
		message := plain(format, args)
		if strings.Contains(message, "errors in empty disjunction") { // its alternatives follow
			continue
		}
		if strings.HasPrefix(message, "incomplete value") {
			message = "has no value yet"
		}
		if secret(message) || slices.Contains(path, "objects") { // objects may be Secrets; CUE quotes values
			message = "cannot be evaluated; its values are not shown"
		}
		if len(path) > 0 {
			message = dotted(path) + ": " + message
		}
		e := Error{Message: message, Hint: hintFor(u, message)}
		places := userPositions(one)
		switch at, exact := w.where[key(path)]; {
		case exact:
			e.Position = at.value
		case len(places) > 0:
			e.Position = places[0]
		default:
			e.Position = w.near(path)
			without = append(without, e)
			continue
		}
		if strings.Contains(message, "conflicting values") {
			e.Hint = alsoAt(e.Position, places)
		}
		errs = append(errs, e)
	}
	if len(errs)+len(w.errs) == 0 {
		if len(without) == 0 {
			without.add(finding.Position{File: u.name()}, "", "%s", plain("%v", []any{cause}))
		}
		return without[:1]
	}
	return errs
}

// userPath is CUE's path of an error as users write it: without the schema's definition before it, and without quotes.
func userPath(path []string) []string {
	var out []string
	for _, element := range path {
		if len(out) == 0 && strings.HasPrefix(element, "#") {
			continue
		}
		if name, err := strconv.Unquote(element); err == nil {
			element = name
		}
		out = append(out, element)
	}
	return out
}

// alsoAt names the other places of a conflict.
func alsoAt(at finding.Position, places []finding.Position) string {
	var others []string
	for _, p := range places {
		if p.File != at.File || p.Line != at.Line {
			others = append(others, fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
		}
	}
	if len(others) == 0 {
		return "write one of them"
	}
	return "the other is at " + others[len(others)-1]
}

// covered reports whether the walk has an error at the path, above it or below it.
func (w *walker) covered(path []string) bool {
	return slices.ContainsFunc(w.paths, func(p []string) bool {
		n := min(len(p), len(path))
		return n > 0 && slices.Equal(p[:n], path[:n])
	})
}

// userPositions are the positions of an error that lie in the user's files.
func userPositions(e cueerrors.Error) []finding.Position {
	var out []finding.Position
	for _, p := range cueerrors.Positions(e) {
		if p.IsValid() && p.Filename() != "" && !strings.HasPrefix(p.Filename(), schemaPrefix) {
			out = append(out, position(p, p.Filename()))
		}
	}
	return out
}

// hintFor explains messages of CUE that gatespan's way to read a fleet causes.
func hintFor(u unit, message string) string {
	if !u.shared && strings.Contains(message, "reference") && strings.Contains(message, "not found") {
		return "a file below exposures/ is evaluated alone; what it refers to must be in it"
	}
	return ""
}

// secret reports whether a text may hold a private key, which no message may repeat.
func secret(text string) bool { return strings.Contains(text, "PRIVATE KEY") }

// plain is a message of CUE in one line.
func plain(format string, args []any) string {
	return strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
}
