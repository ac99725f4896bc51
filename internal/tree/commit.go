package tree

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// journalName is the file in the staging folder whose presence means: everything is staged, and the tree is being changed.
const journalName = "journal.json"

// journal says what a run does to the tree, in order. Contents wait in the staging folder as <n>.new and <n>.old.
type journal struct {
	Fleet   string  `json:"fleet"`
	Entries []entry `json:"entries"`
}

// entry is one file; an empty digest means that it is not there.
type entry struct {
	Path string `json:"path"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

func newName(staging string, i int) string { return path.Join(staging, strconv.Itoa(i)+".new") }
func oldName(staging string, i int) string { return path.Join(staging, strconv.Itoa(i)+".old") }

// commit makes all changes, or none. An error before the journal is there has touched nothing but the staging folder; an error
// after it puts every file back.
func (d *disk) commit(want Want, changes []change) error {
	staging := want.staging()
	made, err := d.makeDir(staging)
	if err != nil {
		return fmt.Errorf("nothing was changed: %w", err)
	}
	j := journal{Fleet: want.Fleet}
	err = d.stage(staging, changes, &j)
	if err == nil {
		err = d.forward(staging, j)
		if err != nil {
			if undo := d.back(staging, j); undo != nil {
				return fmt.Errorf("%w; putting the old files back failed too: %w; the next run of gatespan generate completes what is in %s", err, undo, staging)
			}
		}
	}
	clean := d.unstage(staging)
	if err != nil {
		d.removeDirs(made)
		return errors.Join(fmt.Errorf("nothing was changed: %w", err), clean)
	}
	if clean == nil {
		d.tidy(path.Dir(staging))
	}
	return nil // the tree is complete and the journal gone: what is left of the staging folder is cleared by the next run
}

// stage writes everything that the run will need, then the journal.
func (d *disk) stage(staging string, changes []change, j *journal) error {
	for i, c := range changes {
		e := entry{Path: c.path}
		if c.have != nil {
			e.Old = digest(c.have)
			if err := d.write(oldName(staging, i), c.have); err != nil {
				return err
			}
		}
		if c.want != nil {
			e.New = digest(c.want)
			if err := d.write(newName(staging, i), c.want); err != nil {
				return err
			}
		}
		j.Entries = append(j.Entries, e)
	}
	raw, err := json.Marshal(j)
	if err != nil {
		return err
	}
	draft := path.Join(staging, "journal.draft")
	if err := d.write(draft, raw); err != nil {
		return err
	}
	if err := d.sync(staging); err != nil {
		return err
	}
	if err := d.rename(draft, path.Join(staging, journalName)); err != nil {
		return err
	}
	return d.sync(staging)
}

// forward makes what the journal says, from wherever it stands, and then forgets the journal. A file that is neither the old nor
// the new one has been changed by somebody meanwhile: it stays, and the run fails.
func (d *disk) forward(staging string, j journal) error {
	folders := map[string]bool{}
	for i, e := range j.Entries {
		state, err := d.state(e)
		if err != nil {
			return err
		}
		folders[path.Dir(e.Path)] = true
		switch {
		case state == e.New:
			continue
		case state != e.Old:
			return fmt.Errorf("%s: was changed by somebody else meanwhile", e.Path)
		case e.New == "":
			err = d.remove(e.Path)
		default:
			if _, err = d.makeDir(path.Dir(e.Path)); err == nil {
				err = d.rename(newName(staging, i), e.Path)
			}
		}
		if err != nil {
			return err
		}
	}
	for folder := range folders {
		if err := d.sync(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := d.remove(path.Join(staging, journalName)); err != nil {
		return err
	}
	for _, e := range j.Entries {
		if e.New == "" {
			d.tidy(path.Dir(e.Path))
		}
	}
	return nil
}

// back puts every file back that the journal changed. It goes on after an error, so that as much as possible is old.
func (d *disk) back(staging string, j journal) error {
	var failed []error
	for i, e := range slices.Backward(j.Entries) {
		state, err := d.state(e)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if state == e.New && state != e.Old { // otherwise not reached, or changed by somebody else
			if e.Old == "" {
				err = d.remove(e.Path)
			} else if _, err = d.makeDir(path.Dir(e.Path)); err == nil {
				err = d.rename(oldName(staging, i), e.Path)
			}
		}
		if err != nil {
			failed = append(failed, err)
		}
		if e.Old == "" {
			d.tidy(path.Dir(e.Path))
		}
	}
	return errors.Join(failed...)
}

// state is the digest of what is at an entry's place now, "" for nothing.
func (d *disk) state(e entry) (string, error) {
	content, err := look(d.root.FS(), e.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", e.Path, err)
	}
	return digest(content), nil
}

// staged are the files that a run leaves in the staging folder.
var staged = regexp.MustCompile(`^([0-9]+\.(new|old)|journal\.(json|draft))$`)

// unstage removes the staging folder: the journal first, so that what is left means nothing.
func (d *disk) unstage(staging string) error {
	entries, err := list(d.root.FS(), staging)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if !staged.MatchString(e.Name()) || !e.Type().IsRegular() {
			return Error{File: path.Join(staging, e.Name()), Message: "is in gatespan's staging folder, and is not its own", Hint: "move it away"}
		}
		names = append(names, e.Name())
	}
	slices.SortFunc(names, func(a, b string) int {
		switch {
		case a == journalName:
			return -1
		case b == journalName:
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		if err := d.root.Remove(path.Join(staging, name)); err != nil {
			return err
		}
	}
	if err := d.root.Remove(staging); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// recover completes a run that was killed after its journal was written, and clears one that was killed before.
func (d *disk) recover(want Want) error {
	staging := want.staging()
	info, err := d.root.Lstat(staging)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return Error{File: staging, Message: "is where gatespan stages files, and is no folder", Hint: "remove it"}
	}
	raw, err := look(d.root.FS(), path.Join(staging, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return d.cleared(staging)
	}
	if err != nil {
		return err
	}
	var j journal
	if err := json.Unmarshal(raw, &j); err != nil || j.Fleet != want.Fleet {
		return Error{File: path.Join(staging, journalName), Message: "is no journal of this fleet", Hint: "remove " + staging + " and check `git status`"}
	}
	// The journal is a file of the repository, and so not trusted: it may only name, and only bring, what a run would write.
	for i, e := range j.Entries {
		if err := d.allowed(want, staging, i, e); err != nil {
			return err
		}
	}
	if err := d.forward(staging, j); err != nil {
		return Error{File: staging, Message: "an interrupted run cannot be completed: " + err.Error(), Hint: "restore the overlays with git, remove " + staging + " and run gatespan generate again"}
	}
	return d.cleared(staging)
}

func (d *disk) cleared(staging string) error {
	if err := d.unstage(staging); err != nil {
		return err
	}
	d.tidy(path.Dir(staging))
	return nil
}

// allowed checks one entry of a journal that was found.
func (d *disk) allowed(want Want, staging string, i int, e entry) error {
	refuse := func(why string) error {
		return Error{File: path.Join(staging, journalName), Message: fmt.Sprintf("names %s, %s", e.Path, why), Hint: "remove " + staging + " and check `git status`"}
	}
	name := path.Base(e.Path)
	isList := name == want.inventoryName()
	if !folderForm(e.Path) || !isList && (!fileForm.MatchString(name) || !slices.Contains(kinds, path.Base(path.Dir(path.Dir(e.Path))))) {
		return refuse("which is no file that gatespan generates")
	}
	if e.New != "" {
		content, err := look(d.root.FS(), newName(staging, i))
		if err == nil && (digest(content) != e.New || !isList && OwnerOf(content) != want.Fleet || isList && !isInventory(content)) {
			return refuse("with a content that is not the fleet's")
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	have, err := look(d.root.FS(), e.Path)
	if err == nil && OwnerOf(have) != want.Fleet && !(isList && isInventory(have)) {
		return refuse("which somebody else wrote")
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
