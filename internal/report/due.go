package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// Due is what runs out soon. Its JSON shape has a version of its own.
type Due struct {
	Version string    `json:"version"` // "1"
	Today   string    `json:"today"`
	Within  int       `json:"within"` // days
	Items   []DueItem `json:"due"`
	Unknown []DueItem `json:"unknown"` // whose day nobody knows
}

// DueItem is one thing that runs out.
type DueItem struct {
	Kind        string `json:"kind"` // waiver, certificate, controller
	Day         string `json:"day"`  // the last one, YYYY-MM-DD; "" when not known
	Days        int    `json:"days"` // from today; negative when it is over
	Cluster     string `json:"cluster,omitempty"`
	What        string `json:"what"`
	Owner       string `json:"owner,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"` // of a certificate
	Hint        string `json:"hint"`
	finding.Position
}

// DueJSON prints it for machines.
func DueJSON(w io.Writer, d *Due) error { return JSON(w, d) }

// DueText prints it for people: the nearest day first.
func DueText(w io.Writer, d *Due, style Style) error {
	p := &page{style: style}
	for _, item := range d.Items {
		when, color := fmt.Sprintf("in %s", count(item.Days, "day")), yellow
		switch {
		case item.Days < 0:
			when, color = fmt.Sprintf("over for %s", count(-item.Days, "day")), red
		case item.Days == 0:
			when, color = "today", red
		}
		p.put(color, item.Day+"  "+when)
		p.put(bold, "  "+item.Kind)
		if item.Cluster != "" {
			p.put(none, "  "+item.Cluster)
		}
		p.end()
		dueDetails(p, item)
	}
	if style.Quiet {
		return p.print(w)
	}
	if len(d.Unknown) > 0 {
		p.say(bold, "ends on a day that is not known")
		for _, item := range d.Unknown {
			p.wrapped("  ", none, strings.TrimSpace(item.Cluster+" "+item.What)+": "+item.Hint)
		}
		p.end()
	}
	verb := " run out"
	if len(d.Items) == 1 {
		verb = " runs out"
	}
	text := count(len(d.Items), "thing") + verb
	if len(d.Items) == 0 {
		text = "nothing runs out"
	}
	p.say(none, fmt.Sprintf("%s within %s of %s", text, count(d.Within, "day"), d.Today))
	return p.print(w)
}

func dueDetails(p *page, item DueItem) {
	what := item.What
	if item.Owner != "" {
		what += ", owner " + item.Owner
	}
	p.wrapped("  ", none, what)
	if item.Fingerprint != "" {
		p.wrapped("  ", faint, "SHA-256 "+item.Fingerprint)
	}
	if !item.IsZero() {
		p.wrapped("  ", faint, place(item.Position))
	}
	p.wrapped("  hint: ", none, item.Hint)
	p.end()
}

// AddedText prints what was added to a file, and where.
func AddedText(w io.Writer, file string, line int, text string, planned bool, style Style) error {
	p := &page{style: style}
	verb := "wrote"
	if planned {
		verb = "would write"
	}
	p.say(bold, fmt.Sprintf("%s %s:%d", verb, file, line))
	for _, l := range strings.Split(CleanLines(text), "\n") {
		p.put(green, "  + ")
		p.say(none, l)
	}
	return p.print(w)
}
