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
	longestShown = 160     // characters of a line
	tab          = "    "  // as which a tab is shown
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

// write puts the excerpt on the page, with a caret below line and column (from 1; 0 for none).
func (e *excerpt) write(p *page, indent string, line, column int) {
	digits := len(strconv.Itoa(e.first + len(e.lines) - 1))
	gutter := func(number string) string {
		return indent + strings.Repeat(" ", digits-len(number)) + number + " | "
	}
	for i, text := range e.lines {
		p.put(faint, gutter(strconv.Itoa(e.first+i)))
		shown, color := shorten(text), faint
		if e.first+i == line {
			color = none
		}
		p.put(color, shown)
		p.end()
		if e.first+i == line && column > 0 && column <= longestShown && column <= len(text)+1 {
			before := shorten(text[:min(column-1, len(text))])
			p.put(faint, gutter(""))
			p.put(none, strings.Repeat(" ", len([]rune(before))))
			p.put(red, "^")
			p.end()
		}
	}
}

// shorten makes a source line fit: tabs become spaces, and what is long is cut.
func shorten(text string) string {
	text = Clean(strings.ReplaceAll(text, "\t", tab))
	if runes := []rune(text); len(runes) > longestShown {
		return string(runes[:longestShown]) + "…"
	}
	return text
}
