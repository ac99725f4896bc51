package report

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/adopt"
)

// Beginning is what gatespan init did, or would do.
type Beginning struct {
	Clusters      []adopt.Cluster
	Written, Kept []string          // files
	Shown         map[string][]byte // files whose content is to be shown
	Notes         []string
	Planned       bool
}

// BeginningText prints it: what was found, what is written, and what somebody should look at.
func BeginningText(w io.Writer, b Beginning, style Style) error {
	p := &page{style: style}
	if !style.Quiet {
		t := &table{head: []string{"CLUSTER", "STARTS AT", "GUESSED BY"}}
		for _, c := range b.Clusters {
			t.row(cell{c.Name, bold}, cell{c.Path, none}, cell{c.Why, none})
		}
		t.write(p)
		p.end()
	}
	for _, name := range slices.Sorted(maps.Keys(b.Shown)) {
		p.say(bold, name)
		for _, line := range strings.Split(CleanLines(strings.TrimSuffix(string(b.Shown[name]), "\n")), "\n") {
			p.say(none, "  "+line)
		}
		p.end()
	}
	verb := "wrote "
	if b.Planned {
		verb = "would write "
	}
	schema := ""
	for _, name := range b.Written {
		if dir, _, found := strings.Cut(name, "/cue.mod/"); found { // a dozen files that are for editors
			schema = dir + "/cue.mod"
			continue
		}
		p.say(green, verb+name)
	}
	if schema != "" {
		p.say(green, verb+schema)
	}
	for _, name := range b.Kept {
		p.say(none, "kept "+name+", which is there already")
	}
	if style.Quiet {
		return p.print(w)
	}
	p.end()
	for _, note := range b.Notes {
		p.wrapped("- ", none, strings.ReplaceAll(note, "\n", " "))
	}
	p.wrapped("- ", none, "look at every line of the fleet, write each controller's version into it, then run gatespan check")
	return p.print(w)
}
