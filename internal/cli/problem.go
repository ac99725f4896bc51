package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/trace"
)

// problem is an error of the command line itself.
type problem struct{ what, hint string }

func (p problem) Error() string { return p.what }

// screenful is how many mistakes of a fleet a terminal shows: one of them is often the cause of the rest.
const screenful = 20

// fail prints an error once: every part of it on lines of its own, the hint below. Whatever is no terminal gets all of it.
func (a *app) fail(err error) {
	var mistakes fleet.Errors // of the fleet's own checks, and of its plan
	if errors.As(err, &mistakes) {
		shown, more := mistakes, ""
		if terminal(a.err) && len(mistakes) > screenful {
			shown = mistakes[:screenful]
			more = fmt.Sprintf("gatespan: these are %d of %d mistakes\nhint: mend these first, or read all of them: 2>&1 | less", screenful, len(mistakes))
		}
		a.problem(shown.Error(), "")
		a.problem(more, "")
		return
	}
	what, hint := explained(err)
	a.problem("gatespan: "+what, hint)
}

// problem prints what is wrong. A hint may also stand in the text, on a line of its own that begins with "hint: ".
func (a *app) problem(text, hint string) {
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \r")
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "hint: ") {
			line = "  " + trimmed
		}
		if line != "" {
			_, _ = fmt.Fprintln(a.err, report.Clean(line))
		}
	}
	if hint != "" {
		_, _ = fmt.Fprintln(a.err, report.Clean("  hint: "+hint))
	}
}

// explained splits an error into what is wrong and what to do.
func explained(err error) (what, hint string) {
	var ours problem
	var gates *gate.Problem
	var unknown *trace.UnknownName
	switch {
	case errors.As(err, &ours):
		return ours.what, ours.hint
	case errors.As(err, &gates):
		return gates.What, gates.Hint
	case errors.As(err, &unknown):
		return unknown.Error(), nearest(unknown.Name, unknown.Known)
	}
	return err.Error(), ""
}
