// Package revision shows the repository as read-only file trees: the work tree, and any Git revision or the index without a
// checkout.
//
//  1. Root finds where the repository starts
//  2. WorkTree confines reads to it
//  3. Open and Index list a revision's or the index's entries, and read blobs when they are asked for
//  4. MergeBase names the commit that a change is compared with
//
// Git runs with nothing that a repository could steer: no hooks, no fsmonitor, no replaced objects, no network. A revision is
// resolved once and used by its hexadecimal id only.
package revision

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// What a Problem can be.
var (
	ErrNotRepository   = errors.New("not a git repository")
	ErrUnknownRevision = errors.New("unknown revision")
	ErrNoMergeBase     = errors.New("no merge base")
	ErrMissingObject   = errors.New("object is not in the clone")
	ErrUnmerged        = errors.New("unmerged paths")
)

// Problem is something that the user can mend. It unwraps to one of the errors above.
type Problem struct {
	Kind error
	What string
	Hint string // what to do
}

func (p *Problem) Error() string {
	if p.Hint == "" {
		return p.What
	}
	return p.What + "\nhint: " + p.Hint
}

func (p *Problem) Unwrap() error { return p.Kind }

// Root is the nearest directory at or above dir that is the top of a Git work tree, or dir itself where there is none.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s: not a directory", dir)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if isGit(filepath.Join(at, ".git")) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return dir, nil
		}
	}
}

// isGit tells a repository's .git (a directory with HEAD, or the file that worktrees and submodules have) from anything else.
func isGit(path string) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return false
	case info.IsDir():
		_, err := os.Lstat(filepath.Join(path, "HEAD"))
		return err == nil
	default:
		head := make([]byte, len("gitdir: "))
		f, err := os.Open(path)
		if err != nil {
			return false
		}
		defer func() { _ = f.Close() }()
		n, _ := f.Read(head)
		return string(head[:n]) == "gitdir: "
	}
}

// WorkTree is the file tree below root. No path leaves it: a symbolic link that does is refused when it is followed.
// The tree has Lstat and ReadLink (fs.ReadLinkFS).
func WorkTree(root string) (fs.FS, error) {
	confined, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	return confined.FS(), nil
}

// Submodule reports whether name is a Git submodule: its files belong to another repository.
func Submodule(fsys fs.FS, name string) bool {
	if tree, ok := fsys.(*Tree); ok {
		e, found := tree.entries[name]
		return found && e.mode == modeSubmodule
	}
	if name == "." {
		return false
	}
	_, err := fs.Stat(fsys, name+"/.git")
	return err == nil
}

// IsLFSPointer reports whether a file's content stands for another content that Git LFS keeps elsewhere.
// The format is that of the Git LFS specification: a version line first, fewer than 1024 bytes.
func IsLFSPointer(content []byte) bool {
	return len(content) < 1024 && bytes.HasPrefix(content, []byte("version https://git-lfs.github.com/spec/"))
}
