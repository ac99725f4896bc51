package report

import (
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// FileDiff is one file before and after; nil where it is not there.
type FileDiff struct {
	Path          string
	Before, After []byte
}

// DiffText prints unified differences. What may be a Secret's value is not shown.
func DiffText(w io.Writer, files []FileDiff, style Style) error {
	p := &page{style: style}
	for _, f := range files {
		before, after := "a/"+f.Path, "b/"+f.Path
		if f.Before == nil {
			before = "/dev/null"
		}
		if f.After == nil {
			after = "/dev/null"
		}
		text := string(diff.Diff(Clean(before), Hide(f.Before), Clean(after), Hide(f.After)))
		for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			line = strings.ReplaceAll(line, "\t", "    ")
			color := none
			switch {
			case strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
				color = bold
			case strings.HasPrefix(line, "@@"):
				color = blue
			case strings.HasPrefix(line, "+"):
				color = green
			case strings.HasPrefix(line, "-"):
				color = red
			}
			p.put(color, line)
			p.end()
		}
	}
	return p.print(w)
}

// Generated is what a run of generate did, or would do when it is Planned. Paths are of overlays.
type Generated struct {
	Created, Updated, Removed []string
	Unchanged                 int
	Planned                   bool
}

// GeneratedText prints which overlays were written and removed, and how many were left.
func GeneratedText(w io.Writer, g Generated, style Style) error {
	p := &page{style: style}
	words := []string{"created", "updated", "removed"}
	if g.Planned {
		words = []string{"would create", "would update", "would remove"}
	}
	var counts []string
	for i, group := range []struct {
		paths []string
		color string
	}{{g.Created, green}, {g.Updated, yellow}, {g.Removed, red}} {
		for _, path := range group.paths {
			p.put(group.color, words[i])
			p.put(none, " "+path)
			p.end()
		}
		if n := len(group.paths); n > 0 {
			counts = append(counts, words[i]+" "+number(n))
		}
	}
	if g.Unchanged > 0 {
		counts = append(counts, "unchanged "+number(g.Unchanged))
	}
	if len(counts) == 0 {
		counts = []string{"the fleet asks for no overlay"}
	}
	p.say(none, "overlays: "+strings.Join(counts, ", "))
	return p.print(w)
}
