package tree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// inventory lists what a fleet owns in a cluster's folder.
type inventory struct {
	GeneratedBy string `json:"generatedBy"` // gatespan
	Fleet       string `json:"fleet"`
	Cluster     string `json:"cluster"`
	Files       []file `json:"files"` // sorted
}

// file is one file, relative to the cluster's folder.
type file struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// inventories is the wanted inventory of each folder, as bytes; a cluster without overlays has none.
func (w Want) inventories() map[string][]byte {
	lists := map[string]*inventory{}
	for _, o := range w.Overlays {
		folder := w.Clusters[o.Cluster]
		if lists[folder] == nil {
			lists[folder] = &inventory{GeneratedBy: "gatespan", Fleet: w.Fleet, Cluster: o.Cluster}
		}
		for name, content := range o.Files {
			place := strings.TrimPrefix(path.Join(o.Path, name), folder+"/")
			lists[folder].Files = append(lists[folder].Files, file{place, digest(content)})
		}
	}
	out := map[string][]byte{}
	for _, folder := range slices.Sorted(maps.Keys(lists)) {
		list := lists[folder]
		slices.SortFunc(list.Files, func(a, b file) int { return strings.Compare(a.Path, b.Path) })
		raw, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			panic(err) // strings only: cannot fail
		}
		out[folder] = append(raw, '\n')
	}
	return out
}

// isInventory recognises an inventory of gatespan, also one that holds the markers of a merge conflict.
func isInventory(content []byte) bool {
	return bytes.HasPrefix(content, []byte("{")) && bytes.Contains(content, []byte(`"generatedBy": "gatespan"`))
}

// read returns the inventory that content holds; an empty one when it is broken. It is a hint of where to look, and never a
// permission: the header of a file alone says whose it is.
func read(content []byte) inventory {
	var list inventory
	if json.Unmarshal(content, &list) != nil {
		return inventory{}
	}
	return list
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
