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

var trees = flag.String("trees", "", "write the repository of each case after its change into this `directory`, with an index")

// changed is a line of the index.
type changed struct{ ID, Case, Dir, Fleet, Overlays string }

// TestTrees writes the changed repositories for others to judge: make e2e asks the controllers' own translators about them. A change that
// needs Git itself to be seen, and not its files, is left out.
func TestTrees(t *testing.T) {
	if *trees == "" {
		t.Skip("only make e2e asks for them")
	}
	entries, bases, contents := load(t)
	var index []changed
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
			if err := os.CopyFS(filepath.Join(*trees, to), os.DirFS(r.Dir)); err != nil {
				t.Logf("%s %s: %v", e.ID, c.Name, err) // links out of the tree
				continue
			}
			index = append(index, changed{e.ID, c.Name, to, tree.Fleet, tree.Overlays})
		}
	}
	raw, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*trees, "index"), raw, 0o644); err != nil {
		t.Fatal(err)
	}
}
