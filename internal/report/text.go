package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/posture"
)

// writeText prints a report for people: the findings, most severe first, each with the lines that decide it and the way to
// mend it; then what could not be judged, what was taken for granted, what was left out, and the verdict.
func writeText(w io.Writer, r *Report, o Options) error {
	p := &page{style: o.Style}
	t := text{page: p, read: o.ReadFile}
	waived := 0
	for _, f := range r.Findings {
		if f.Waived && !o.Verbose {
			waived++
			continue
		}
		t.finding(f)
	}
	if len(r.Changes) > 0 {
		p.say(bold, "what changed")
		changes(p, r.Changes)
		p.end()
	}
	for _, u := range r.Undecided {
		t.undecided(u)
	}
	if !o.Quiet {
		t.assumptions(r.Assumptions)
		t.outOfScope(r.OutOfScope)
		if waived > 0 {
			p.say(faint, count(waived, "waived finding")+" (--verbose lists them)")
		}
		if len(p.out) > 0 && !bytes.HasSuffix(p.out, []byte("\n\n")) {
			p.end()
		}
		t.summary(r)
	}
	return p.print(w)
}

// ShortFingerprint is how much of a finding's fingerprint people see, and may give to gatespan waive.
const ShortFingerprint = 12

type text struct {
	*page
	read  func(string) ([]byte, error)
	files map[string][]byte
}

// severityColor is how a severity, a verdict or a direction of change looks.
var severityColor = map[string]string{
	finding.Block: red, finding.Change: blue, finding.Warn: yellow,
	Pass: green, Undecided: yellow,
}

func (t *text) finding(f finding.Finding) {
	severity := f.Severity
	if f.Waived {
		severity = "waived"
	}
	t.put(severityColor[severity], severity)
	t.put(none, "  ")
	t.put(bold, f.Rule)
	if f.File != "" {
		t.put(none, "  "+place(f.Position))
	}
	t.end()
	t.wrapped("  ", none, f.Message)
	t.wrapped("  ", faint, about(f))
	t.excerpt(f)
	if f.Remediation != "" {
		t.wrapped("  hint: ", none, f.Remediation)
	}
	for _, related := range f.Related {
		t.wrapped("  see:  ", none, place(related.Position)+"  "+related.Message)
	}
	if f.Source != nil && f.Source.File != "" {
		t.wrapped("  from: ", none, place(*f.Source))
	}
	if n := ShortFingerprint; len(f.Fingerprint) > n {
		t.wrapped("  id:   ", faint, f.Fingerprint[:n])
	}
	t.end()
}

// excerpt shows the lines that decide, unless the finding is about something that must not be shown.
func (t *text) excerpt(f finding.Finding) {
	if t.read == nil || f.File == "" || f.Line < 1 || f.Object.Kind == "Secret" || strings.HasPrefix(f.Rule, "secrets/") {
		return
	}
	content, known := t.files[f.File]
	if !known {
		var err error
		if content, err = t.read(f.File); err != nil {
			content = nil
		}
		if t.files == nil {
			t.files = map[string][]byte{}
		}
		t.files[f.File] = content
	}
	if e := excerptOf(f.File, content, f.Line); e != nil {
		e.write(t.page, "  ", f.Line, f.Column)
	}
}

// about says what is unsafe, and which object decided it when that is another one.
func about(f finding.Finding) string {
	var parts []string
	if f.Cluster != "" {
		parts = append(parts, f.Cluster)
	}
	if f.Subject.Kind != "" {
		parts = append(parts, SubjectText(f.Subject))
	}
	object := posture.Subject{Kind: f.Object.Kind, Namespace: f.Object.Namespace, Name: f.Object.Name}
	subject := f.Subject
	subject.Listener = ""
	switch {
	case object.Kind != "" && object != subject:
		parts = append(parts, strings.TrimSpace("decided by "+SubjectText(object)+" "+f.Field))
	case f.Field != "":
		parts = append(parts, "decided by "+f.Field)
	}
	if !f.Introduced {
		parts = append(parts, "also in the base")
	}
	return strings.Join(parts, " · ")
}

// SubjectText writes a subject as people say it: "Gateway edge/edge listener relay".
func SubjectText(s posture.Subject) string {
	out := s.Kind + " " + s.Name
	if s.Namespace != "" {
		out = s.Kind + " " + s.Namespace + "/" + s.Name
	}
	if s.Listener != "" {
		out += " listener " + s.Listener
	}
	return strings.TrimSpace(out)
}

// place writes a position as editors and terminals understand it: file:line:column.
func place(p finding.Position) string {
	switch {
	case p.Line < 1:
		return p.File
	case p.Column < 1:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

func (t *text) undecided(u Undecidedness) {
	t.put(yellow, "undecided")
	t.put(none, "  "+cmp.Or(u.Overlay, u.Cluster))
	t.end()
	t.wrapped("  ", none, u.Message)
	if u.Hint != "" {
		t.wrapped("  hint: ", none, u.Hint)
	}
	t.end()
}

func (t *text) assumptions(all []Assumption) {
	if len(all) == 0 {
		return
	}
	if !t.style.Verbose {
		t.say(faint, "rests on "+count(len(all), "assumption")+" about what is not in Git (--verbose lists them)")
		return
	}
	t.say(bold, "assumptions")
	for _, a := range all {
		t.wrapped("  ", none, a.Cluster+": "+a.Text)
	}
	t.end()
}

func (t *text) outOfScope(all []OutOfScope) {
	if len(all) == 0 {
		return
	}
	t.say(bold, "out of scope")
	for _, o := range all {
		t.wrapped("  ", none, o.Cluster+": "+SubjectText(o.Subject)+": "+o.Reason)
	}
}

func (t *text) summary(r *Report) {
	s := r.Summary
	t.wrapped("", faint, strings.Join([]string{
		count(s.Clusters, "cluster"), count(s.Overlays, "overlay"), count(s.Objects, "object"),
		count(s.RulesEvaluated, "rule evaluation"),
	}, ", "))
	var found []string
	for _, c := range []struct {
		n    int
		noun string
	}{{s.Block, "blocking finding"}, {s.Change, "change"}, {s.Warn, "warning"}, {s.Waived, "waived finding"}, {s.Undecided, "undecided part"}} {
		if c.n > 0 {
			found = append(found, count(c.n, c.noun))
		}
	}
	if len(found) == 0 {
		found = []string{"nothing found"}
	}
	t.put(severityColor[r.Verdict], r.Verdict)
	part := ""
	if r.Shard != nil {
		part = fmt.Sprintf(" in shard %d of %d", r.Shard.Index, r.Shard.Of)
	}
	t.put(none, part+": "+strings.Join(found, ", "))
	t.end()
}
