package render

import (
	"crypto/sha256"
	"sync"
)

// Known is what was worked out of contents alone, whichever tree they were read from: parsed files, and what kustomize made of a root's
// files. The revisions of a repository that one run reads share one. The zero value is ready, and may be used concurrently; nil keeps nothing.
type Known struct {
	mu    sync.Mutex
	files map[content]*parsed
	built map[[sha256.Size]byte][]map[string]any
}

// content is a file as it was parsed: positions name the path, and limits decide what is refused.
type content struct {
	path   string
	sum    [sha256.Size]byte
	limits Limits
}

type parsed struct {
	once   sync.Once
	docs   []*document // read by everybody, changed by nobody
	broken *refusal
}

// parse parses a content once.
func (k *Known) parse(path string, bytes []byte, l Limits) ([]*document, *refusal) {
	if k == nil {
		return parse(path, bytes, l)
	}
	key := content{path, sha256.Sum256(bytes), l}
	k.mu.Lock()
	p := k.files[key]
	if p == nil {
		if k.files == nil {
			k.files = map[content]*parsed{}
		}
		p = &parsed{}
		k.files[key] = p
	}
	k.mu.Unlock()
	p.once.Do(func() { p.docs, p.broken = parse(path, bytes, l) })
	return p.docs, p.broken
}

// find returns what kustomize made of the same files before, as a copy: what follows kustomize changes objects in place.
func (k *Known) find(sum [sha256.Size]byte) ([]map[string]any, bool) {
	if k == nil {
		return nil, false
	}
	k.mu.Lock()
	objects, ok := k.built[sum]
	k.mu.Unlock()
	return copies(objects), ok
}

// keep remembers what kustomize made of files. How it failed is not kept: that may have been time or memory.
func (k *Known) keep(sum [sha256.Size]byte, objects []map[string]any) {
	if k == nil {
		return
	}
	objects = copies(objects)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.built == nil {
		k.built = map[[sha256.Size]byte][]map[string]any{}
	}
	k.built[sum] = objects
}

func copies(objects []map[string]any) []map[string]any {
	out := make([]map[string]any, 0, len(objects))
	for _, o := range objects {
		out = append(out, deepCopy(o).(map[string]any))
	}
	return out
}

// sum identifies all that kustomize gets to see when it renders a directory.
func (m *memory) sum(dir string) (out [sha256.Size]byte) {
	h := sha256.New()
	write := func(part []byte) { // as its own sum, so that no two lists of parts run together
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	write([]byte(dir))
	for _, name := range sortedKeys(m.dirs) {
		write([]byte(name))
	}
	write(nil)
	for _, name := range sortedKeys(m.files) {
		write([]byte(name))
		write(m.files[name])
	}
	h.Sum(out[:0])
	return out
}
