package policy

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/gatespan/gatespan/policies"
)

// coverageFloor is in percent of the lines of all rules and helpers, tests left out.
const coverageFloor = 99.5

// TestRego runs what `opa test policies/` runs, and holds the coverage.
func TestRego(t *testing.T) {
	modules := everyModule(t)
	compiler := ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true)
	if compiler.Compile(modules); compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	coverage := cover.New()
	ctx := context.Background()
	store := inmem.New()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Abort(ctx, txn)
	results, err := tester.NewRunner().SetCompiler(compiler).SetStore(store).SetModules(modules).
		SetCoverageQueryTracer(coverage).RaiseBuiltinErrors(true).SetTimeout(10*time.Second).RunTests(ctx, txn)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for result := range results {
		switch {
		case result.Error != nil || result.Fail || result.Skip:
			t.Errorf("%s: %s: failed at %v: %v", result.Location, result.Name, result.FailedAt, result.Error)
		default:
			passed++
		}
	}
	rules := map[string]*ast.Module{}
	for file, module := range modules {
		if !strings.HasSuffix(file, "_test.rego") && !strings.HasPrefix(file, "lib/testing/") {
			rules[file] = module
		}
	}
	report := coverage.Report(rules)
	covered, lines := 0, 0
	for file := range rules {
		found := report.Files[file]
		covered, lines = covered+found.CoveredLines, lines+found.CoveredLines+found.NotCoveredLines
		for _, uncovered := range found.NotCovered {
			t.Logf("%s:%d is not covered", file, uncovered.Start.Row)
		}
	}
	percent := 100 * float64(covered) / float64(lines)
	t.Logf("%d Rego tests, %d lines of rules, %.2f %% covered", passed, lines, percent)
	if percent < coverageFloor {
		t.Errorf("coverage of the rules is %.2f %%, at least %.1f wanted", percent, coverageFloor)
	}
}

// TestEveryRuleHasCases: for every rule there is a test in which its deny holds findings, and one in which it is empty. The
// helpers that say so are in policies/lib/testing, so a test cannot claim it by its name.
func TestEveryRuleHasCases(t *testing.T) {
	rules, err := Rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	modules := everyModule(t)
	for _, rule := range rules {
		name := path.Base(rule.ID)
		module := modules[rule.ID+"/"+name+"_test.rego"]
		if module == nil {
			t.Errorf("%s has no test beside it", rule.ID)
			continue
		}
		var said []string
		for _, test := range module.Rules {
			if !strings.HasPrefix(test.Head.Name.String(), "test_") {
				continue
			}
			ast.WalkExprs(test, func(expr *ast.Expr) bool {
				if expr.IsCall() && expr.Operand(0) != nil && expr.Operand(0).String() == "rule.deny" {
					said = append(said, expr.Operator().String())
				}
				return false
			})
		}
		found := func(helper string) bool { return slices.Contains(said, "given."+helper) }
		if !found("blocks") && !found("changes") && !found("warns") {
			t.Errorf("%s has no case that it reports", rule.ID)
		}
		if !found("passes") {
			t.Errorf("%s has no case that it lets pass", rule.ID)
		}
		if rule.Severity == "block" && !found("blocks") {
			t.Errorf("%s blocks, and no case says so", rule.ID)
		}
		own := rulesPath.Append(ast.StringTerm(path.Dir(rule.ID))).Append(ast.StringTerm(name)).String()
		if !slices.ContainsFunc(module.Imports, func(i *ast.Import) bool { return i.Alias == "rule" && i.Path.String() == own }) {
			t.Errorf("the tests beside %s test something else", rule.ID)
		}
	}
}

func everyModule(t *testing.T) map[string]*ast.Module {
	t.Helper()
	modules := map[string]*ast.Module{}
	err := fs.WalkDir(policies.FS, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".rego" {
			return err
		}
		text, err := fs.ReadFile(policies.FS, file)
		if err != nil {
			return err
		}
		modules[file], err = ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: capabilities()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return modules
}
