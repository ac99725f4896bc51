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
