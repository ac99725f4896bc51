package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

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

// columns is the width of the terminal that output goes to; 0 when it goes elsewhere.
func (a *app) columns() int {
	f, ok := a.out.(*os.File)
	if !ok || !terminal(a.out) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// progress returns what a long run reports to, and how to take its line away. Nothing is shown unless standard error is a
// terminal, and nothing before a run has been long enough for somebody to wonder.
func (a *app) progress() (report func(stage string, done, total int), clear func()) {
	if a.quiet || !terminal(a.err) || os.Getenv("TERM") == "dumb" {
		return nil, func() {}
	}
	p := &progressLine{out: a.err, started: time.Now(), stage: "reading the repository", stop: make(chan struct{})}
	go p.run(time.NewTicker(progressEvery))
	return p.show, p.clear
}

const (
	barWidth      = 20
	progressAfter = 500 * time.Millisecond
	progressEvery = 250 * time.Millisecond
)

// progressLine is one line of a terminal that is written again and again, until it is cleared.
type progressLine struct {
	mutex       sync.Mutex
	out         io.Writer
	started     time.Time
	stage       string
	done, total int
	shown       int // columns to overwrite
	stop        chan struct{}
}

// run draws the line from time to time, so that a stage that takes long shows that it goes on.
func (p *progressLine) run(ticks *time.Ticker) {
	defer ticks.Stop()
	for {
		select {
		case now := <-ticks.C:
			p.draw(now)
		case <-p.stop:
			return
		}
	}
}

// show tells of a stage; the line is drawn at the next tick.
func (p *progressLine) show(stage string, done, total int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.stage, p.done, p.total = stage, done, total
}

func (p *progressLine) draw(now time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	passed := now.Sub(p.started)
	select {
	case <-p.stop: // cleared meanwhile
		return
	default:
	}
	if passed < progressAfter {
		return
	}
	text := fmt.Sprintf("%s, %d s", report.Clean(p.stage), int(passed.Seconds()))
	if p.total > 0 {
		filled := min(p.done, p.total) * barWidth / p.total
		text = fmt.Sprintf("[%s%s] %d/%d %s", strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), p.done, p.total, text)
	}
	if len(text) > report.NarrowestPage {
		text = text[:report.NarrowestPage]
	}
	_, _ = fmt.Fprintf(p.out, "\r%s%s", text, strings.Repeat(" ", max(0, p.shown-len(text))))
	p.shown = len(text)
}

// clear takes the line away and ends it. It may be called once only.
func (p *progressLine) clear() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	close(p.stop)
	if p.shown > 0 {
		_, _ = fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}
