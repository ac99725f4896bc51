package tree

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// kinds are the folders of a cluster that overlays are in.
var kinds = []string{"gateways", "exposures", "consumers", "trust", "access", "gitops"}

var (
	nameForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?$`)
	fileForm = regexp.MustCompile(`^[a-z0-9][-a-z0-9]*\.yaml$`)
)

// valid refuses names before they become paths. The fleet's schema has checked them; this is what the disk relies on.
func (w Want) valid() error {
	if !nameForm.MatchString(w.Fleet) {
		return Error{Message: fmt.Sprintf("%q is no name for a fleet", w.Fleet), Hint: "lower-case letters, digits and '-'"}
	}
	if !folderForm(w.Folder) {
		return Error{Message: fmt.Sprintf("%q is no folder of the repository", w.Folder)}
	}
	for _, cluster := range slices.Sorted(maps.Keys(w.Clusters)) {
		if !folderForm(w.Clusters[cluster]) {
			return Error{Message: fmt.Sprintf("%q, the path of cluster %s, is no folder of the repository", w.Clusters[cluster], cluster)}
		}
	}
	seen := map[string]bool{}
	for _, o := range w.Overlays {
		folder, ok := w.Clusters[o.Cluster]
		kind, name := path.Base(path.Dir(o.Path)), path.Base(o.Path)
		if !ok || path.Join(folder, kind, name) != o.Path || !slices.Contains(kinds, kind) || !nameForm.MatchString(name) {
			return Error{Message: fmt.Sprintf("%q is no place for an overlay of cluster %s", o.Path, o.Cluster)}
		}
		if seen[o.Path] {
			return Error{File: o.Path, Message: "is wanted twice"}
		}
		seen[o.Path] = true
		for file, content := range o.Files {
			if !fileForm.MatchString(file) {
				return Error{File: o.Path, Message: fmt.Sprintf("%q is no name for a file", file)}
			}
			if OwnerOf(content) != w.Fleet {
				return Error{File: path.Join(o.Path, file), Message: "does not begin with the header of fleet " + w.Fleet}
			}
		}
	}
	return nil
}

// folderForm: a clean relative path that is not Git's own.
func folderForm(folder string) bool {
	return fs.ValidPath(folder) && !strings.Contains(folder, `\`) &&
		!slices.ContainsFunc(strings.Split(folder, "/"), func(part string) bool { return strings.EqualFold(part, ".git") })
}

// inventoryName is the file that lists what a fleet owns in a cluster's folder. It begins with a dot: Flux takes every other
// YAML or JSON file below a folder without a kustomization for a manifest.
func (w Want) inventoryName() string { return ".gatespan-" + w.Fleet + ".json" }

// staging is the folder that new files wait in, on the same file system as their places.
func (w Want) staging() string { return path.Join(w.Folder, ".gatespan-staging-"+w.Fleet) }
