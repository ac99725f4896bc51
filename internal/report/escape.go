package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Clean makes text of unknown origin safe to print on one line of a terminal or a CI log: names, paths, messages and source
// lines come from pull requests. What would move the cursor, change colours, reorder or hide text, break the line, or be taken
// for a command by a CI runner becomes a visible escape such as \x1b or \u202e. Printable text of any script stays. Cleaning
// twice is cleaning once.
func Clean(text string) string {
	if plain(text) {
		return defuse(text)
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case visible(r):
			b.WriteRune(r)
		case strconv.IsPrint(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		case strconv.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return defuse(b.String())
}

// CleanLines is Clean for text of several lines: line feeds stay, and a carriage return before one is dropped.
func CleanLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(strings.ReplaceAll(line, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

// plain reports whether text is printable ASCII, which nearly all text is.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

// visible reports whether a rune has a shape of its own. strconv.IsPrint leaves out every control, format (bidi, zero width,
// tag), surrogate and private-use character and all spaces but one; the rest of this list is drawn as nothing although Unicode
// calls it a letter, a mark or a symbol.
func visible(r rune) bool {
	switch {
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, // Hangul fillers
		r == 0x2800,              // blank Braille pattern
		r == 0x034f,              // combining grapheme joiner
		r == 0x17b4, r == 0x17b5, // Khmer inherent vowels
		r >= 0x180b && r <= 0x180f,   // Mongolian variation selectors
		r >= 0xfe00 && r <= 0xfe0f,   // variation selectors
		r >= 0xe0100 && r <= 0xe01ef: // variation selectors supplement
		return false
	}
	return strconv.IsPrint(r)
}

// Commands that CI runners take from a log: GitHub's ::name params:: at the start of a line, after spaces (actions/runner,
// ActionCommand.cs TryParseV2), and ##[name] anywhere in it (TryParse); Azure Pipelines' ##vso[…] and TeamCity's
// ##teamcity[…].
var (
	colonCommand = regexp.MustCompile(`::([A-Za-z_-]+(?: |::))`)
	hashCommand  = regexp.MustCompile(`##((?:vso|teamcity)?\[)`)
)

// defuse breaks what a CI runner would take for a command.
func defuse(text string) string {
	if strings.Contains(text, "##") {
		text = hashCommand.ReplaceAllString(text, `#\x23$1`)
	}
	for strings.Contains(text, "::") { // again, because the end of one match may begin the next
		next := colonCommand.ReplaceAllString(text, `:\x3a$1`)
		if next == text {
			break
		}
		text = next
	}
	return text
}
