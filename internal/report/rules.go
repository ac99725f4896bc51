package report

import (
	"io"
	"strings"

	"github.com/gatespan/gatespan/internal/policy"
)

// RulesText prints the rules as a table.
func RulesText(w io.Writer, rules []policy.Rule, style Style) error {
	p := &page{style: style}
	t := &table{head: []string{"RULE", "SEVERITY", "WHAT IT BLOCKS"}}
	for _, r := range rules {
		title := r.Title
		if r.User {
			title += " (from --policies)"
		}
		t.row(cell{r.ID, bold}, cell{r.Severity, severityColor[r.Severity]}, cell{title, none})
	}
	t.write(p)
	p.end()
	p.say(faint, count(len(rules), "rule")+"; gatespan explain RULE tells more")
	return p.print(w)
}

// RulesJSON prints the rules for machines.
func RulesJSON(w io.Writer, rules []policy.Rule) error {
	rules = append([]policy.Rule{}, rules...)
	for i := range rules {
		rules[i].Links = list(rules[i].Links)
	}
	return JSON(w, map[string]any{"version": "1", "rules": rules})
}

// RuleText prints all of one rule: what it is about, how to mend a finding, a bad and a good example.
func RuleText(w io.Writer, r policy.Rule, style Style) error {
	p := &page{style: style}
	p.put(bold, r.ID)
	p.put(severityColor[r.Severity], "  "+r.Severity)
	p.end()
	p.wrapped("", none, r.Title)
	for _, paragraph := range strings.Split(strings.TrimSpace(r.Description), "\n\n") {
		p.end()
		p.wrapped("", none, strings.Join(strings.Fields(paragraph), " "))
	}
	p.end()
	p.wrapped("hint: ", none, strings.Join(strings.Fields(r.Remediation), " "))
	example(p, "bad", red, r.Bad)
	example(p, "good", green, r.Good)
	if len(r.Links) > 0 {
		p.end()
	}
	for _, link := range r.Links {
		p.wrapped("see: ", none, strings.TrimSpace(link.Ref+" "+link.Description))
	}
	return p.print(w)
}

func example(p *page, name, color, text string) {
	p.end()
	p.say(color, name)
	for _, line := range strings.Split(CleanLines(strings.TrimRight(text, "\n")), "\n") {
		p.say(none, "  "+line)
	}
}
