// Package tree keeps the files that a fleet owns: it creates, updates and removes them, refuses to touch what others wrote, and
// says where the tree differs from what the fleet generates.
//
//  1. compare: what is wanted against what is there, by the inventories and by the header of each file
//  2. refuse: foreign files in the way, links, a mass removal that nobody asked for
//  3. stage: every new file and a copy of every old one, written, synced and read back
//  4. commit: a journal; from here on a killed run is completed by the next one
//  5. apply: rename file by file; an error puts every old file back
//
// Diff is the first step alone, on any read-only tree.
package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Overlay is one folder of generated files.
type Overlay struct {
	Cluster string
	Path    string            // relative to the repository, with forward slashes
	Files   map[string][]byte // by file name
}

// Want is everything that one fleet wants in a repository.
type Want struct {
	Fleet    string            // its name; the owner of every file
	Folder   string            // where clusters have their folders by default, "overlays"
	Clusters map[string]string // each cluster's folder; its inventory is there
	Overlays []Overlay
}

// Options of Apply.
type Options struct {
	// Prune allows a run that removes a whole cluster's overlays, or more than three and more than a tenth of the fleet's:
	// one in three is a day's work, a hundred in two hundred is a fleet directory that was not found.
	Prune  bool
	DryRun bool // say what would be done, and do nothing

	fault func(op, path string) error // tests: called before each change of the file system
}

// Result is what Apply did, or would do. Paths of overlays are relative to the repository and sorted.
type Result struct {
	Created   []string
	Updated   []string
	Removed   []string
	Unchanged int
	Drift     []Drift // the differences before the run
}

// Error is why a tree cannot be made what is wanted. Nothing was changed.
type Error struct {
	File    string // relative to the repository; "" when it is not about one file
	Message string
	Hint    string
}

func (e Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	return b.String()
}

// Apply makes the tree below root hold what is wanted: all of it, or, on any error, what was there before. Runs in the same
// repository wait for each other.
func Apply(ctx context.Context, root string, want Want, options Options) (Result, error) {
	if err := want.valid(); err != nil {
		return Result{}, err
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return Result{}, err
	}
	defer dir.Close()
	d := &disk{root: dir, fault: options.fault}
	if !options.DryRun {
		unlock, err := lock(ctx, dir)
		if err != nil {
			return Result{}, err
		}
		defer unlock()
		if err := d.recover(want); err != nil {
			return Result{}, err
		}
	}
	found, err := compare(dir.FS(), want)
	if err != nil {
		return Result{}, err
	}
	result := found.result()
	if err := errors.Join(found.inTheWay()...); err != nil {
		return result, err
	}
	if !options.Prune {
		if err := found.massRemoval(want); err != nil {
			return result, err
		}
	}
	if options.DryRun || len(found.changes) == 0 {
		return result, nil
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if err := d.commit(want, found.changes); err != nil {
		return Result{}, fmt.Errorf("writing %s: %w", want.Folder, err)
	}
	return result, nil
}

// Diff is every difference between what is wanted and a repository, sorted by file.
func Diff(repo fs.FS, want Want) ([]Drift, error) {
	if err := want.valid(); err != nil {
		return nil, err
	}
	found, err := compare(repo, want)
	if err != nil {
		return nil, err
	}
	return found.drift, nil
}
