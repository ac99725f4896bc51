package report

import (
	"io"
	"slices"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/gatespan/gatespan/internal/finding"
)

// writeJUnit prints a JUnit report: a suite for each cluster, a failed case for each finding, a skipped one for each that is waived, and an
// error for each part that could not be judged. A run without any of them is one case that passed.
func writeJUnit(w io.Writer, r *Report, _ Options) error {
	findings := slices.Clone(r.Findings)
	finding.Sort(findings)
	suites := map[string]*junit.Testsuite{}
	var order []string
	suite := func(cluster string) *junit.Testsuite {
		if suites[cluster] == nil {
			suites[cluster] = &junit.Testsuite{Name: Clean("gatespan " + cluster), ID: len(order)}
			order = append(order, cluster)
		}
		return suites[cluster]
	}
	for _, f := range findings {
		c := junit.Testcase{Name: Clean(f.Rule + " " + SubjectText(f.Subject)), Classname: Clean("gatespan." + f.Cluster)}
		text := Clean(place(f.Position)) + "\n" + Clean(f.Message) + "\nhint: " + Clean(f.Remediation)
		switch {
		case f.Waived:
			c.Skipped = &junit.Result{Message: "waived: " + Clean(f.Message)}
		case f.Severity == finding.Block:
			c.Failure = &junit.Result{Message: Clean(f.Message), Type: f.Severity, Data: text}
		default:
			c.SystemOut = &junit.Output{Data: f.Severity + ": " + text}
		}
		suite(f.Cluster).AddTestcase(c)
	}
	for _, u := range r.Undecided {
		suite(u.Cluster).AddTestcase(junit.Testcase{
			Name: Clean("undecided " + u.Overlay), Classname: Clean("gatespan." + u.Cluster),
			Error: &junit.Result{Message: Clean(u.Message), Type: Undecided, Data: Clean(u.Hint)},
		})
	}
	if len(order) == 0 {
		suite("").AddTestcase(junit.Testcase{Name: "check: " + r.Verdict, Classname: "gatespan"})
	}
	var all junit.Testsuites
	all.Name = "gatespan"
	for _, cluster := range order {
		all.AddSuite(*suites[cluster])
	}
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
		return err
	}
	return all.WriteXML(w)
}
