package claims

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		outcomes []Outcome
		want     int
	}{
		{nil, 2},
		{[]Outcome{Agrees}, 0},
		{[]Outcome{Agrees, Read}, 0},
		{[]Outcome{Read}, 2}, // nothing was asked
		{[]Outcome{Agrees, NotRun}, 2},
		{[]Outcome{NotRun, Differs, Agrees}, 1},
		{[]Outcome{Agrees, "agree"}, 1},
		{[]Outcome{Agrees, ""}, 1},
	} {
		var rows []Row
		for _, o := range c.outcomes {
			rows = append(rows, Row{Outcome: o})
		}
		if got := Status(rows); got != c.want {
			t.Errorf("%q: %d instead of %d", c.outcomes, got, c.want)
		}
	}
}

// TestOf: what a test says reaches the table of the run, and a table without a run loses nothing.
func TestOf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows")
	t.Setenv(Environment, file)
	for _, c := range []*fake{{}, {failed: true}, {skipped: true}} {
		Of(c, &Row{Claim: "c", Detail: "a\nb"})
		c.end()
	}
	Of(&fake{}, &Row{}) // its test never ends
	rows, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	var got []Outcome
	for _, r := range rows {
		got = append(got, r.Outcome)
	}
	if want := []Outcome{Agrees, Differs, NotRun}; !slices.Equal(got, want) {
		t.Errorf("%q instead of %q", got, want)
	}
	if rows, err := Load(file + "-none"); err != nil || len(rows) > 0 {
		t.Errorf("%v, %v of a file that is not there", rows, err)
	}
}

type fake struct {
	failed, skipped bool
	end             func()
}

func (f *fake) Helper()               {}
func (f *fake) Cleanup(end func())    { f.end = end }
func (f *fake) Failed() bool          { return f.failed }
func (f *fake) Skipped() bool         { return f.skipped }
func (f *fake) Errorf(string, ...any) { f.failed = true }

func TestWrite(t *testing.T) {
	var out strings.Builder
	err := Write(&out, []Row{
		{"API server", "takes the fleet", "kube-apiserver", "v1", Agrees, "12 objects"},
		{"GitOps", "prunes", "kustomize-controller", "v2", Differs, "route: \x1b[31mstill there\nand served"},
		{"API server", "refuses typing errors", "kube-apiserver", "v1", NotRun, "no etcd"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `CLAIM                    COMPONENT             VERSION  IT SAYS
API server                                              
  takes the fleet        kube-apiserver        v1       agrees (12 objects)
  refuses typing errors  kube-apiserver        v1       not run
GitOps                                                  
  prunes                 kustomize-controller  v2       differs

kustomize-controller: prunes: differs
  route:  [31mstill there
  and served

kube-apiserver: refuses typing errors: not run
  no etcd

3 claims: 1 agree, 1 differ, 1 not run, 0 read and not run
`
	if out.String() != want {
		t.Errorf("%s\ninstead of\n%s", out.String(), want)
	}
}
