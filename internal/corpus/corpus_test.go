package corpus

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

var table = flag.Bool("table", false, "print what was expected of each change, and what came out")

func load(t *testing.T) ([]Entry, map[string]Tree, map[string]map[string]string) {
	t.Helper()
	root := filepath.Join("..", "..")
	entries, trees, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]map[string]string{}
	for name, tree := range trees {
		if files[name], err = tree.files(root); err != nil {
			t.Fatal(err)
		}
	}
	return entries, trees, files
}

// TestBases: what changes start from passes, in each of the ways that cases judge it, and is used.
func TestBases(t *testing.T) {
	entries, trees, files := load(t)
	used := map[string]bool{}
	for _, e := range entries {
		for _, c := range e.Cases {
			used[c.Base] = true
		}
	}
	for name, tree := range trees {
		if !used[name] {
			t.Errorf("no case uses base %s", name)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gatetest.Files(t, files[name])
			if o := judge(t, r, tree.withoutExposures()); o.Verdict != report.Pass {
				t.Errorf("for a fleet of clusters only: %s", o)
			}
			r.Start()
			o := tree.options()
			o.Base = "HEAD"
			if o := judge(t, r, o); o.Verdict != report.Pass {
				t.Errorf("against itself: %s", o)
			}
		})
	}
}

// TestCorpus makes every change of the corpus and judges it.
func TestCorpus(t *testing.T) {
	entries, trees, files := load(t)
	rows := make([][]string, len(entries))
	t.Cleanup(func() {
		if *table {
			print(entries, rows)
		}
	})
	for i, e := range entries {
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			rows[i] = make([]string, len(e.Cases))
			for j, c := range e.Cases {
				t.Run(c.Name, func(t *testing.T) {
					got, wrong := c.run(t, trees[c.Base], files[c.Base])
					for _, w := range wrong {
						t.Error(w)
					}
					rows[i][j] = row(t, e, c, got, wrong)
				})
			}
		})
	}
}

// row is one line of the table: id, controller, evidence, expected, got, and the case.
func row(t *testing.T, e Entry, c Case, got Outcome, wrong []string) string {
	t.Helper()
	expected, outcome, evidence := "pass", got.Verdict, c.Evidence
	if e.Unsafe() {
		var rules, met []string
		for _, x := range c.Expect {
			name := x.Rule
			if x.Undecided != "" {
				name = "undecided"
			}
			rules, met = append(rules, name), append(met, strings.TrimSpace(name+" "+x.Object))
		}
		expected = strings.Join(rules, " and ")
		if len(wrong) == 0 {
			outcome = strings.Join(met, " and ")
		}
	} else {
		evidence = "-"
	}
	if len(wrong) != 0 {
		outcome = "NOT AS EXPECTED: " + outcome
	}
	return fmt.Sprintf("%-5s %-14s %-6s %-42s %-60s %s", e.ID, e.Controller, evidence, expected, outcome, c.Name)
}

// print writes the table and the totals.
func print(entries []Entry, rows [][]string) {
	total := map[string]int{}
	fmt.Fprintf(os.Stdout, "%-5s %-14s %-6s %-42s %-60s %s\n", "id", "controller", "shows", "expected", "got", "case")
	for i, e := range entries {
		kind := "safe"
		if e.Unsafe() {
			kind = "unsafe"
		}
		met := len(rows[i]) == len(e.Cases)
		for _, r := range rows[i] {
			fmt.Println(r)
			met = met && r != "" && !strings.Contains(r, "NOT AS EXPECTED")
			total[kind+" cases"]++
		}
		total[kind]++
		if met {
			total[kind+" met"]++
		}
	}
	fmt.Printf("\nunsafe: %d of %d as expected (%d cases); safe: %d of %d let through (%d cases)\n",
		total["unsafe met"], total["unsafe"], total["unsafe cases"], total["safe met"], total["safe"], total["safe cases"])
}
