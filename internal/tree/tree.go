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
	"io/fs"
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
	Prune  bool // allow the removal of more than a tenth of the fleet's overlays, or of a whole cluster
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

// Apply makes the tree below root hold what is wanted: all of it, or, on any error, what was there before.
func Apply(ctx context.Context, root string, want Want, options Options) (Result, error) {
	return Result{}, ctx.Err()
}

// Diff is every difference between what is wanted and a repository, sorted by file.
func Diff(repo fs.FS, want Want) ([]Drift, error) { return nil, nil }
