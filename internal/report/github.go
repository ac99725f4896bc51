package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// annotationsOfKind is how many annotations of one kind GitHub keeps of a step: the first ones.
// Source: docs.github.com, "Workflow commands for GitHub Actions"; zizmorcore/zizmor#634.
const annotationsOfKind = 10

// writeGitHub prints workflow commands that GitHub shows beside the lines of a pull request, most severe first and within its limits, and
// then the report for people.
func writeGitHub(w io.Writer, r *Report, o Options) error {
	findings := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Waived })
	finding.Sort(findings)
	var b strings.Builder
	printed, left := map[string]int{}, 0
	annotate := func(kind, properties, message string) {
		if printed[kind]++; printed[kind] > annotationsOfKind {
			left++
			return
		}
		fmt.Fprintf(&b, "::%s%s::%s\n", kind, properties, commandData(message))
	}
	for _, u := range r.Undecided {
		annotate("error", " title="+commandProperty("gatespan: undecided"), join(u.Cluster, u.Overlay, u.Message, u.Hint))
	}
	for _, f := range findings {
		kind := "warning"
		if f.Severity == finding.Block {
			kind = "error"
		}
		message := f.Message
		if f.Remediation != "" {
			message += "\nhint: " + f.Remediation
		}
		annotate(kind, annotationPlace(f.Position)+"title="+commandProperty(f.Rule+" ("+f.Cluster+")"), message)
	}
	if left > 0 {
		fmt.Fprintf(&b, "::notice title=gatespan::%s more than GitHub shows; the log has all of them\n", count(left, "annotation"))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	o.Color = false
	return writeText(w, r, o)
}

// annotationPlace is the properties of a command that name a place, ending with a comma; a space alone where there is none.
func annotationPlace(at finding.Position) string {
	if at.IsZero() {
		return " "
	}
	out := " file=" + commandProperty(at.File) + ","
	if at.Line > 0 {
		out += fmt.Sprintf("line=%d,endLine=%d,", at.Line, at.Line)
	}
	if at.Column > 0 {
		out += fmt.Sprintf("col=%d,", at.Column)
	}
	return out
}

// commandData escapes the message of a workflow command. Source: actions/toolkit packages/core/src/command.ts escapeData.
func commandData(text string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		lines = append(lines, strings.ReplaceAll(Clean(line), "%", "%25"))
	}
	return strings.Join(lines, "%0A")
}

// commandProperty escapes a property of a workflow command. Source: actions/toolkit packages/core/src/command.ts escapeProperty.
func commandProperty(text string) string {
	return strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C").Replace(Clean(text))
}
