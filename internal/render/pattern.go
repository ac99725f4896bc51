package render

import (
	"path"
	"regexp"
	"strings"
)

// pattern is one line of a file with patterns of paths, as Git has them in .gitignore and .gitattributes (gitignore(5), gitattributes(5)).
type pattern struct {
	dir     string // of the file that holds it: what the pattern is relative to
	at      place
	negated bool
	matcher *regexp.Regexp
	// attribute is what a line of .gitattributes sets.
	attribute string
}

// newPattern reads one. below: a pattern that matches a directory is for everything in it, as in .gitignore.
func newPattern(dir string, at place, text string, below bool) (pattern, error) {
	p := pattern{dir: dir, at: at}
	if rest, ok := strings.CutPrefix(text, "!"); ok && below {
		p.negated, text = true, rest
	}
	directory := strings.HasSuffix(text, "/")
	text = strings.TrimSuffix(text, "/")
	rest, out := strings.TrimPrefix(text, "/"), "^"
	if !strings.Contains(text, "/") {
		out += "(?:.*/)?"
	}
	for rest != "" {
		part, after, more := strings.Cut(rest, "/")
		switch {
		case part == "**" && more:
			out += "(?:.*/)?"
		case part == "**":
			out += ".+"
		case more:
			out += component(part) + "/"
		default:
			out += component(part)
		}
		rest = after
	}
	switch {
	case directory && below:
		out += "/.+"
	case directory:
		out += "/" // no file's path ends so
	case below:
		out += "(?:/.*)?"
	}
	var err error
	p.matcher, err = regexp.Compile(out + "$")
	return p, err
}

// component translates what stands between two slashes.
func component(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch b := text[i]; b {
		case '*':
			out.WriteString("[^/]*")
		case '?':
			out.WriteString("[^/]")
		case '[':
			class, ok := strings.CutPrefix(text[i:], "[")
			end := strings.IndexByte(class, ']')
			if !ok || end < 1 {
				out.WriteString(`\[`)
				continue
			}
			class = class[:end]
			if rest, negated := strings.CutPrefix(class, "!"); negated {
				class = "^" + rest
			}
			out.WriteString("[" + class + "]")
			i += end + 1
		case '\\':
			if i+1 < len(text) {
				i++
			}
			out.WriteString(regexp.QuoteMeta(text[i : i+1]))
		default:
			out.WriteString(regexp.QuoteMeta(string(b)))
		}
	}
	return out.String()
}

func (p pattern) matches(file string) bool {
	if p.dir == "." {
		return p.matcher.MatchString(file)
	}
	below, ok := strings.CutPrefix(file, p.dir+"/")
	return ok && p.matcher.MatchString(below)
}

// above lists the directories of a file, the repository's root first.
func above(file string) []string {
	var out []string
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		out = append([]string{dir}, out...)
	}
	return append([]string{"."}, out...)
}
