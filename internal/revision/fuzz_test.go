package revision

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzTree makes a tree of entries that a crafted tree object may have: it stays inside itself, and every name that it lists can be asked for.
func FuzzTree(f *testing.F) {
	for _, seed := range []string{"a", "a/b\na", "../x", "/etc/passwd", "a//b", ".git/config", "a/../b", "a\x00b", "a/\nb", "a/b/c\na/b\na", ".", "..", "A\na", "\xff"} {
		f.Add(seed, "a")
	}
	f.Fuzz(func(t *testing.T, names, asked string) {
		tree := newTree(context.Background(), ".")
		for _, name := range strings.Split(names, "\n") {
			tree.add(name, entry{"100644", strings.Repeat("0", 40)})
		}
		tree.add("link", entry{modeSymlink, "x"})
		tree.add("module", entry{modeSubmodule, "x"})
		tree.sort()
		_, _ = tree.Lstat(asked)
		_, _, _ = tree.walk("link/"+asked, true)
		Submodule(tree, asked)
		err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
			if !fs.ValidPath(name) {
				t.Errorf("%q is listed", name)
			}
			if entry == nil {
				t.Errorf("%q: %v", name, err)
				return nil
			}
			if _, err := tree.Lstat(name); err != nil {
				t.Errorf("%q is listed, and is not there: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// FuzzRevision asks for a revision of anybody's words: it is a commit's id, or the user's mistake, and git runs nothing and writes nothing.
func FuzzRevision(f *testing.F) {
	dir := f.TempDir()
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "one"}} {
		cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
		cmd.Env = environment(os.Environ())
		if out, err := cmd.CombinedOutput(); err != nil {
			f.Fatalf("%v\n%s", err, out)
		}
	}
	for _, seed := range []string{"HEAD", "main", "--upload-pack=x", "-c", "ext::sh -c x", "main@{u}", "main^{/x}", ":/one", "main:a", "HEAD~999999999999", "@", "$(touch x)", "a\nb", "\x00", "\xff", "refs/heads/*", "--output=x", "^main", "main..main", "HEAD^@", "main@{2020-01-01}", "--git-dir=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rev string) {
		id, err := resolve(context.Background(), dir, rev)
		switch {
		case err == nil && !isID(id):
			t.Errorf("%q is %q", rev, id)
		case err != nil && !errors.Is(err, ErrUnknownRevision):
			t.Errorf("%q: not the user's mistake: %v", rev, err)
		}
		if entries, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(entries) != 1 { // .git
			t.Errorf("%q wrote %v, %v", rev, entries, err)
		}
	})
}
