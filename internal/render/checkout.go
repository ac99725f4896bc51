package render

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// Files by which what an engine gets of the repository differs from what is judged.
const (
	sourceIgnore  = ".sourceignore"
	gitAttributes = ".gitattributes"
)

// checkout are the exceptions of the files that a root is made of: those that Flux leaves out of its source, and those whose content
// depends on who checks them out. by is who applies the root; spec is the ignore field of its source.
func (c *cluster) checkout(r *root, by posture.Ref, spec ignoring) []Exception {
	if r.survey == nil {
		return nil
	}
	var out []Exception
	told := map[place]bool{}
	add := func(at place, why string) {
		if told[at] {
			return // one file is enough to say what a line does
		}
		told[at] = true
		out = append(out, Exception{Kind: NotApplied, By: posture.Ref{Kind: "Kustomization", Name: r.dir}, File: at.file, Line: at.line, Column: max(1, at.col), Why: why})
	}
	for _, file := range r.survey.files {
		if by.Kind == "" || by.Kind == "Kustomization" {
			if at, ignored := c.ignored(file, spec); ignored {
				add(at, fmt.Sprintf("Flux leaves %s out of its source", file))
			}
		}
		if at, attribute := c.attribute(file); attribute != "" {
			add(at, fmt.Sprintf("what %s holds depends on who checks it out: %s", file, attribute))
		}
	}
	return out
}

// ignoring is the field ignore of a Flux source.
type ignoring struct {
	text string
	at   place
}

// ignored tells whether Flux leaves a file out of its source: of all patterns, the last one that matches decides (source-controller
// v1.9.5 internal/controller/gitrepository_controller.go; fluxcd/pkg sourceignore). What it leaves out by default is no manifest.
func (c *cluster) ignored(file string, spec ignoring) (place, bool) {
	var last *pattern
	decide := func(patterns []pattern) {
		for i := range patterns {
			if patterns[i].matches(file) {
				last = &patterns[i]
			}
		}
	}
	for _, dir := range above(file) {
		decide(c.patterns(dir, sourceIgnore, ignorePatterns))
	}
	own := ignorePatterns(".", spec.at.file, spec.text)
	for i := range own {
		own[i].at = spec.at
	}
	decide(own)
	if last == nil || last.negated {
		return place{}, false
	}
	return last.at, true
}

// attribute is why a file's content depends on who checks it out, and where that is said; "" when it does not. Lines that take an attribute
// back are not looked at: nobody needs both.
func (c *cluster) attribute(file string) (place, string) {
	for _, dir := range above(file) {
		for _, p := range c.patterns(dir, gitAttributes, attributePatterns) {
			if p.matches(file) {
				return p.at, p.attribute
			}
		}
	}
	return place{}, ""
}

// patterns reads a file of patterns in a directory, once; none when it is not there. One that cannot be read may mean anything.
func (c *cluster) patterns(dir, name string, parse func(dir, file, text string) []pattern) []pattern {
	file := path.Join(dir, name)
	if known, ok := c.read[file]; ok {
		return known
	}
	var out []pattern
	entries, err := c.repo.readDir(dir)
	if err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name && !e.IsDir() }) {
		if f, refused := c.repo.peek(file); refused == nil {
			out = parse(dir, file, string(f.content))
		} else {
			out = []pattern{anything(dir, place{file, 1, 1}, refused.why)}
		}
	}
	c.read[file] = out
	return out
}

// anything is what a line is taken for that cannot be read.
func anything(dir string, at place, why string) pattern {
	return pattern{dir: dir, at: at, attribute: why, matcher: regexp.MustCompile("")}
}

func ignorePatterns(dir, file, text string) []pattern {
	var out []pattern
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := place{file, i + 1, 1}
		p, err := newPattern(dir, at, line, true)
		if err != nil {
			p = anything(dir, at, "")
		}
		out = append(out, p)
	}
	return out
}

// otherBytes are the attributes by which Git changes a file's content when it checks it out or archives it (gitattributes(5)). Line ends are
// not among them: YAML does not tell them apart.
var otherBytes = []string{"working-tree-encoding", "filter", "ident", "export-ignore", "export-subst"}

// attributePatterns are the lines that set one of otherBytes, by itself or by a macro that is defined before.
func attributePatterns(dir, file, text string) []pattern {
	var out []pattern
	changing := slices.Clone(otherBytes)
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		set := slices.IndexFunc(fields[1:], func(f string) bool {
			attribute, _, _ := strings.Cut(f, "=")
			return slices.Contains(changing, attribute)
		})
		if set < 0 {
			continue
		}
		if macro, ok := strings.CutPrefix(fields[0], "[attr]"); ok {
			changing = append(changing, macro)
			continue
		}
		at := place{file, i + 1, 1}
		p, err := newPattern(dir, at, strings.Trim(fields[0], `"`), false)
		if err != nil {
			p = anything(dir, at, "")
		}
		p.attribute = fields[set+1]
		out = append(out, p)
	}
	return out
}
