package corpus

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// Outcome is what a run said, as a reader of its JSON report sees it; Exit2 says why a run could not be done.
type Outcome struct {
	Verdict  string
	Findings []struct {
		Rule, Severity string
		Waived         bool
		Subject        struct{ Kind, Namespace, Name, Listener string }
		Object         struct{ Kind, Namespace, Name string }
		File           string
		Line           int
		Message        string
	}
	Undecided []struct{ Message string }
	Exit2     string `json:"-"`
}

// judge runs the check as the command does, and reads its report.
func judge(t *testing.T, r *gatetest.Repo, o gate.Options) Outcome {
	t.Helper()
	o.Dir, o.Today = r.Dir, "2026-11-30"
	judged, err := gate.Check(context.Background(), o)
	if err != nil {
		return Outcome{Verdict: report.Undecided, Exit2: err.Error()}
	}
	var text bytes.Buffer
	if err := report.JSON(&text, judged); err != nil {
		t.Fatal(err)
	}
	var out Outcome
	if err := json.Unmarshal(text.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// has reports whether an expected finding blocks. r is the repository that was judged: a line is found by what it says.
func (o Outcome) has(t *testing.T, r *gatetest.Repo, x Expected) bool {
	t.Helper()
	if x.Undecided != "" {
		return o.Verdict == report.Undecided && (strings.Contains(o.Exit2, x.Undecided) ||
			slices.ContainsFunc(o.Undecided, func(u struct{ Message string }) bool { return strings.Contains(u.Message, x.Undecided) }))
	}
	place := ""
	if x.Line != "" {
		place = r.Line(x.File, x.Line)
	}
	for _, f := range o.Findings {
		subject := named(f.Subject.Kind, f.Subject.Namespace, f.Subject.Name)
		if f.Subject.Listener != "" {
			subject += " listener " + f.Subject.Listener
		}
		if o.Verdict == report.Blocked && f.Severity == "block" && !f.Waived && f.Rule == x.Rule &&
			(x.Subject == "" || x.Subject == subject) &&
			(x.Object == "" || x.Object == named(f.Object.Kind, f.Object.Namespace, f.Object.Name)) &&
			(x.File == "" || x.File == f.File) && (place == "" || place == fmt.Sprintf("%s:%d", f.File, f.Line)) {
			return true
		}
	}
	return false
}

func named(kind, namespace, name string) string {
	if namespace != "" {
		name = namespace + "/" + name
	}
	return kind + " " + name
}

// String is the outcome as a failed test prints it: everything that has compares.
func (o Outcome) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s", o.Verdict, o.Exit2)
	for _, f := range o.Findings {
		fmt.Fprintf(&out, "\n  %s %s: %s %s by %s at %s:%d: %s", f.Severity, f.Rule,
			named(f.Subject.Kind, f.Subject.Namespace, f.Subject.Name), f.Subject.Listener,
			named(f.Object.Kind, f.Object.Namespace, f.Object.Name), f.File, f.Line, f.Message)
	}
	for _, u := range o.Undecided {
		fmt.Fprintf(&out, "\n  undecided: %s", u.Message)
	}
	return out.String()
}
