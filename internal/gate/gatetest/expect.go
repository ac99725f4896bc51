package gatetest

import (
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/report"
)

// Blocks fails the test unless a finding of the rule blocks: about the subject "Kind ns/name" or "Kind ns/name listener x", decided by
// the object "Kind ns/name", at the place "file:line" or "file". An empty one of these may be any. A cluster-scoped object is "Kind name".
func (r *Repo) Blocks(judged *report.Report, rule, subject, object, place string) {
	r.t.Helper()
	for _, f := range judged.Findings {
		if f.Rule == rule && f.Severity == finding.Block && !f.Waived && judged.Verdict == report.Blocked &&
			(subject == "" || subject == subjectOf(f)) && (object == "" || object == objectOf(f)) &&
			(place == "" || place == f.File || place == placeOf(f)) {
			return
		}
	}
	r.t.Errorf("want %s to block, about %q, decided by %q, at %q; got %s", rule, subject, object, place, print(judged))
}

// Quiet fails the test if a finding of the rule blocks.
func (r *Repo) Quiet(judged *report.Report, rule string) {
	r.t.Helper()
	for _, f := range judged.Findings {
		if f.Rule == rule && f.Severity == finding.Block && !f.Waived {
			r.t.Errorf("want %s not to block; got %s", rule, print(judged))
			return
		}
	}
}

// Passes fails the test unless nothing blocks and everything could be judged.
func (r *Repo) Passes(judged *report.Report) {
	r.t.Helper()
	if judged.Verdict != report.Pass {
		r.t.Errorf("want a pass; got %s", print(judged))
	}
}

// Line is the place "file:line" of the only line of a file that holds the text, for Blocks.
func (r *Repo) Line(file, text string) string {
	r.t.Helper()
	place := ""
	for i, line := range strings.Split(r.Read(file), "\n") {
		if strings.Contains(line, text) {
			if place != "" {
				r.t.Fatalf("%s has %q more than once, at %s and %s:%d", file, text, place, file, i+1)
			}
			place = fmt.Sprintf("%s:%d", file, i+1)
		}
	}
	if place == "" {
		r.t.Fatalf("%s has no %q:\n%s", file, text, r.Read(file))
	}
	return place
}

func subjectOf(f finding.Finding) string {
	s := named(f.Subject.Kind, f.Subject.Namespace, f.Subject.Name)
	if f.Subject.Listener != "" {
		s += " listener " + f.Subject.Listener
	}
	return s
}

func objectOf(f finding.Finding) string {
	return named(f.Object.Kind, f.Object.Namespace, f.Object.Name)
}

func placeOf(f finding.Finding) string { return fmt.Sprintf("%s:%d", f.File, f.Line) }

func named(kind, namespace, name string) string {
	if namespace != "" {
		name = namespace + "/" + name
	}
	return kind + " " + name
}

// print shows a report as a failed test wants to see it: everything that Blocks compares.
func print(judged *report.Report) string {
	var out strings.Builder
	fmt.Fprintf(&out, "verdict %s", judged.Verdict)
	for _, f := range judged.Findings {
		fmt.Fprintf(&out, "\n  %s %s: %q by %q at %s (%s): %s", f.Severity, f.Rule, subjectOf(f), objectOf(f), placeOf(f), f.Field, f.Message)
	}
	for _, u := range judged.Undecided {
		fmt.Fprintf(&out, "\n  undecided %s: %s", u.Overlay, u.Message)
	}
	return out.String()
}
