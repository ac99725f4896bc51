package fleet

import (
	"crypto/sha256"
	"io/fs"
	"sync"
)

// Known is what evaluating files gave, by their contents: of two revisions of a fleet most files are the same, and what is evaluated together
// depends on nothing else. The zero value is ready, and may be used concurrently; nil keeps nothing.
type Known struct {
	mu    sync.Mutex
	units map[[sha256.Size]byte]evaluated
}

// evaluated is a valid unit: the value that the schema accepted, as JSON, and where the files say what. Nobody changes it.
type evaluated struct {
	json  []byte
	index index
}

// Load is the function Load with what is known already.
func (k *Known) Load(fsys fs.FS, root, overlays string) (*Fleet, error) {
	return load(fsys, root, overlays, k, defaultLimits)
}

// sum identifies all that the evaluation of a unit sees.
func (u unit) sum() (out [sha256.Size]byte) {
	h := sha256.New()
	for _, src := range u.sources { // sums of sums, so that no two lists of files run together
		name, data := sha256.Sum256([]byte(src.name)), sha256.Sum256(src.data)
		h.Write(name[:])
		h.Write(data[:])
	}
	h.Sum(out[:0])
	return out
}

func (k *Known) find(u unit) (evaluated, bool) {
	if k == nil {
		return evaluated{}, false
	}
	sum := u.sum()
	k.mu.Lock()
	defer k.mu.Unlock()
	e, ok := k.units[sum]
	return e, ok
}

func (k *Known) keep(u unit, e evaluated) {
	if k == nil {
		return
	}
	sum := u.sum()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.units == nil {
		k.units = map[[sha256.Size]byte]evaluated{}
	}
	k.units[sum] = e
}
