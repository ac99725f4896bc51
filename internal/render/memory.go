package render

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// memory is the file system that kustomize gets: the files of one root that the survey has checked, and nothing else. It cannot
// be written to, and whatever it does not hold does not exist. Paths are absolute, with the repository's root at "/".
type memory struct {
	files map[string][]byte
	dirs  map[string]bool
}

func newMemory() *memory {
	return &memory{files: map[string][]byte{}, dirs: map[string]bool{"/": true}}
}

// put adds a file by its repository-relative path.
func (m *memory) put(name string, content []byte) {
	full := path.Join("/", name)
	m.files[full] = content
	m.dir(path.Dir(full))
}

func (m *memory) dir(full string) {
	for ; !m.dirs[full]; full = path.Dir(full) {
		m.dirs[full] = true
	}
}

func clean(name string) string { return path.Join("/", filepath.ToSlash(name)) }

func absent(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// ReadFile implements filesys.FileSystem, as do the methods below.
func (m *memory) ReadFile(name string) ([]byte, error) {
	content, ok := m.files[clean(name)]
	if !ok {
		return nil, absent("open", name)
	}
	return slices.Clone(content), nil
}

func (m *memory) IsDir(name string) bool { return m.dirs[clean(name)] }

func (m *memory) Exists(name string) bool {
	_, ok := m.files[clean(name)]
	return ok || m.dirs[clean(name)]
}

func (m *memory) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	full := clean(name)
	if m.dirs[full] {
		return filesys.ConfirmedDir(full), "", nil
	}
	if _, ok := m.files[full]; ok {
		return filesys.ConfirmedDir(path.Dir(full)), path.Base(full), nil
	}
	return "", "", absent("stat", name)
}

func (m *memory) ReadDir(name string) ([]string, error) {
	full := clean(name)
	if !m.dirs[full] {
		return nil, absent("readdir", name)
	}
	var out []string
	for f := range m.files {
		if path.Dir(f) == full {
			out = append(out, path.Base(f))
		}
	}
	for d := range m.dirs {
		if d != full && path.Dir(d) == full {
			out = append(out, path.Base(d))
		}
	}
	slices.Sort(out)
	return out, nil
}

func (m *memory) Glob(pattern string) ([]string, error) {
	var out []string
	for f := range m.files {
		matched, err := path.Match(clean(pattern), f)
		if err != nil {
			return nil, err
		}
		if matched {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out, nil
}

func refusedWrite(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fmt.Errorf("read-only: %w", os.ErrPermission)}
}

// Open is not used by kustomize's build.
func (m *memory) Open(name string) (filesys.File, error)   { return nil, refusedWrite("open", name) }
func (m *memory) Create(name string) (filesys.File, error) { return nil, refusedWrite("create", name) }
func (m *memory) Mkdir(name string) error                  { return refusedWrite("mkdir", name) }
func (m *memory) MkdirAll(name string) error               { return refusedWrite("mkdir", name) }
func (m *memory) RemoveAll(name string) error              { return refusedWrite("remove", name) }
func (m *memory) WriteFile(name string, _ []byte) error    { return refusedWrite("write", name) }

// Walk is not used by kustomize's build.
func (m *memory) Walk(name string, _ filepath.WalkFunc) error {
	return refusedWrite("walk", strings.Clone(name))
}
