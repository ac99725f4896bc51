package report

import (
	"strings"
	"unicode/utf8"
)

// table is rows in aligned columns that fit the page: cells that are too wide go on in the next line of their column.
type table struct {
	indent string
	head   []string
	rows   [][]cell
	notes  map[int][]string // full-width lines below a row
	groups map[int]string   // what the rows from this one on have in common
	last   string           // the last group
}

// cell is one cell; a text with line feeds has several lines.
type cell struct{ text, color string }

func (t *table) row(cells ...cell) { t.rows = append(t.rows, cells) }

// note adds a line of the full width below the last row.
func (t *table) note(text string) {
	if t.notes == nil {
		t.notes = map[int][]string{}
	}
	t.notes[len(t.rows)-1] = append(t.notes[len(t.rows)-1], text)
}

// group says what the rows that follow have in common, on a line of its own; once when it is the same again.
func (t *table) group(name string) {
	if t.groups == nil {
		t.groups = map[int]string{}
	}
	if name != t.last {
		t.groups[len(t.rows)], t.last = name, name
	}
}

const gap = "  "

// write puts the table on the page, an empty line above its head.
func (t *table) write(p *page) {
	widths := t.widths(p.style.width())
	if len(t.head) > 0 {
		if len(p.out) > 0 {
			p.end()
		}
		cells := make([]cell, len(t.head))
		for i, h := range t.head {
			cells[i] = cell{h, faint}
		}
		t.line(p, widths, cells)
	}
	for i, cells := range t.rows {
		if name := t.groups[i]; name != "" {
			p.put(none, strings.TrimSuffix(t.indent, gap))
			p.say(bold, name)
		}
		t.line(p, widths, cells)
		for _, note := range t.notes[i] {
			p.wrapped(t.indent+gap, none, note)
		}
	}
}

func (t *table) line(p *page, widths []int, cells []cell) {
	parts, height := make([][]string, len(cells)), 0
	for i, c := range cells {
		for _, line := range strings.Split(c.text, "\n") {
			parts[i] = append(parts[i], wrap(Clean(line), widths[i])...)
		}
		height = max(height, len(parts[i]))
	}
	for y := range height {
		p.put(none, t.indent)
		last := 0
		for i := range cells {
			if y < len(parts[i]) && parts[i][y] != "" {
				last = i
			}
		}
		for i := 0; i <= last; i++ {
			text := ""
			if y < len(parts[i]) {
				text = parts[i][y]
			}
			p.put(cells[i].color, text)
			if i < last {
				p.put(none, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))+gap)
			}
		}
		p.end()
	}
}

// widths gives each column what its widest line needs, and takes from the widest column until all fit the page.
func (t *table) widths(page int) []int {
	widths := make([]int, len(t.head))
	see := func(i int, text string) {
		for len(widths) <= i {
			widths = append(widths, 0)
		}
		for _, line := range strings.Split(text, "\n") {
			widths[i] = max(widths[i], utf8.RuneCountInString(Clean(line)))
		}
	}
	for i, h := range t.head {
		see(i, h)
	}
	for _, cells := range t.rows {
		for i, c := range cells {
			see(i, c.text)
		}
	}
	total := len(t.indent) - len(gap)
	for _, w := range widths {
		total += w + len(gap)
	}
	for total > page {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 8 {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}
