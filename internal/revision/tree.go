package revision

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Modes of tree entries, in octal as git prints them.
const (
	modeSymlink   = "120000"
	modeSubmodule = "160000"
	modeDirectory = "040000"
)

// maxLinks bounds the symbolic links that one path may go through, as kernels do.
const maxLinks = 40

type entry struct {
	mode string
	id   string
}

// Tree is a revision, or the index, as a file tree. Symbolic links are followed inside the tree only. A submodule is a file
// of mode fs.ModeIrregular that cannot be read. It implements fs.ReadDirFS, fs.ReadFileFS, fs.StatFS and fs.ReadLinkFS, and
// may be used concurrently. Close ends its git process.
type Tree struct {
	ID      string // the commit; "" for the index
	entries map[string]entry
	dirs    map[string][]string // names in each directory, sorted
	blobs   *blobs
}

// Open reads the tree of a revision. Blobs are read from git when they are asked for.
func Open(ctx context.Context, root, rev string) (*Tree, error) {
	id, err := resolve(ctx, root, rev)
	if err != nil {
		return nil, err
	}
	listing, err := run(ctx, root, "ls-tree", "-r", "-z", "--full-tree", id)
	if err != nil {
		return nil, err
	}
	t := newTree(ctx, root)
	t.ID = id
	for _, line := range bytes.Split(listing, []byte{0}) {
		if len(line) == 0 {
			continue
		}
		// <mode> SP <type> SP <id> TAB <path>, git-ls-tree(1)
		meta, name, ok := strings.Cut(string(line), "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-tree: unexpected line %q", line)
		}
		t.add(name, entry{fields[0], fields[2]})
	}
	t.sort()
	return t, nil
}

// Index reads what is staged: what a commit would hold. A hook's own index (GIT_INDEX_FILE, set by git commit -a and git
// commit PATH) is used where there is one.
func Index(ctx context.Context, root string) (*Tree, error) {
	cmd := command(ctx, root, "ls-files", "--stage", "-z", "--full-name")
	if index := os.Getenv("GIT_INDEX_FILE"); index != "" {
		if !filepath.IsAbs(index) {
			index = filepath.Join(root, index)
		}
		cmd.Env = append(cmd.Env, "GIT_INDEX_FILE="+index)
	}
	listing, err := output(cmd, root)
	if err != nil {
		return nil, err
	}
	t := newTree(ctx, root)
	for _, line := range bytes.Split(listing, []byte{0}) {
		if len(line) == 0 {
			continue
		}
		// <mode> SP <id> SP <stage> TAB <path>, git-ls-files(1)
		meta, name, ok := strings.Cut(string(line), "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-files: unexpected line %q", line)
		}
		if fields[2] != "0" {
			return nil, &Problem{Kind: ErrUnmerged, What: fmt.Sprintf("%q is not merged", name), Hint: "resolve the conflict and git add the file"}
		}
		t.add(name, entry{fields[0], fields[1]})
	}
	t.sort()
	return t, nil
}

func newTree(ctx context.Context, root string) *Tree {
	return &Tree{entries: map[string]entry{}, dirs: map[string][]string{".": nil}, blobs: &blobs{ctx: ctx, root: root}}
}

// add enters a file and the directories above it. A path that no file system could hold (git permits none, a crafted tree
// object may) is left out.
func (t *Tree) add(name string, e entry) {
	if !fs.ValidPath(name) || name == "." {
		return
	}
	if _, known := t.entries[name]; known {
		return
	}
	t.entries[name] = e
	for child := name; ; {
		parent := path.Dir(child)
		_, known := t.dirs[parent]
		t.dirs[parent] = append(t.dirs[parent], path.Base(child))
		if known || parent == "." {
			return
		}
		child = parent
	}
}

func (t *Tree) sort() {
	for _, names := range t.dirs {
		slices.Sort(names)
	}
}

// Close ends git.
func (t *Tree) Close() error { return t.blobs.close() }

// walk finds an entry, following links in every element but, unless last is set, the last one. It goes element by element, as a
// kernel does: ".." behind a link is the parent of the link's target. A link that leaves the tree is refused.
func (t *Tree) walk(name string, last bool) (string, entry, error) {
	at, rest, links := ".", name, 0
	for {
		first, more, _ := strings.Cut(rest, "/")
		if first == ".." {
			if at == "." {
				return "", entry{}, fs.ErrPermission
			}
			first, at = ".", path.Dir(at)
		}
		here := path.Join(at, first)
		e, isFile := t.entries[here]
		_, isDir := t.dirs[here]
		switch {
		case isFile && e.mode == modeSymlink && (more != "" || last):
			if links++; links > maxLinks {
				return "", entry{}, fs.ErrInvalid
			}
			target, err := t.blobs.read(e.id)
			if err != nil {
				return "", entry{}, err
			}
			if len(target) == 0 || target[0] == '/' {
				return "", entry{}, fs.ErrPermission
			}
			if rest = string(target); more != "" {
				rest += "/" + more
			}
		case isFile && more == "":
			return here, e, nil
		case !isDir:
			return "", entry{}, fs.ErrNotExist
		case more == "":
			return here, entry{mode: modeDirectory}, nil
		default:
			at, rest = here, more
		}
	}
}

func (t *Tree) lookup(name string) (string, entry, error) { return t.walk(name, false) }
func (t *Tree) follow(name string) (string, entry, error) { return t.walk(name, true) }

func pathError(op, name string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }

// Open implements fs.FS.
func (t *Tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, pathError("open", name, fs.ErrInvalid)
	}
	at, e, err := t.follow(name)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	if e.mode == modeDirectory {
		return &directory{tree: t, name: at}, nil
	}
	if e.mode == modeSubmodule {
		return nil, pathError("open", name, fs.ErrInvalid)
	}
	content, err := t.blobs.read(e.id)
	if err != nil {
		return nil, pathError("open", name, err)
	}
	return &file{info: t.info(at, e, int64(len(content))), Reader: bytes.NewReader(content)}, nil
}

// ReadFile implements fs.ReadFileFS.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	if _, isDir := f.(*directory); isDir {
		return nil, pathError("read", name, fs.ErrInvalid)
	}
	return io.ReadAll(f)
}

// ReadDir implements fs.ReadDirFS.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	if !fs.ValidPath(name) {
		return nil, pathError("readdir", name, fs.ErrInvalid)
	}
	at, e, err := t.follow(name)
	if err != nil {
		return nil, pathError("readdir", name, err)
	}
	if e.mode != modeDirectory {
		return nil, pathError("readdir", name, fs.ErrInvalid)
	}
	var out []fs.DirEntry
	for _, base := range t.dirs[at] {
		child := path.Join(at, base)
		e, isFile := t.entries[child]
		if !isFile {
			e = entry{mode: modeDirectory}
		}
		out = append(out, fs.FileInfoToDirEntry(t.info(child, e, -1)))
	}
	return out, nil
}

// Stat implements fs.StatFS.
func (t *Tree) Stat(name string) (fs.FileInfo, error) { return t.stat("stat", name, t.follow) }

// Lstat implements fs.ReadLinkFS.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) { return t.stat("lstat", name, t.lookup) }

func (t *Tree) stat(op, name string, find func(string) (string, entry, error)) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, pathError(op, name, fs.ErrInvalid)
	}
	at, e, err := find(name)
	if err != nil {
		return nil, pathError(op, name, err)
	}
	i := t.info(at, e, -1)
	i.name = path.Base(name)
	return i, nil
}

// ReadLink implements fs.ReadLinkFS.
func (t *Tree) ReadLink(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", pathError("readlink", name, fs.ErrInvalid)
	}
	_, e, err := t.lookup(name)
	if err == nil && e.mode != modeSymlink {
		err = fs.ErrInvalid
	}
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	content, err := t.blobs.read(e.id)
	if err != nil {
		return "", pathError("readlink", name, err)
	}
	return string(content), nil
}

func (t *Tree) info(name string, e entry, size int64) *info {
	return &info{tree: t, name: path.Base(name), entry: e, size: size}
}

// info describes an entry. Its size is looked up when it is asked for.
type info struct {
	tree  *Tree
	name  string
	entry entry
	size  int64 // -1 when not yet known
}

func (i *info) Name() string       { return i.name }
func (i *info) IsDir() bool        { return i.entry.mode == modeDirectory }
func (i *info) ModTime() time.Time { return time.Time{} }
func (i *info) Sys() any           { return nil }

func (i *info) Size() int64 {
	if i.size < 0 && (i.IsDir() || i.entry.mode == modeSubmodule) {
		i.size = 0
	}
	if i.size < 0 {
		size, err := i.tree.blobs.size(i.entry.id)
		if err != nil {
			return 0 // reading it gives the error
		}
		i.size = size
	}
	return i.size
}

func (i *info) Mode() fs.FileMode {
	switch i.entry.mode {
	case modeDirectory:
		return fs.ModeDir | 0o555
	case modeSymlink:
		return fs.ModeSymlink | 0o777
	case modeSubmodule:
		return fs.ModeIrregular
	}
	return 0o444
}

type file struct {
	info *info
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type directory struct {
	tree *Tree
	name string
	read int
}

func (d *directory) Stat() (fs.FileInfo, error) {
	return d.tree.info(d.name, entry{mode: modeDirectory}, 0), nil
}
func (d *directory) Close() error             { return nil }
func (d *directory) Read([]byte) (int, error) { return 0, pathError("read", d.name, fs.ErrInvalid) }

func (d *directory) ReadDir(n int) ([]fs.DirEntry, error) {
	all, err := d.tree.ReadDir(d.name)
	if err != nil {
		return nil, err
	}
	rest := all[min(d.read, len(all)):]
	if n > 0 {
		if len(rest) == 0 {
			return nil, io.EOF
		}
		rest = rest[:min(n, len(rest))]
	}
	d.read += len(rest)
	return rest, nil
}
