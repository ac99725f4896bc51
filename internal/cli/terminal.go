package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/gatespan/gatespan/internal/report"
)

// colored reports whether standard output gets colours: on a terminal, unless NO_COLOR or TERM=dumb says otherwise
// (no-color.org), or as --color says.
func (a *app) colored() bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal(a.out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress returns what a long run reports to, and how to take its line away. Nothing is shown unless standard error is a
// terminal.
func (a *app) progress() (report func(stage string, done, total int), clear func()) {
	if a.quiet || !terminal(a.err) || os.Getenv("TERM") == "dumb" {
		return nil, func() {}
	}
	p := &progressLine{out: a.err}
	return p.show, p.clear
}

// progressLine is one line of a terminal that is written again and again.
type progressLine struct {
	mutex sync.Mutex
	out   io.Writer
	shown int // columns to overwrite
}

const barWidth = 20

func (p *progressLine) show(stage string, done, total int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	text := report.Clean(stage)
	if total > 0 {
		filled := min(done, total) * barWidth / total
		text = fmt.Sprintf("[%s%s] %d/%d %s", strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), done, total, text)
	}
	if len(text) > report.Width {
		text = text[:report.Width]
	}
	_, _ = fmt.Fprintf(p.out, "\r%s%s", text, strings.Repeat(" ", max(0, p.shown-len(text))))
	p.shown = len(text)
}

func (p *progressLine) clear() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.shown > 0 {
		_, _ = fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}
