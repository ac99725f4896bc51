package tree

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// maxFile is how large a file may be to be read: the largest overlay of 64 listeners is a twentieth of it.
const maxFile = 8 << 20

// change is one file to write, or to remove when want is nil.
type change struct {
	path string
	have []byte // nil: the file is not there
	want []byte
}

// comparison is what there is against what is wanted.
type comparison struct {
	changes   []change // sorted by path
	drift     []Drift  // sorted by file
	blockers  []Error  // foreign files in the way
	created   []string
	updated   []string
	removed   []removal
	existing  int            // overlays of the fleet that are there
	byCluster map[string]int // the same by cluster
	unchanged int
}

// removal is an overlay that is there and no longer wanted.
type removal struct {
	path    string
	cluster string
	moved   bool // the same overlay is wanted elsewhere
}

func compare(repo fs.FS, want Want) (*comparison, error) {
	c := &comparison{byCluster: map[string]int{}}
	folders, err := homes(repo, want)
	if err != nil {
		return nil, err
	}
	for _, o := range slices.SortedFunc(slices.Values(want.Overlays), func(a, b Overlay) int { return cmp.Compare(a.Path, b.Path) }) {
		if err := c.overlay(repo, want, o, folders); err != nil {
			return nil, err
		}
	}
	if err := c.stale(repo, want, folders); err != nil {
		return nil, err
	}
	c.inventories(want, folders)
	journal := path.Join(want.staging(), journalName)
	if _, err := look(repo, journal); !errors.Is(err, fs.ErrNotExist) {
		c.drift = append(c.drift, drifted("modified", want.staging(), journal, 1, "a run of gatespan generate was interrupted: run it again"))
	}
	slices.SortFunc(c.changes, func(a, b change) int { return cmp.Compare(a.path, b.path) })
	slices.SortStableFunc(c.drift, func(a, b Drift) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind))
	})
	return c, nil
}

// home is a folder that a fleet has overlays in.
type home struct {
	cluster string
	listed  map[string]string // what its inventory says, path to SHA-256
	old     []byte            // the inventory
	foreign bool              // something else has the inventory's name
}

// homes are the folders of the fleet's clusters, and those beside them that hold an inventory of the fleet: where a cluster was
// that is no longer declared.
func homes(repo fs.FS, want Want) (map[string]*home, error) {
	out := map[string]*home{}
	parents := map[string]bool{want.Folder: true}
	for cluster, folder := range want.Clusters {
		out[folder] = &home{cluster: cluster}
		parents[path.Dir(folder)] = true
	}
	for _, parent := range slices.Sorted(maps.Keys(parents)) {
		entries, err := list(repo, parent)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			folder := path.Join(parent, entry.Name())
			if out[folder] == nil && entry.IsDir() && folderForm(folder) {
				out[folder] = &home{}
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(out)) {
		content, err := look(repo, path.Join(folder, want.inventoryName()))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if out[folder].cluster == "" {
				delete(out, folder)
			}
			continue
		case errors.Is(err, errIrregular) || err == nil && !isInventory(content):
			out[folder].foreign = true
			continue
		case err != nil:
			return nil, err
		}
		out[folder].old, out[folder].listed = content, map[string]string{}
		list := read(content)
		for _, f := range list.Files {
			out[folder].listed[f.Path] = f.SHA256
		}
		if out[folder].cluster == "" {
			out[folder].cluster = cmp.Or(list.Cluster, path.Base(folder))
		}
	}
	return out, nil
}

// overlay compares the files of one wanted overlay.
func (c *comparison) overlay(repo fs.FS, want Want, o Overlay, folders map[string]*home) error {
	folder := want.Clusters[o.Cluster]
	there, changed := 0, false
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		place := path.Join(o.Path, name)
		wanted := o.Files[name]
		content, err := look(repo, place)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.changes = append(c.changes, change{path: place, want: wanted})
			c.drift = append(c.drift, drifted("missing", o.Path, place, 0, "the fleet generates it"))
			changed = true
			continue
		case errors.Is(err, errIrregular):
			c.foreign(o.Path, place, err.Error())
			continue
		case err != nil:
			return err
		}
		owner := OwnerOf(content)
		if owner == want.Fleet {
			there++
		}
		_, listed := folders[folder].listed[strings.TrimPrefix(place, folder+"/")]
		switch {
		case bytes.Equal(content, wanted):
			continue
		case owner == want.Fleet:
			c.changes = append(c.changes, change{path: place, have: content, want: wanted})
			c.drift = append(c.drift, modified(o.Path, place, content, wanted))
			changed = true
		case owner != "":
			c.foreign(o.Path, place, "belongs to fleet "+owner)
		case listed:
			c.drift = append(c.drift, modified(o.Path, place, content, wanted))
			c.blockers = append(c.blockers, Error{File: place, Message: "has lost the header of gatespan, so it may hold somebody's work", Hint: "remove it, or put the header back, and run gatespan generate again"})
		default:
			c.foreign(o.Path, place, "was not written by gatespan")
		}
	}
	if err := c.beside(repo, o); err != nil {
		return err
	}
	switch {
	case there == 0 && changed:
		c.created = append(c.created, o.Path)
	case changed:
		c.updated = append(c.updated, o.Path)
	default:
		c.unchanged++
	}
	return nil
}

// foreign notes a file that is in the way.
func (c *comparison) foreign(overlay, place, why string) {
	c.drift = append(c.drift, drifted("foreign", overlay, place, 1, why))
	c.blockers = append(c.blockers, Error{File: place, Message: why, Hint: "move it away, or rename what the fleet calls " + path.Base(overlay)})
}

// beside notes files in an overlay's folder that kustomize or Argo CD would act upon. They are nobody's business to write, so
// they are reported and left alone. Sources: kustomize api/konfig (RecognizedKustomizationFileNames); Argo CD
// docs/user-guide/parameters.md (.argocd-source.yaml overrides what an Application says).
func (c *comparison) beside(repo fs.FS, o Overlay) error {
	entries, err := list(repo, o.Path)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if _, ours := o.Files[name]; ours {
			continue
		}
		if name == "kustomization.yml" || name == "Kustomization" || name == "kustomization.yaml" || strings.HasPrefix(name, ".argocd-source") {
			c.drift = append(c.drift, drifted("foreign", o.Path, path.Join(o.Path, name), 1, "changes how the overlay is built, and was not written by gatespan"))
		}
	}
	return nil
}

// stale finds files of the fleet that are no longer wanted.
func (c *comparison) stale(repo fs.FS, want Want, folders map[string]*home) error {
	wanted, identities, wantedOf := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, o := range want.Overlays {
		wanted[o.Path] = true
		identities[o.Cluster+" "+tail(o.Path)] = true
		wantedOf[o.Cluster]++
		for name := range o.Files {
			wanted[path.Join(o.Path, name)] = true
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		places, err := candidates(repo, folder, folders[folder])
		if err != nil {
			return err
		}
		overlays := map[string]bool{}
		for _, place := range places {
			content, err := look(repo, place)
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errIrregular) {
				continue
			}
			if err != nil {
				return err
			}
			if OwnerOf(content) != want.Fleet {
				continue // somebody else's
			}
			overlay := path.Dir(place)
			first := !overlays[overlay]
			overlays[overlay] = true
			if wanted[place] {
				continue
			}
			c.changes = append(c.changes, change{path: place, have: content})
			if first && !wanted[overlay] {
				c.drift = append(c.drift, drifted("stale", overlay, place, 1, "the fleet no longer generates it"))
			} else if wanted[overlay] {
				c.drift = append(c.drift, drifted("stale", overlay, place, 1, "the fleet no longer generates this file"))
			}
		}
		cluster := folders[folder].cluster
		for _, overlay := range slices.Sorted(maps.Keys(overlays)) {
			c.existing++
			c.byCluster[cluster]++
			if !wanted[overlay] {
				c.removed = append(c.removed, removal{path: overlay, cluster: cluster, moved: identities[cluster+" "+tail(overlay)]})
			}
		}
	}
	return nil
}

// tail is an overlay's path in its cluster's folder.
func tail(overlay string) string { return path.Join(path.Base(path.Dir(overlay)), path.Base(overlay)) }

// candidates are the files of a folder that a fleet may own: by their place, and by the inventory.
func candidates(repo fs.FS, folder string, h *home) ([]string, error) {
	out := map[string]bool{}
	for listed := range h.listed {
		parts := strings.Split(listed, "/")
		if len(parts) == 3 && slices.Contains(kinds, parts[0]) && nameForm.MatchString(parts[1]) && fileForm.MatchString(parts[2]) {
			out[path.Join(folder, listed)] = true
		}
	}
	for _, kind := range kinds {
		entries, err := list(repo, path.Join(folder, kind))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if name := entry.Name(); entry.IsDir() && nameForm.MatchString(name) {
				out[path.Join(folder, kind, name, "kustomization.yaml")] = true
				out[path.Join(folder, kind, name, name+".yaml")] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(out)), nil
}

// inventories compares the inventory of each folder.
func (c *comparison) inventories(want Want, folders map[string]*home) {
	lists := want.inventories()
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		h, place := folders[folder], path.Join(folder, want.inventoryName())
		list := lists[folder]
		switch {
		case h.foreign:
			c.foreign(folder, place, "has the name of gatespan's inventory, and is none")
		case bytes.Equal(h.old, list):
		case h.old == nil:
			c.changes = append(c.changes, change{path: place, want: list})
			c.drift = append(c.drift, drifted("missing", folder, place, 0, "the inventory of the fleet is not there"))
		case list == nil:
			c.changes = append(c.changes, change{path: place, have: h.old})
			c.drift = append(c.drift, drifted("stale", folder, place, 1, "the fleet no longer generates anything here"))
		default:
			c.changes = append(c.changes, change{path: place, have: h.old, want: list})
			c.drift = append(c.drift, drifted("modified", folder, place, firstDifference(h.old, list), "the inventory lists other files than the fleet generates"))
		}
	}
}

func (c *comparison) result() Result {
	r := Result{Created: c.created, Updated: c.updated, Unchanged: c.unchanged, Drift: c.drift}
	for _, gone := range c.removed {
		r.Removed = append(r.Removed, gone.path)
	}
	slices.Sort(r.Removed)
	return r
}

func (c *comparison) inTheWay() []error {
	var out []error
	for _, b := range c.blockers {
		out = append(out, b)
	}
	return out
}

// massRemoval refuses a run that looks like a mistake; see Options.Prune.
func (c *comparison) massRemoval(want Want) error {
	left := maps.Clone(c.byCluster)
	total := 0
	for _, gone := range c.removed {
		if !gone.moved {
			left[gone.cluster]--
			total++
		}
	}
	wanted := map[string]bool{}
	for _, o := range want.Overlays {
		wanted[o.Cluster] = true
	}
	const hint = "if that is meant, run it again with --prune"
	for _, cluster := range slices.Sorted(maps.Keys(left)) {
		if left[cluster] == 0 && c.byCluster[cluster] > 0 && !wanted[cluster] {
			return Error{Message: fmt.Sprintf("this would remove everything that fleet %s generates for cluster %s (%d overlays)", want.Fleet, cluster, c.byCluster[cluster]), Hint: hint}
		}
	}
	if total > 3 && total*10 > c.existing {
		return Error{Message: fmt.Sprintf("this would remove %d of the %d overlays of fleet %s", total, c.existing, want.Fleet), Hint: hint}
	}
	return nil
}
