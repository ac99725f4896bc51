package report

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Hidden is what stands for a line that is not shown.
const Hidden = "[not shown]"

// excerpt is the lines of a file around a position, to be shown with a caret; nil when the file must not or cannot be shown.
type excerpt struct {
	first int // number of the first line
	lines []string
}

const (
	linesBefore  = 2
	linesAfter   = 1
	tab          = "    "  // as which a tab is shown
	behindCaret  = 20      // characters behind the caret that a line which is cut before it still shows
	largestShown = 8 << 20 // bytes of a file that is looked into
)

// excerptOf takes lines around line (from 1) out of a file's content. Only files that people write by hand are shown, and
// never what may be a private key or a Secret's value: see Hide.
func excerptOf(file string, content []byte, line int) *excerpt {
	switch path.Ext(file) {
	case ".yaml", ".yml", ".json", ".cue":
	default:
		return nil
	}
	if line < 1 || len(content) > largestShown {
		return nil
	}
	lines := strings.Split(string(Hide(content)), "\n")
	if line > len(lines) || strings.TrimSpace(lines[line-1]) == Hidden {
		return nil
	}
	e := &excerpt{first: max(1, line-linesBefore)}
	for n := e.first; n <= min(line+linesAfter, len(lines)); n++ {
		text := strings.TrimSuffix(lines[n-1], "\r")
		if n > line && strings.TrimSpace(text) == "" {
			break
		}
		e.lines = append(e.lines, text)
	}
	return e
}

var (
	documentStart = regexp.MustCompile(`^---(\s|$)`)
	secretKind    = regexp.MustCompile(`(?i)["']?kind["']?\s*:\s*(?:[&!]\S+\s+)*["']?Secret(List)?["']?\s*(?:[,}#]|$)`)
	topLevel      = regexp.MustCompile(`^["'{k]`)
	secretData    = regexp.MustCompile(`(^|[\s{,"'-])(data|stringData)["']?\s*:`)
	secretMaker   = regexp.MustCompile(`(secretGenerator|stringData|literals)["']?\s*:`)
	keyStart      = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY`)
	keyEnd        = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY`)
	// A PEM block in base64 ("-----BEGIN " at each of the three alignments), and any long run of base64 beside it.
	encodedPEM = regexp.MustCompile(`LS0tLS1CRUdJTi|0tLS0tQkVHSU4|tLS0tLUJFR0lO|[A-Za-z0-9+/_-]{120,}`)
)

// Hide replaces every line that may hold a private key or the value of a Secret by a mark, line by line, so that numbers stay
// true. It would rather hide too much: a whole YAML document that has a Secret or a secret generator in it, PEM private keys, and
// lines with what looks like encoded keys. Every file that is printed goes through it.
func Hide(content []byte) []byte {
	lines := strings.Split(string(content), "\n")
	start := 0
	for end := 1; end <= len(lines); end++ {
		if end == len(lines) || documentStart.MatchString(lines[end]) {
			hideDocument(lines[start:end])
			start = end
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

func hideDocument(lines []string) {
	kind, data, whole := false, false, false
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if trimmed := strings.TrimSpace(line); strings.HasSuffix(trimmed, ":") && i+1 < len(lines) {
			line += " " + strings.TrimSpace(lines[i+1]) // a value may stand on the line behind its key
		}
		if secretKind.MatchString(line) {
			kind = true // of the object, or of a reference to a Secret
			whole = whole || topLevel.MatchString(line)
		}
		data = data || secretData.MatchString(line)
		whole = whole || secretMaker.MatchString(line)
	}
	whole = whole || (kind && data)
	key := false
	for i, line := range lines {
		key = key || keyStart.MatchString(line)
		if key || encodedPEM.MatchString(line) || (whole && !documentStart.MatchString(line) && strings.TrimSpace(line) != "") {
			lines[i] = Hidden
		}
		key = key && !keyEnd.MatchString(line)
	}
}

// write puts the excerpt on the page, with a caret below line and column (from 1; 0 for none). Long lines are cut to the page: at their
// end, or on both sides of the caret.
func (e *excerpt) write(p *page, indent string, line, column int) {
	digits := len(strconv.Itoa(e.first + len(e.lines) - 1))
	gutter := func(number string) string {
		return indent + strings.Repeat(" ", digits-len(number)) + number + " | "
	}
	room := p.style.width() - len(gutter("")) - 1
	for i, text := range e.lines {
		p.put(faint, gutter(strconv.Itoa(e.first+i)))
		if e.first+i != line {
			shown, _ := fit(text, 0, room)
			p.put(faint, shown)
			p.end()
			continue
		}
		shown, caret := fit(text, column, room)
		p.put(none, shown)
		p.end()
		if caret >= 0 {
			p.put(faint, gutter(""))
			p.put(none, strings.Repeat(" ", caret))
			p.put(red, "^")
			p.end()
		}
	}
}

// fit makes a source line safe and at most room columns wide, and says below which of them the byte of a column (from 1) is; -1 when the
// line has no such column. Tabs become spaces. A line that is too long keeps the column in sight.
func fit(text string, column, room int) (string, int) {
	safe := func(s string) []rune { return []rune(Clean(strings.ReplaceAll(s, "\t", tab))) }
	shown, caret := safe(text), -1
	if column > 0 && column <= len(text)+1 {
		caret = len(safe(text[:column-1]))
	}
	if len(shown) <= room {
		return string(shown), caret
	}
	start := 0
	if caret >= room-1 {
		start = min(caret+behindCaret, len(shown)) - room + 2
	}
	out, end := []rune{}, min(start+room-1, len(shown))
	if start > 0 {
		out, caret = append(out, '…'), caret-start+1
		end = min(start+room-2, len(shown))
	}
	out = append(out, shown[start:end]...)
	if end < len(shown) {
		out = append(out, '…')
	}
	return string(out), caret
}
