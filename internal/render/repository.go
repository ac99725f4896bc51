package render

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/gatespan/gatespan/internal/revision"
)

// maxLinks bounds the symbolic links that one path may go through.
const maxLinks = 40

// repository reads files of the user's repository: never outside of it, never more than the limits, each at most once. It may
// be used concurrently.
type repository struct {
	ctx     context.Context
	witness *witness
	known   *Known
	limits  Limits

	mu     sync.Mutex
	real   map[string]string      // path → path without symbolic links
	kinds  map[string]fs.FileMode // type bits of paths without links
	files  map[string]*file
	kusts  map[string]*kustomization
	lister map[string][]fs.DirEntry
}

// file is a file that was read, or the reason why not.
type file struct {
	path    string
	content []byte
	refused *refusal

	once   sync.Once
	docs   []*document
	broken *refusal
}

func newRepository(ctx context.Context, fsys fs.FS, known *Known, l Limits) *repository {
	return &repository{ctx: ctx, witness: newWitness(fsys), known: known, limits: l, real: map[string]string{}, kinds: map[string]fs.FileMode{},
		files: map[string]*file{}, kusts: map[string]*kustomization{}, lister: map[string][]fs.DirEntry{}}
}

var errOutside = errors.New("leaves the repository")

// resolve follows every symbolic link of a repository-relative path and tells whether it is a directory. A path or link that
// leaves the repository is errOutside.
func (r *repository) resolve(name string) (real string, dir bool, err error) {
	if !fs.ValidPath(name) {
		return "", false, errOutside
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.real[name]; ok {
		return known, r.kinds[known].IsDir(), nil
	}
	at, rest, links := ".", name, 0
	for {
		first, more, _ := strings.Cut(rest, "/")
		if first == ".." {
			if at == "." {
				return "", false, errOutside
			}
			first, at = ".", path.Dir(at)
		}
		here := path.Join(at, first)
		mode, err := r.lstat(here)
		switch {
		case err != nil:
			return "", false, err
		case mode&fs.ModeSymlink != 0:
			target, err := r.witness.link(here)
			if err != nil {
				return "", false, err
			}
			if links++; links > maxLinks {
				return "", false, errors.New("too many symbolic links")
			}
			if path.IsAbs(target) || target == "" {
				return "", false, errOutside
			}
			rest = target
			if more != "" {
				rest += "/" + more
			}
		case more == "":
			r.real[name] = here
			return here, mode.IsDir(), nil
		case !mode.IsDir():
			return "", false, fs.ErrNotExist
		default:
			at, rest = here, more
		}
	}
}

// lstat remembers what a path is. The lock is held.
func (r *repository) lstat(name string) (fs.FileMode, error) {
	if mode, ok := r.kinds[name]; ok {
		return mode, nil
	}
	mode, err := r.witness.kind(name)
	if err != nil {
		return 0, err
	}
	r.kinds[name] = mode
	return mode, nil
}

// readDir lists a directory without links in its path, sorted.
func (r *repository) readDir(name string) ([]fs.DirEntry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.lister[name]; ok {
		return known, nil
	}
	entries, err := r.witness.list(name)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		r.kinds[path.Join(name, e.Name())] = e.Type()
	}
	r.lister[name] = entries
	return entries, nil
}

// read reads a file without links in its path.
func (r *repository) read(name string) (*file, *refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.files[name]; ok {
		return f, f.refused
	}
	f := &file{path: name}
	f.content, f.refused = r.load(name)
	r.files[name] = f
	return f, f.refused
}

func (r *repository) load(name string) ([]byte, *refusal) {
	at := place{name, 1, 1}
	if len(r.files) >= r.limits.Files {
		return nil, overLimit(at, "give the cluster a narrower path", "more than %d files are read for one cluster", r.limits.Files)
	}
	content, err := r.witness.content(name, r.limits.FileBytes)
	switch {
	case errors.Is(err, errIrregular):
		return nil, refuse(ruleRoot, at, "%v", err)
	case err != nil:
		return nil, refuse(ruleRoot, at, "the file cannot be read: %v", err)
	}
	if len(content) > r.limits.FileBytes {
		return nil, overLimit(at, "split the file", "the file is larger than %d bytes", r.limits.FileBytes)
	}
	if revision.IsLFSPointer(content) {
		return nil, refuse(ruleRoot, at, "the file's content is in Git LFS, not in the repository")
	}
	return content, nil
}

// documents parses a file once.
func (r *repository) documents(f *file) ([]*document, *refusal) {
	f.once.Do(func() { f.docs, f.broken = r.known.parse(f.path, f.content, r.limits) })
	return f.docs, f.broken
}

// manifest reads and parses a file.
func (r *repository) manifest(name string) ([]*document, *refusal) {
	f, refused := r.read(name)
	if refused != nil {
		return nil, refused
	}
	return r.documents(f)
}

// kustomizationFiles are the names that kustomize recognises (api/konfig, RecognizedKustomizationFileNames).
var kustomizationFiles = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// kustomizationIn returns the kustomization files of a directory; more than one is an error to kustomize.
func (r *repository) kustomizationIn(dir string) []string {
	entries, err := r.readDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if slices.Contains(kustomizationFiles, e.Name()) && !e.IsDir() {
			out = append(out, path.Join(dir, e.Name()))
		}
	}
	return out
}

// isManifest tells the files that Flux puts into the kustomization that it generates
// (fluxcd/pkg kustomize/kustomize_generator.go, scanManifests: .yaml and .yml) plus JSON for cluster paths.
func isManifest(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// peek reads a file that may well be nobody's manifest: one that is too large or too many is no reason to stop.
func (r *repository) peek(name string) (*file, *refusal) {
	r.mu.Lock()
	known, ok := r.files[name]
	r.mu.Unlock()
	if ok {
		return known, known.refused
	}
	r.mu.Lock()
	content, refused := r.load(name)
	r.mu.Unlock()
	return &file{path: name, content: content, refused: refused}, refused
}
