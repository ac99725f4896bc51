package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Width is how many columns a page of text has, unless a terminal says otherwise.
const Width = 100

// NarrowestPage is the least width that a page is laid out for: a terminal that has less breaks the lines itself.
const NarrowestPage = 60

// Style is how text looks.
type Style struct {
	Color   bool // ANSI colours; only for a terminal
	Verbose bool // list what is otherwise counted
	Quiet   bool // findings and differences only
	Columns int  // of the terminal; 0 for Width, and more than Width is Width
}

// width is how many columns text is laid out for.
func (s Style) width() int {
	if s.Columns <= 0 {
		return Width
	}
	return min(max(s.Columns, NarrowestPage), Width)
}

// The colours of a page: ANSI select graphic rendition parameters.
const (
	none   = ""
	bold   = "1"
	faint  = "2"
	red    = "1;31"
	green  = "32"
	yellow = "33"
	blue   = "36"
)

// page gathers text. Every string given to it is cleaned, once, here; only its own colours are escape sequences.
type page struct {
	style Style
	out   []byte
	start int // of the line that is being written
}

// put writes text in a colour.
func (p *page) put(color, text string) {
	text = Clean(text)
	if !p.style.Color || color == none || strings.TrimSpace(text) == "" {
		p.out = append(p.out, text...)
		return
	}
	p.out = fmt.Appendf(p.out, "\x1b[%sm%s\x1b[0m", color, text)
}

// end ends the line, without spaces before its end. What is harmless in parts may be a CI command when put together, so the
// line is looked at again.
func (p *page) end() {
	line := strings.TrimRight(string(p.out[p.start:]), " ")
	p.out = append(append(p.out[:p.start], defuse(line)...), '\n')
	p.start = len(p.out)
}

// say writes one line.
func (p *page) say(color, text string) {
	p.put(color, text)
	p.end()
}

// wrapped writes text broken at spaces to the page's width, the first line behind first, the others behind as many spaces.
func (p *page) wrapped(first, color, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(first))
	for i, line := range wrap(Clean(text), p.style.width()-len(indent)) {
		if i == 0 {
			p.put(faint, first)
		} else {
			p.put(none, indent)
		}
		p.put(color, line)
		p.end()
	}
}

// print writes the page out.
func (p *page) print(w io.Writer) error {
	_, err := w.Write(p.out)
	return err
}

// narrowest is the least width that text is wrapped to, whatever stands before it.
const narrowest = 8

// wrap breaks text at spaces into lines of at most width columns; a word that is longer is broken behind a slash, comma, dot or
// hyphen near the end, so that identities and paths stay readable. There is always one line.
func wrap(text string, width int) []string {
	width = max(width, narrowest) // without a width there would be no end
	var lines []string
	for _, word := range strings.Fields(text) {
		if n := len(lines) - 1; n >= 0 && utf8.RuneCountInString(lines[n])+1+utf8.RuneCountInString(word) <= width {
			lines[n] += " " + word
			continue
		}
		for utf8.RuneCountInString(word) > width {
			head := cut(word, width)
			lines = append(lines, head)
			word = word[len(head):]
		}
		lines = append(lines, word)
	}
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// cut returns a beginning of word of at most width columns, ending behind a separator if one is in its second half.
func cut(word string, width int) string {
	end, n := len(word), 0
	for i := range word {
		if n == width {
			end = i
			break
		}
		n++
	}
	head := word[:end]
	if i := strings.LastIndexAny(head, "/,.-"); i >= len(head)/2 {
		return head[:i+1]
	}
	return head
}

// count says a number with its noun: "1 cluster", "2 clusters", "no overlays".
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case n == 0:
		return "no " + plural(noun)
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

func plural(noun string) string { return noun + "s" }
