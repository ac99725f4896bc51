package policy

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"golang.org/x/sync/errgroup"
)

// Every mutant takes minutes, so that make test runs a part of them and make mutate all.
var (
	mutate     = flag.Bool("mutate", false, "TestMutation runs every mutant, not one of 40")
	mutateOnly = flag.String("mutate-only", "", "TestMutation runs every mutant of the files whose name holds this")
)

const (
	sampled       = 40
	mutationFloor = 95.0 // in percent of the mutants that compile and are not equivalent
)

// TestMutation breaks the rules in every small way, and wants a case to notice: a condition that no case needs is a condition that
// somebody can lose unseen. A rule must be held by the test beside it, a helper by those of the rules that use it.
func TestMutation(t *testing.T) {
	l := newLab(t)
	files := slices.DeleteFunc(slices.Sorted(maps.Keys(l.tests)), func(file string) bool { return !strings.Contains(file, *mutateOnly) })
	step := sampled
	if *mutate || *mutateOnly != "" {
		step = 1
	}
	type outcome struct{ verdict verdict }
	var outcomes []*outcome
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	place := 0
	for _, file := range files {
		for i, m := range mutantsOf(l.modules[file].Copy()) {
			if place++; place%step != 0 {
				continue
			}
			o := new(outcome)
			outcomes = append(outcomes, o)
			group.Go(func() error {
				if o.verdict = l.try(file, i); o.verdict == survived && equivalent[file+": "+m.what] != "" {
					o.verdict = same
				}
				if o.verdict == survived {
					t.Logf("policies/%s:%d: no case notices: %s", file, m.line, m.what)
				}
				return nil
			})
		}
	}
	_ = group.Wait()
	count := map[verdict]int{}
	for _, o := range outcomes {
		count[o.verdict]++
	}
	score := 100 * float64(count[killed]) / float64(count[killed]+count[survived])
	t.Logf("rule mutation: %.1f %% of %d mutants noticed by a case (%d survived, %d are equivalent, %d do not compile)",
		score, count[killed]+count[survived], count[survived], count[same], count[invalid])
	if !(score >= mutationFloor) {
		t.Errorf("the score is %.1f %%, at least %.0f wanted", score, mutationFloor)
	}
}

type verdict string

const (
	killed   verdict = "killed"   // a case flips
	survived verdict = "survived" // no case flips
	same     verdict = "same"     // survived, and means the same
	invalid  verdict = "invalid"  // does not compile
)

// lab has what is needed to test broken rules.
type lab struct {
	modules map[string]*ast.Module
	uses    map[string][]string // for each module, itself and those that it imports, directly or not
	tests   map[string][]string // for each rule and helper, the tests that hold it

	severity map[string]string // for each file of tests, that of the rule beside it
}

func newLab(t *testing.T) *lab {
	t.Helper()
	modules := everyModule(t)
	l := &lab{modules: modules, uses: map[string][]string{}, tests: map[string][]string{}, severity: map[string]string{}}
	rules, err := Rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range rules {
		l.severity[rule.ID+"/"+path.Base(rule.ID)+"_test.rego"] = rule.Severity
	}
	byPackage := map[string]string{}
	for file, m := range modules {
		byPackage[m.Package.Path.String()] = file
	}
	for file := range modules {
		found := []string{file}
		for next := 0; next < len(found); next++ {
			for _, i := range modules[found[next]].Imports {
				if used, ok := byPackage[i.Path.String()]; ok && !slices.Contains(found, used) {
					found = append(found, used)
				}
			}
		}
		l.uses[file] = found
	}
	for _, file := range slices.Sorted(maps.Keys(modules)) {
		if !strings.HasSuffix(file, "_test.rego") {
			continue
		}
		rule := path.Dir(file) + "/" + path.Base(path.Dir(file)) + ".rego"
		for _, used := range l.uses[rule] {
			l.tests[used] = append(l.tests[used], file)
		}
	}
	return l
}

// try breaks a module in the i-th way.
func (l *lab) try(file string, i int) verdict {
	broken := l.modules[file].Copy()
	mutantsOf(broken)[i].apply()
	for _, test := range l.tests[file] {
		if v := l.run(file, broken, test); v != survived {
			return v
		}
	}
	return survived
}

// run runs one file of tests, with one module exchanged.
func (l *lab) run(file string, broken *ast.Module, test string) verdict {
	modules := map[string]*ast.Module{}
	for _, used := range l.uses[test] {
		modules[used] = l.modules[used]
	}
	modules[file] = broken
	ctx := context.Background()
	store := inmem.NewFromObject(map[string]any{"severity": l.severity[test]})
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		panic(err) // an empty store in memory has no reason to fail
	}
	defer store.Abort(ctx, txn)
	results, err := tester.NewRunner().SetStore(store).SetModules(modules).RaiseBuiltinErrors(true).SetTimeout(10*time.Second).RunTests(ctx, txn)
	var wrong ast.Errors
	switch {
	case errors.As(err, &wrong):
		return invalid
	case err != nil:
		panic(fmt.Sprintf("%s with %s broken: %v", test, file, err))
	}
	v := survived
	for result := range results {
		if result.Error != nil || result.Fail {
			v = killed
		}
	}
	return v
}

// TestUnbrokenRulesSurvive: what TestMutation calls noticed is noticed because of the mutant.
func TestUnbrokenRulesSurvive(t *testing.T) {
	l := newLab(t)
	for file, tests := range l.tests {
		if strings.HasPrefix(file, "lib/") {
			continue
		}
		for _, test := range tests {
			if v := l.run(file, l.modules[file], test); v != survived {
				t.Errorf("%s unbroken: %s", test, v)
			}
		}
	}
}
