package corpus

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

var trees = flag.String("trees", "", "write the repository of each case after its change into this `directory`, with an index, and not into a temporary one")

// changed is a line of the index.
type changed struct{ ID, Case, Dir, Fleet, Overlays string }

// TestTrees writes the changed repositories for others to judge: make e2e asks the controllers' own translators about them. A change that
// needs Git itself to be seen, and not its files, is left out.
func TestTrees(t *testing.T) {
	into := *trees
	if into == "" {
		into = t.TempDir()
	}
	entries, bases, contents := load(t)
	var index []changed
	left := 0
	for _, e := range entries {
		for i, c := range e.Cases {
			if slices.ContainsFunc(c.Edits, func(e Edit) bool { return e.Module != "" }) {
				continue
			}
			tree := bases[c.Base]
			r := gatetest.Files(t, contents[c.Base])
			apply(t, r, tree, c.Before)
			apply(t, r, tree, c.Edits)
			to := fmt.Sprintf("%s-%d", e.ID, i)
			if err := os.CopyFS(filepath.Join(into, to), os.DirFS(r.Dir)); err != nil {
				left++ // a link out of the tree
				t.Logf("%s %s: %v", e.ID, c.Name, err)
				continue
			}
			index = append(index, changed{e.ID, c.Name, to, tree.Fleet, tree.Overlays})
		}
	}
	if len(index) < 10*left {
		t.Errorf("only %d repositories, without %d that cannot be copied", len(index), left)
	}
	raw, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(into, "index"), raw, 0o644); err != nil {
		t.Fatal(err)
	}
}
