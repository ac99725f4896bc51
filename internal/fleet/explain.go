package fleet

import (
	"fmt"
	"strings"

	cueerrors "cuelang.org/go/cue/errors"

	"github.com/gatespan/gatespan/internal/finding"
)

// explain turns what CUE says of a unit into errors in the user's files.
func explain(u unit, l limits, e *evaluator, where index, err error) (Errors, error) {
	var errs Errors
	for _, one := range cueerrors.Errors(err) {
		format, args := one.Msg()
		errs.add(finding.Position{File: u.name()}, "", "%s: %s", strings.Join(one.Path(), "."), plain(format, args))
	}
	return errs, nil
}

// plain is a message of CUE in one line.
func plain(format string, args []any) string {
	return strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
}
