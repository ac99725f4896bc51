package render

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// witness is all that rendering sees of a repository: it answers four questions, and remembers what it answered. What is rendered is made
// of these answers and of nothing else, so that a tree that gives the same ones renders the same.
type witness struct {
	fsys fs.FS

	mu    sync.Mutex
	heard map[question]string
}

// question is what was asked about a path.
type question struct{ what, name string }

// failed is the answer that is never the same as another one: the texts of errors differ from one kind of tree to the next.
const failed = ""

var errIrregular = errors.New("not a regular file")

func newWitness(fsys fs.FS) *witness { return &witness{fsys: fsys, heard: map[question]string{}} }

func (w *witness) hear(what, name, answer string, err error) {
	if err != nil {
		answer = failed
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard[question{what, name}] = answer
}

// kind is the type bits of a path, which is not followed when it is a link.
func (w *witness) kind(name string) (kind fs.FileMode, err error) {
	info, err := fs.Lstat(w.fsys, name)
	if err == nil {
		kind = info.Mode().Type()
	}
	w.hear("kind", name, kind.String(), err)
	return kind, err
}

// link is the target of a symbolic link.
func (w *witness) link(name string) (string, error) {
	target, err := fs.ReadLink(w.fsys, name)
	w.hear("link", name, target, err)
	return target, err
}

// list is what a directory holds, sorted by name. Git's own directory is beside the repository, not in it: a revision has none.
func (w *witness) list(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.fsys, name)
	if name == "." {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" })
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	answer := strings.Builder{}
	answer.WriteString("entries")
	for _, e := range entries {
		answer.WriteString("/" + e.Name() + "/" + e.Type().String()) // no name holds a slash
	}
	w.hear("list", name, answer.String(), err)
	return entries, err
}

// content is what a regular file holds, of which one byte more than the limit is read at most.
func (w *witness) content(name string, limit int) (content []byte, err error) {
	defer func() {
		sum := sha256.Sum256(content)
		w.hear("content", name, string(sum[:]), err)
	}()
	f, err := w.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	return io.ReadAll(io.LimitReader(f, int64(limit)+1))
}

// agrees reports whether another tree answers everything that was asked in the same way.
func (w *witness) agrees(ctx context.Context, fsys fs.FS, limit int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	other := newWitness(fsys)
	for q, answer := range w.heard {
		if answer == failed || ctx.Err() != nil {
			return false
		}
		switch q.what {
		case "kind":
			_, _ = other.kind(q.name) // here and below: an error is an answer
		case "link":
			_, _ = other.link(q.name)
		case "list":
			_, _ = other.list(q.name)
		default:
			_, _ = other.content(q.name, limit)
		}
		if other.heard[q] != answer {
			return false
		}
	}
	return true
}
