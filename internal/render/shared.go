package render

import (
	"bytes"
	"path"
	"strings"
	"sync"
)

// Shared is what the clusters of one repository share: which files hold objects of Argo CD, looked up once and not for each cluster. The zero
// value is ready, and may be used concurrently; it must not be used for another repository, or another revision of it.
type Shared struct {
	once    sync.Once
	files   []string
	refused *refusal
}

// argo are the files with objects of Argo CD, by name. It is refused when not all were looked at.
func (x *Shared) argo(r *repository) ([]string, *refusal) {
	x.once.Do(func() {
		own := newRepository(r.ctx, r.witness.fsys, r.known, r.limits) // what one cluster has read must not count
		walked := 0
		var walk func(dir string)
		walk = func(dir string) {
			entries, err := own.readDir(dir)
			if err != nil {
				return
			}
			for _, e := range entries {
				if walked++; walked > r.limits.Directory {
					x.refused = overLimit(place{".", 1, 1}, "keep what is not delivered in another repository",
						"more than %d directory entries in the repository: Argo CD Applications may be among them", r.limits.Directory)
					return
				}
				name := path.Join(dir, e.Name())
				switch {
				case e.IsDir() && !strings.HasPrefix(e.Name(), "."):
					walk(name)
				case e.Type().IsRegular() && (isManifest(name) || path.Ext(name) == ".json"):
					if f, refused := own.peek(name); refused == nil && bytes.Contains(f.content, []byte(argoGroup+"/")) {
						x.files = append(x.files, name)
					}
				}
			}
		}
		walk(".")
	})
	return x.files, x.refused
}
