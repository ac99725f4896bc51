package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// markdownLimit is the most that is printed, in bytes: a comment on GitHub takes 65,536 characters (its API answers 422 to more), and a
// workflow may add a few lines of its own.
const markdownLimit = 60_000

// writeMarkdown prints a comment for a pull request: the verdict, what the change does to the posture, then the findings with the way to mend
// each. What does not fit is counted, and the verdict is always there.
func writeMarkdown(w io.Writer, r *Report, o Options) error {
	c := comment{options: o}
	verdict := map[string]string{Pass: "✅ gatespan: nothing blocks", Blocked: "❌ gatespan blocks this change", Undecided: "⚠ gatespan could not decide"}
	c.add("### " + verdict[r.Verdict] + "\n\n" + markdown(tally(r.Summary)) + "\n")
	c.changes(r.Changes)
	findings := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Waived })
	finding.Sort(findings)
	if len(findings) > 0 {
		c.add("\n#### Findings\n")
	}
	for _, f := range findings {
		c.finding(f)
	}
	if len(r.Undecided) > 0 {
		c.add("\n#### What could not be judged\n\n")
	}
	for _, u := range r.Undecided {
		c.add("- " + codeSpan(join(u.Cluster, u.Overlay)) + " " + markdown(join(u.Message, u.Hint)) + "\n")
	}
	if c.left > 0 {
		c.out.WriteString("\n" + count(c.left, "part") + " of this report did not fit here; `gatespan check` prints all of it.\n")
	}
	_, err := io.WriteString(w, c.out.String())
	return err
}

// comment is Markdown that stays below the limit.
type comment struct {
	options Options
	out     strings.Builder
	left    int // parts that did not fit
}

// add writes a part as a whole or not at all; once one did not fit, nothing follows.
func (c *comment) add(part string) {
	if c.left > 0 || c.out.Len()+len(part) > markdownLimit {
		c.left++
		return
	}
	c.out.WriteString(part)
}

func (c *comment) changes(all []Change) {
	if len(all) == 0 {
		return
	}
	c.add("\n#### What the change does\n\n| | where | what | before | after |\n|---|---|---|---|---|\n")
	for _, one := range inReadingOrder(all) {
		c.add(fmt.Sprintf("| %s | %s | %s | %s | %s |\n", markdown(one.Direction), cellSpan(join(one.Cluster, SubjectText(one.Subject))),
			markdown(one.Field), cellSpan(one.Before), cellSpan(one.After)))
	}
}

func (c *comment) finding(f finding.Finding) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s** %s %s\n\n%s\n", markdown(f.Severity), codeSpan(f.Rule), codeSpan(place(f.Position)), markdown(f.Message))
	fmt.Fprintf(&b, "\n%s\n", markdown(about(f)))
	if f.Remediation != "" {
		fmt.Fprintf(&b, "\n*How to mend it:* %s\n", markdown(f.Remediation))
	}
	if f.Source != nil && !f.Source.IsZero() {
		fmt.Fprintf(&b, "\n*From:* %s\n", codeSpan(place(*f.Source)))
	}
	c.add(b.String())
}

// tally says in words what was judged and found.
func tally(s Summary) string {
	return fmt.Sprintf("%s, %s, %s: %s, %s, %s, %s, %s.",
		count(s.Clusters, "cluster"), count(s.Overlays, "overlay"), count(s.Objects, "object"),
		count(s.Block, "blocking finding"), count(s.Change, "change"), count(s.Warn, "warning"), count(s.Waived, "waived finding"), count(s.Undecided, "undecided part"))
}

// markdown writes text so that it is text in Markdown, also in a table: no emphasis, code, links, HTML, mentions or references to issues. What
// GitHub would link by itself (a scheme, www, a mention, an issue) is broken by entities, which read the same.
func markdown(text string) string {
	return strings.NewReplacer(
		`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`,
		"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;", "#", "&#35;", "://", "&#58;//", "www.", "www&#46;",
	).Replace(Clean(text))
}

// codeSpan is text in a code span: fenced with one backtick more than it has in a row.
func codeSpan(text string) string {
	text = Clean(text)
	if text == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// cellSpan is a code span in a table, where a bar would end the cell even in code.
func cellSpan(text string) string { return strings.ReplaceAll(codeSpan(text), "|", `\|`) }

// fenced is a block of code that its content cannot end.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}
