// Package gatetest is a repository on disk that tests of the gate change and judge, as a pull request would be.
package gatetest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

// Repo is a Git repository in a temporary directory. Its first commit is what a test starts from, so that Base "HEAD" compares with it.
type Repo struct {
	Dir   string
	t     *testing.T
	fleet string // what Options.Fleet is unless a test says otherwise
}

// Relay is a copy of the committed example: its fleet in testdata/relay and its overlays.
func Relay(t *testing.T) *Repo {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..", "..")
	r := &Repo{Dir: t.TempDir(), t: t, fleet: "testdata/relay"}
	for _, dir := range []string{"overlays", "testdata/relay"} {
		r.fail(os.CopyFS(filepath.Join(r.Dir, dir), os.DirFS(filepath.Join(root, dir))))
	}
	r.Start()
	return r
}

// New is a repository with these files. Its fleet is at the default place, fleet/, if it is one of them.
func New(t *testing.T, files map[string]string) *Repo {
	t.Helper()
	r := Files(t, files)
	r.Start()
	return r
}

// Files is a directory with these files and no Git yet: Start makes it a repository.
func Files(t *testing.T, files map[string]string) *Repo {
	t.Helper()
	r := &Repo{Dir: t.TempDir(), t: t}
	for file, content := range files {
		r.Write(file, content)
	}
	return r
}

// Start makes a repository of the directory; its first commit is what is there now.
func (r *Repo) Start() {
	r.t.Helper()
	r.git("init", "-q", "-b", "main")
	r.Commit("the base")
}

// Drop removes the only YAML document of a file that holds a text.
func (r *Repo) Drop(file, text string) {
	r.t.Helper()
	var kept []string
	documents := strings.Split("\n"+r.Read(file), "\n---\n")
	for _, d := range documents {
		if !strings.Contains(d, text) {
			kept = append(kept, d)
		}
	}
	if len(kept) != len(documents)-1 {
		r.t.Fatalf("%s has %d documents with %q, want one", file, len(documents)-len(kept), text)
	}
	r.Write(file, strings.TrimPrefix(strings.Join(kept, "\n---\n"), "\n"))
}

// Replace changes one place of a file: it fails unless old occurs exactly once.
func (r *Repo) Replace(file, old, new string) {
	r.t.Helper()
	content := r.Read(file)
	if n := strings.Count(content, old); n != 1 {
		r.t.Fatalf("%s has %q %d times, want once, in:\n%s", file, old, n, content)
	}
	r.Write(file, strings.Replace(content, old, new, 1))
}

// Append adds to the end of a file.
func (r *Repo) Append(file, content string) {
	r.t.Helper()
	r.Write(file, r.Read(file)+content)
}

// Read returns a file's content.
func (r *Repo) Read(file string) string {
	r.t.Helper()
	content, err := os.ReadFile(r.path(file))
	r.fail(err)
	return string(content)
}

// Documents are the YAML documents of a file.
func (r *Repo) Documents(file string) (out []*yaml.Node) {
	r.t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(r.Read(file)))
	for {
		var n yaml.Node
		err := decoder.Decode(&n)
		if errors.Is(err, io.EOF) {
			return out
		}
		r.fail(err)
		out = append(out, n.Content[0])
	}
}

// Write creates or replaces a file, and the directories to it.
func (r *Repo) Write(file, content string) {
	r.t.Helper()
	r.fail(os.MkdirAll(filepath.Dir(r.path(file)), 0o755))
	r.fail(os.WriteFile(r.path(file), []byte(content), 0o644))
}

// Remove removes a file, or a directory with all that is in it.
func (r *Repo) Remove(file string) {
	r.t.Helper()
	if _, err := os.Stat(r.path(file)); err != nil {
		r.t.Fatal(err)
	}
	r.fail(os.RemoveAll(r.path(file)))
}

// Rename moves a file or directory.
func (r *Repo) Rename(from, to string) {
	r.t.Helper()
	r.fail(os.MkdirAll(filepath.Dir(r.path(to)), 0o755))
	r.fail(os.Rename(r.path(from), r.path(to)))
}

// Link makes a symbolic link.
func (r *Repo) Link(target, file string) {
	r.t.Helper()
	r.fail(os.Symlink(target, r.path(file)))
}

// Commit commits the work tree as it is.
func (r *Repo) Commit(message string) {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
}

// Generate runs gatespan generate, for a test that changes the fleet.
func (r *Repo) Generate() {
	r.t.Helper()
	r.GenerateWith(gate.Options{})
}

// GenerateWith is Generate with a fleet or overlays of their own.
func (r *Repo) GenerateWith(o gate.Options) {
	r.t.Helper()
	_, err := gate.Generate(context.Background(), r.options(o), gate.GenerateOptions{Prune: true})
	r.fail(err)
}

// Check judges the work tree. Dir, Fleet and Today are filled in where o leaves them empty.
func (r *Repo) Check(o gate.Options) *report.Report {
	r.t.Helper()
	judged, err := gate.Check(context.Background(), r.options(o))
	r.fail(err)
	for _, f := range judged.Findings {
		fired.Store(f.Rule, true)
	}
	return judged
}

// fired are the rules of all findings of all checks, of every repository of a test binary.
var fired sync.Map

// Fired lists the rules that have found something in any check so far.
func Fired() []string {
	var out []string
	fired.Range(func(rule, _ any) bool {
		out = append(out, rule.(string))
		return true
	})
	return out
}

// CheckError judges the work tree, which must not be possible.
func (r *Repo) CheckError(o gate.Options) error {
	r.t.Helper()
	judged, err := gate.Check(context.Background(), r.options(o))
	if err == nil {
		r.t.Fatalf("the check was done, want an error:\n%s", print(judged))
	}
	return err
}

func (r *Repo) options(o gate.Options) gate.Options {
	if o.Dir == "" {
		o.Dir = r.Dir
	}
	if o.Fleet == "" {
		o.Fleet = r.fleet
	}
	if o.Today == "" {
		o.Today = "2026-11-30"
	}
	return o
}

// Files lists the files below a directory, sorted, relative to the repository.
func (r *Repo) Files(dir string) []string {
	r.t.Helper()
	var out []string
	r.fail(filepath.WalkDir(r.path(dir), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			relative, _ := filepath.Rel(r.Dir, path) // both are absolute
			out = append(out, filepath.ToSlash(relative))
		}
		return err
	}))
	return out
}

func (r *Repo) path(file string) string { return filepath.Join(r.Dir, filepath.FromSlash(file)) }

func (r *Repo) fail(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// Git runs Git in the repository, for a test about its history.
func (r *Repo) Git(arguments ...string) {
	r.t.Helper()
	r.git(arguments...)
}

// git runs Git without the configuration of whoever runs the test.
func (r *Repo) git(arguments ...string) {
	r.t.Helper()
	command := exec.Command("git", arguments...)
	command.Dir = r.Dir
	command.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		// No housekeeping and no waiting for the disk, for a repository that lives for a second.
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=maintenance.auto", "GIT_CONFIG_VALUE_0=false", "GIT_CONFIG_KEY_1=core.fsync", "GIT_CONFIG_VALUE_1=none",
		"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com",
		"GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com",
	)
	if out, err := command.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}
