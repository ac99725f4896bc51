package revision

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// repository makes a Git repository in a temporary directory and returns it with a function that runs git there.
func repository(t *testing.T) (string, func(args ...string) string) {
	t.Helper()
	return initialised(t, t.TempDir())
}

func initialised(t *testing.T, dir string) (string, func(args ...string) string) {
	t.Helper()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Env = append(environment(os.Environ()), "GIT_ALLOW_PROTOCOL=file")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main")
	return dir, git
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			if err := os.Symlink(target, full); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenReadsARevisionWithoutCheckout(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a.yaml": "old\n", "d/b.yaml": "b\n", "d/sub/c.yaml": "", "ünï/x y.yaml": "spaced\n"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	write(t, dir, map[string]string{"a.yaml": "new\n"})

	tree, err := Open(context.Background(), dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if got, err := fs.ReadFile(tree, "a.yaml"); err != nil || string(got) != "old\n" {
		t.Errorf("a.yaml is %q, %v; the revision's content is wanted, not the work tree's", got, err)
	}
	if err := fstest.TestFS(tree, "a.yaml", "d/b.yaml", "d/sub/c.yaml", "ünï/x y.yaml"); err != nil {
		t.Error(err)
	}
	if info, err := fs.Stat(tree, "d/b.yaml"); err != nil || info.Size() != 2 {
		t.Errorf("stat d/b.yaml: %v, %v", info, err)
	}
	if _, err := fs.Stat(tree, "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat absent: %v", err)
	}
	if tree.ID != git("rev-parse", "HEAD") {
		t.Errorf("ID is %q", tree.ID)
	}
}

func TestManyReadersShareOneTree(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "aaa", "b": "bbbbbb"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	tree, err := Open(context.Background(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	var group sync.WaitGroup
	for i := range 40 {
		name, want := "a", "aaa"
		if i%2 == 1 {
			name, want = "b", "bbbbbb"
		}
		group.Go(func() {
			if got, err := tree.ReadFile(name); err != nil || string(got) != want {
				t.Errorf("%s is %q, %v", name, got, err)
			}
		})
	}
	group.Wait()
}

func TestLinksStayInside(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{
		"real/f": "f", "real/deep/g": "g", "link": "-> real", "real/up": "-> deep/../f", "out": "-> ../../etc/passwd",
		"abs": "-> /etc/passwd", "loop": "-> loop", "d/far": "-> ../real/deep", "behind": "-> d/far/../f", "lost": "-> nowhere",
	})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	tree, err := Open(context.Background(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	work, err := WorkTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, want string }{
		{"link/f", "f"}, {"link/deep/g", "g"}, {"real/up", "f"}, {"d/far/g", "g"}, {"behind", "f"},
		{"out", ""}, {"abs", ""}, {"loop", ""}, {"lost", ""},
	} {
		for kind, fsys := range map[string]fs.FS{"revision": tree, "work tree": work} {
			got, err := fs.ReadFile(fsys, c.name)
			if string(got) != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s %s: got %q, %v, want %q", kind, c.name, got, err, c.want)
			}
			info, err := fs.Lstat(fsys, c.name)
			isLink := c.name != "link/f" && c.name != "link/deep/g" && c.name != "d/far/g"
			if err != nil || (info.Mode()&fs.ModeSymlink != 0) != isLink {
				t.Errorf("%s lstat %s: %v, %v", kind, c.name, info, err)
			}
		}
	}
	if to, err := fs.ReadLink(tree, "out"); err != nil || to != "../../etc/passwd" {
		t.Errorf("readlink out: %q, %v", to, err)
	}
}

func TestIndexIsWhatACommitWouldHold(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "staged"})
	git("add", ".") // no commit yet: the first commit is checked too
	write(t, dir, map[string]string{"a": "not staged", "b": "untracked"})
	tree, err := Index(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if got, _ := tree.ReadFile("a"); string(got) != "staged" {
		t.Errorf("a is %q", got)
	}
	if _, err := tree.Stat("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("b: %v", err)
	}
}

func TestIndexOfAHook(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "one"})
	git("add", ".")
	other := filepath.Join(dir, ".git", "next-index.lock")
	content, err := os.ReadFile(filepath.Join(dir, ".git", "index"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, content, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"a": "two"})
	git("add", ".")
	t.Setenv("GIT_INDEX_FILE", ".git/next-index.lock")
	tree, err := Index(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if got, _ := tree.ReadFile("a"); string(got) != "one" {
		t.Errorf("a is %q; the hook's index is wanted", got)
	}
}

func TestUnmergedIndex(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "0"})
	git("add", ".")
	git("commit", "-q", "-m", "0")
	git("checkout", "-q", "-b", "other")
	write(t, dir, map[string]string{"a": "1"})
	git("commit", "-qam", "1")
	git("checkout", "-q", "main")
	write(t, dir, map[string]string{"a": "2"})
	git("commit", "-qam", "2")
	_ = exec.Command("git", "-C", dir, "merge", "-q", "other").Run() // a conflict, which is what is wanted
	if _, err := Index(context.Background(), dir); !errors.Is(err, ErrUnmerged) {
		t.Errorf("got %v", err)
	}
}

func TestSubmodulesAndLFS(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "x"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	git("update-index", "--add", "--cacheinfo", "160000,"+git("rev-parse", "HEAD")+",vendor/other")
	git("commit", "-q", "-m", "two")
	tree, err := Open(context.Background(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if !Submodule(tree, "vendor/other") || Submodule(tree, "a") || Submodule(tree, "vendor") {
		t.Error("vendor/other is the submodule")
	}
	if info, err := tree.Lstat("vendor/other"); err != nil || info.Mode()&fs.ModeIrregular == 0 {
		t.Errorf("lstat: %v, %v", info, err)
	}
	if _, err := tree.ReadFile("vendor/other"); err == nil {
		t.Error("a submodule was read")
	}
	if _, err := tree.ReadFile("vendor/other/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("inside the submodule: %v", err)
	}
	if !IsLFSPointer([]byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")) || IsLFSPointer([]byte("version: 1")) {
		t.Error("LFS pointers are told by their first line")
	}
}

func TestNothingOfTheRepositoryRuns(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "x"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	marker := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+marker+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	git("config", "core.fsmonitor", script)
	git("config", "core.pager", script)
	git("config", "core.sshCommand", script)
	t.Setenv("GIT_SSH_COMMAND", script)
	t.Setenv("GIT_DIR", t.TempDir())
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
	t.Setenv("GIT_CONFIG_VALUE_0", script)
	for _, rev := range []string{"HEAD", "--upload-pack=" + script, "-c", "ext::" + script, "a\nb", "", "HEAD\x00", "main:a", "$(touch x)"} {
		tree, err := Open(context.Background(), dir, rev)
		if (err == nil) != (rev == "HEAD") {
			t.Errorf("%q: %v", rev, err)
		}
		if err == nil {
			_, _ = tree.ReadFile("a")
			_ = tree.Close()
		} else if !errors.Is(err, ErrUnknownRevision) {
			t.Errorf("%q: %v", rev, err)
		}
	}
	if index, err := Index(context.Background(), dir); err != nil {
		t.Error(err)
	} else {
		_ = index.Close()
	}
	if _, err := os.Stat(marker); err == nil {
		t.Error("the repository made git run a program")
	}
}

func TestReplacedObjectsAreNotBelieved(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "unsafe"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	write(t, dir, map[string]string{"a": "safe"})
	git("replace", git("rev-parse", "HEAD:a"), git("hash-object", "-w", filepath.Join(dir, "a")))
	tree, err := Open(context.Background(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tree.Close() }()
	if got, _ := tree.ReadFile("a"); string(got) != "unsafe" {
		t.Errorf("a is %q", got)
	}
}

func TestMergeBase(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "0"})
	git("add", ".")
	git("commit", "-q", "-m", "0")
	want := git("rev-parse", "HEAD")
	git("checkout", "-q", "-b", "feature")
	git("commit", "-q", "--allow-empty", "-m", "1")
	git("checkout", "-q", "main")
	git("commit", "-q", "--allow-empty", "-m", "2")
	git("checkout", "-q", "feature")
	if got, err := MergeBase(context.Background(), dir, "main"); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	git("checkout", "-q", "--orphan", "alone")
	git("commit", "-q", "--allow-empty", "-m", "3")
	if _, err := MergeBase(context.Background(), dir, "main"); !errors.Is(err, ErrNoMergeBase) {
		t.Errorf("unrelated histories: %v", err)
	}
}

func TestProblemsSayWhatToDo(t *testing.T) {
	ctx := context.Background()
	origin, git := repository(t)
	for _, n := range []string{"1", "2", "3"} {
		git("commit", "-q", "--allow-empty", "-m", n)
	}
	git("checkout", "-q", "-b", "feature", "HEAD~1")
	git("commit", "-q", "--allow-empty", "-m", "4")

	shallow := t.TempDir()
	git("clone", "-q", "--depth=1", "--no-single-branch", "--branch=feature", "file://"+origin, shallow)
	empty, _ := repository(t)
	for _, c := range []struct {
		name, dir, rev string
		kind           error
		hint           string
	}{
		{"a branch with another spelling", origin, "mian", ErrUnknownRevision, "did you mean main?"},
		{"the remote's branch is there", shallow, "main", ErrUnknownRevision, "did you mean origin/main"},
		{"the clone is too shallow", shallow, "origin/main", ErrNoMergeBase, "git fetch --unshallow origin main"},
		{"nothing is near", origin, "0123456789abcdef0123456789abcdef01234567", ErrUnknownRevision, "git fetch origin 0123456789abcdef0123456789abcdef01234567"},
		{"no commit", empty, "HEAD", ErrUnknownRevision, "commit once"},
		{"no repository", t.TempDir(), "main", ErrNotRepository, "inside a clone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := MergeBase(ctx, c.dir, c.rev)
			var p *Problem
			if !errors.Is(err, c.kind) || !errors.As(err, &p) {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(p.Hint, c.hint) {
				t.Errorf("hint is %q, want %q in it", p.Hint, c.hint)
			}
		})
	}
}

func TestPartialCloneFetchesNothing(t *testing.T) {
	origin, git := repository(t)
	git("config", "uploadpack.allowFilter", "true")
	write(t, origin, map[string]string{"a": "content"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	partial := filepath.Join(t.TempDir(), "partial")
	git("clone", "-q", "--filter=blob:none", "--no-checkout", "file://"+origin, partial)
	tree, err := Open(context.Background(), partial, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := tree.ReadFile("a"); err == nil {
		t.Errorf("read %q of an object that is not in the clone", got)
	}
	_ = tree.Close() // git may have ended by itself
}

func TestRoot(t *testing.T) {
	dir, _ := repository(t)
	deep := filepath.Join(dir, "x", "y")
	plain := t.TempDir()
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{dir: dir, deep: dir, plain: plain} {
		if got, err := Root(from); err != nil || got != want {
			t.Errorf("Root(%s) is %s, %v, want %s", from, got, err, want)
		}
	}
	if _, err := Root(filepath.Join(dir, "absent")); err == nil {
		t.Error("a directory that does not exist has no root")
	}
}

func TestCancelledRead(t *testing.T) {
	dir, git := repository(t)
	write(t, dir, map[string]string{"a": "x"})
	git("add", ".")
	git("commit", "-q", "-m", "one")
	ctx, cancel := context.WithCancel(context.Background())
	tree, err := Open(ctx, dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := tree.ReadFile("a"); err == nil {
		t.Error("read after the run was cancelled")
	}
	_ = tree.Close()
}

// TestANameThatSeveralRefsHave: git would take the tag, which is often anybody's to push, before the branch of the remote.
func TestANameThatSeveralRefsHave(t *testing.T) {
	dir, git := repository(t)
	git("commit", "-q", "--allow-empty", "-m", "the base")
	git("update-ref", "refs/remotes/origin/main", "HEAD")
	want := git("rev-parse", "HEAD")
	git("commit", "-q", "--allow-empty", "-m", "somebody's")
	ctx := context.Background()
	if id, err := resolve(ctx, dir, "origin/main"); err != nil || id != want {
		t.Errorf("one meaning: %s, %v", id, err)
	}
	git("tag", "origin/main")
	for _, rev := range []string{"origin/main", "origin/main~0", "origin/main^{commit}"} {
		var p *Problem
		if id, err := resolve(ctx, dir, rev); !errors.As(err, &p) || !errors.Is(err, ErrUnknownRevision) || !strings.Contains(p.Hint, "refs/remotes/origin/main") {
			t.Errorf("%s: %s, %v", rev, id, err)
		}
	}
	if id, err := resolve(ctx, dir, "refs/remotes/origin/main"); err != nil || id != want {
		t.Errorf("in full: %s, %v", id, err)
	}
}
