// Package cli is gatespan's command line: one file per command, flags in, exit code out, no logic.
//
//  1. Main runs the command tree with a context that an interrupt cancels
//  2. a command turns its flags into a call of another package, and prints what comes back
//  3. an error is printed once, with its hint; it and everything else that is printed is cleaned for terminals
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"github.com/gatespan/gatespan/internal/report"
)

// Exit codes.
const (
	exitPass      = 0
	exitBlocked   = 1 // a finding blocks, or a difference was asked for and found
	exitUndecided = 2 // the run could not be completed
)

// Main runs gatespan with the process's arguments and returns the exit code.
func Main() int {
	collectLess()
	return run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
}

// collectLess lets the heap grow to five times what is live, up to half a gibibyte, before garbage is collected: a run is short, and spends
// a third of its time in the collector otherwise. GOGC and GOMEMLIMIT say otherwise as in every Go program.
func collectLess() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(512 << 20)
	}
}

// streams are where a run reads and prints.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func run(args []string, s streams) (code int) {
	defer func() {
		if problem := recover(); problem != nil {
			crashed(s.err, problem, debug.Stack())
			code = exitUndecided
		}
	}()
	ctx, stop := interruptible(s.err)
	defer stop()
	a := &app{streams: s, today: time.Now().UTC().Format(time.DateOnly)}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return a.code
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		a.fail(problem{what: "interrupted", hint: "nothing was decided"})
	default:
		a.fail(err)
	}
	return exitUndecided
}

// crashed tells of a mistake in gatespan itself. It is not a verdict.
func crashed(w io.Writer, problem any, stack []byte) {
	_, _ = fmt.Fprintf(w, "gatespan: internal error: %s\n  hint: nothing was decided; please report this with the lines below\n%s",
		report.Clean(fmt.Sprint(problem)), report.CleanLines(string(stack)))
}

// interruptible returns a context that the first interrupt cancels; the second one ends the process.
func interruptible(w io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt)
	done := make(chan struct{})
	go func() {
		for again := false; ; again = true {
			select {
			case <-signals:
				if again {
					_, _ = fmt.Fprintln(w, "gatespan: interrupted")
					os.Exit(exitUndecided)
				}
				cancel()
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}
