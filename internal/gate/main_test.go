package gate_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatespan/gatespan/internal/corpus"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	policies "github.com/gatespan/gatespan/internal/policy"
)

// TestMain, after a whole run: a rule that fired in no check here, and that no change of the corpus expects, could be one that cannot fire.
// What the tests beside a rule feed it is not enough: the gate may never make such an input.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	for _, chosen := range []string{"test.run", "test.skip", "test.list", "test.short"} {
		if f := flag.Lookup(chosen); f.Value.String() != f.DefValue {
			os.Exit(code)
		}
	}
	if code == 0 {
		code = everyRuleFired()
	}
	os.Exit(code)
}

func everyRuleFired() int {
	entries, _, err := corpus.Load(filepath.Join("..", ".."))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fired := gatetest.Fired()
	for _, e := range entries {
		for _, c := range e.Cases {
			for _, x := range c.Expect {
				fired = append(fired, x.Rule)
			}
		}
	}
	rules, err := policies.Rules(nil)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	code := 0
	for _, rule := range rules {
		if !slices.Contains(fired, rule.ID) {
			fmt.Printf("%s fired in no test of the gate, and no change of the corpus expects it\n", rule.ID)
			code = 1
		}
	}
	return code
}
