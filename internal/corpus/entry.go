// Package corpus is the corpus of changes as a test: testdata/corpus has a file for each change that a reviewer of a Git repository might be
// asked to let through, the unsafe ones (U…) and the safe ones (S…), with what must come out of a check.
package corpus

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What shows that a change is unsafe.
const (
	State = "state" // the head alone, judged with a fleet of clusters only where its base has one
	Base  = "base"  // only the comparison with the base: the head alone passes
	Fleet = "fleet" // only what the fleet declares: for a fleet of clusters only, the head passes
)

// Entry is one change of the corpus: a file testdata/corpus/entries/ID.yaml.
type Entry struct {
	ID         string
	Controller string // a controller's name, or any
	Side       string // who is weakened: those who are called (provider), those who call (consumer), both
	Change     string // what is changed
	Why        string // what the controller then does
	Source     string // where that is written down, if the package of the controller does not already say
	Corrected  string // what an older form of this entry had wrong, with the source
	Undecided  string // why no static check can decide it
	Cases      []Case
}

// Case is the change made in one repository.
type Case struct {
	Name     string
	Base     string // one of bases.yaml
	Evidence string // state, base, fleet; none for a safe change
	Policies string // a directory of the user's rules, as --policies names it
	Before   []Edit // what the base has, too
	Edits    []Edit
	Expect   []Expected // each must be among what blocks
}

// Expected is one finding that must block, or why the run must end undecided.
type Expected struct {
	Rule      string
	Subject   string // "Kind namespace/name", "Kind namespace/name listener x", "Kind name"
	Object    string // likewise: the object at fault
	File      string // where it is
	Line      string // a text that only its line has
	Undecided string // instead of all others: a text of the reason
	Fleet     bool   // of a state case: a further finding, for which the fleet is needed
}

// Edit is one step of a change. Exactly one of its verbs is given.
type Edit struct {
	File     string
	Replace  *string // the only place of File that reads so
	With     string
	Append   *string
	Write    *string
	Drop     string // the only document of File that holds this text
	Delete   string // a file or directory
	Rename   string // a file or directory
	To       string
	Link     string // a symbolic link to To
	Module   string // a Git submodule, whose commit is To
	Generate bool   // gatespan generate
}

// Tree is one base: what is copied from this repository, and where its fleet is.
type Tree struct {
	Copies   []string // paths of this repository, which keep their place
	From     []string // directories below testdata/corpus/bases, which become the root; a later one adds to those before it
	Fleet    string   // "" for the default
	Overlays string   // likewise
	Clusters string   // a fleet of the same clusters without exposures, below testdata/corpus/clusters; "" where the fleet has none anyway
}

// Load reads a corpus: its entries in the order of the file ids, every one of which must be there, and its bases. root is this repository.
func Load(root string) ([]Entry, map[string]Tree, error) {
	dir := filepath.Join(root, "testdata", "corpus")
	trees := map[string]Tree{}
	if err := read(filepath.Join(dir, "bases.yaml"), &trees); err != nil {
		return nil, nil, err
	}
	list, err := os.ReadFile(filepath.Join(dir, "ids"))
	if err != nil {
		return nil, nil, err
	}
	var entries []Entry
	for _, id := range strings.Fields(string(list)) {
		var e Entry
		file := filepath.Join(dir, "entries", id+".yaml")
		if err := read(file, &e); err != nil {
			return nil, nil, err
		}
		if err := e.check(id, trees); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		entries = append(entries, e)
	}
	files, err := os.ReadDir(filepath.Join(dir, "entries"))
	if err == nil && len(files) != len(entries) {
		err = fmt.Errorf("%d files in %s, and %d ids", len(files), filepath.Join(dir, "entries"), len(entries))
	}
	return entries, trees, err
}

// Unsafe says which kind of change it is.
func (e Entry) Unsafe() bool { return strings.HasPrefix(e.ID, "U") }

func read(file string, into any) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// check finds what makes an entry say less than it seems to.
func (e Entry) check(id string, trees map[string]Tree) error {
	if e.ID != id || e.Controller == "" || e.Side == "" || e.Change == "" || e.Why == "" || len(e.Cases) == 0 {
		return fmt.Errorf("id, controller, side, change, why and cases are all needed, and id is %s", id)
	}
	names := map[string]bool{}
	for _, c := range e.Cases {
		if err := c.check(e.Unsafe(), trees); err != nil {
			return fmt.Errorf("case %q: %w", c.Name, err)
		}
		if names[c.Name] {
			return fmt.Errorf("two cases are named %q", c.Name)
		}
		names[c.Name] = true
	}
	return nil
}

func (c Case) check(unsafe bool, trees map[string]Tree) error {
	_, found := trees[c.Base]
	switch {
	case c.Name == "":
		return fmt.Errorf("it needs a name")
	case !found:
		return fmt.Errorf("there is no base %q", c.Base)
	case len(c.Edits) == 0:
		return fmt.Errorf("it changes nothing")
	case !unsafe && (c.Evidence != "" || len(c.Expect) != 0):
		return fmt.Errorf("a safe change has no evidence and nothing blocks")
	case unsafe && c.Evidence != State && c.Evidence != Base && c.Evidence != Fleet:
		return fmt.Errorf("its evidence is %q", c.Evidence)
	case unsafe && len(c.Expect) == 0:
		return fmt.Errorf("nothing is expected")
	}
	for _, x := range c.Expect {
		if x.Undecided == "" && (x.Rule == "" || x.Object == "" && x.File == "") {
			return fmt.Errorf("a rule, and the object or the file at fault are needed")
		}
		if x.Line != "" && x.File == "" {
			return fmt.Errorf("line %q of which file?", x.Line)
		}
	}
	return nil
}
