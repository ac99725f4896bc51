//go:build linux

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v3"
)

// attacked is a repository with the example fleet and what it generates, committed on main, and a function that runs git in it.
func attacked(t *testing.T) (dir string, git func(args ...string)) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "fleet"), os.DirFS(filepath.Join("..", "..", "testdata", "relay"))); err != nil {
		t.Fatal(err)
	}
	git = func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if code, _, err := try(t, "generate", "-C", dir); code != exitPass {
		t.Fatalf("generate: exit %d\n%s", code, err)
	}
	git("init", "-q", "-b", "main")
	git("add", "-A")
	git("commit", "-q", "-m", "the base")
	return dir, git
}

// everyCommand is what a pipeline or a hook runs in a repository that it was given.
var everyCommand = [][]string{
	{"check", "--base", "main"}, {"check", "--staged", "--base", "HEAD"}, {"check"}, {"diff", "--base", "main"}, {"generate"}, {"generate", "--check"}, {"show"}, {"due"}, {"export", "opa-input", "--cluster", "eks-prod"},
}

// TestNothingOfARepositoryRuns: neither its configuration nor its hooks, filters and attributes make any command run a program.
func TestNothingOfARepositoryRuns(t *testing.T) {
	dir, git := attacked(t)
	bin := t.TempDir()
	marker, program := filepath.Join(bin, "ran"), filepath.Join(bin, "evil")
	script := "#!/bin/sh\necho \"$0 $*\" >>" + marker + "\ncat\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		place := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(place, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("overlays/-rf --help/--base=x.yaml", "a: b\n", 0o644)
	write("--upload-pack=evil", "x", 0o644)
	git("add", "-A")
	git("commit", "-q", "-m", "names that are options")
	git("update-ref", "refs/heads/--upload-pack="+program, "HEAD")
	git("update-ref", "refs/tags/-c", "HEAD")
	for _, hook := range []string{"pre-commit", "post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"} {
		write(".git/hooks/"+hook, script, 0o755)
		write("hooks/"+hook, script, 0o755)
	}
	write(".git/info/attributes", "* filter=evil diff=evil merge=evil textconv=evil\n", 0o644)
	write("more.gitconfig", "[core]\n\tfsmonitor = "+program+"\n", 0o644)
	for key, value := range map[string]string{
		"core.fsmonitor": program, "core.hooksPath": filepath.Join(dir, "hooks"), "core.pager": program, "core.editor": program, "core.sshCommand": program, "core.askPass": program, "core.gitProxy": program,
		"core.alternateRefsCommand": program, "credential.helper": "!" + program, "diff.external": program, "diff.evil.textconv": program, "diff.evil.command": program, "merge.evil.driver": program,
		"filter.evil.clean": program, "filter.evil.smudge": program, "filter.evil.process": program, "filter.evil.required": "true", "gpg.program": program, "log.showSignature": "true", "uploadpack.packObjectsHook": program,
		"alias.cat-file": "!" + program, "alias.rev-parse": "!" + program, "alias.ls-tree": "!" + program, "include.path": filepath.Join(dir, "more.gitconfig"), "sequence.editor": program, "pager.ls-tree": program, "trailer.x.command": program,
	} {
		git("config", key, value)
	}
	if err := os.Remove(marker); err != nil && !os.IsNotExist(err) {
		t.Fatal(err) // git of the test itself may have run something
	}
	for _, args := range everyCommand {
		code, out, err := try(t, append([]string{args[0], "-C", dir}, args[1:]...)...)
		if code == exitUndecided {
			t.Errorf("%v: exit %d\n%s%s", args, code, out, err)
		}
		if ran, e := os.ReadFile(marker); e == nil {
			t.Fatalf("%v ran %s", args, ran)
		}
	}
	for base, want := range map[string]int{
		"--upload-pack=" + program: exitPass, "-c": exitPass, "refs/heads/--upload-pack=" + program: exitPass, // refs that are there
		"--exec=" + program: exitUndecided, "ext::" + program: exitUndecided, "--help": exitUndecided,
	} {
		if code, out, err := try(t, "check", "-C", dir, "--base="+base); code != want {
			t.Errorf("%s: exit %d\n%s%s", base, code, out, err)
		}
		if ran, e := os.ReadFile(marker); e == nil {
			t.Fatalf("--base=%s ran %s", base, ran)
		}
	}
}

// mounted runs a script in a mount namespace of its own, with gatespan in its PATH and a small file system of some KiB at $DISK, and wants
// these lines. It is skipped, with the reason, where nobody may mount.
func mounted(t *testing.T, script string, want ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin, disk := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "gatespan")); err != nil { // see TestMain
		t.Fatal(err)
	}
	relay, err := filepath.Abs(filepath.Join("..", "..", "testdata", "relay"))
	if err != nil {
		t.Fatal(err)
	}
	run := func(text string) (string, error) {
		cmd := exec.Command("unshare", "--mount", "--map-root-user", "bash", "-euo", "pipefail", "-c", "mount -t tmpfs -o size=512k tmpfs \"$DISK\"\ncd \"$DISK\"\n"+text)
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "DISK="+disk, "RELAY="+relay, "BIN="+bin)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("true"); err != nil {
		t.Skipf("no file system can be mounted here, so that a full or read-only one cannot be tried: %v: %s", err, out)
	}
	out, err := run("exits() { local want=$1 got=0; shift; \"$@\" >\"$BIN/out\" 2>&1 || got=$?; [[ $got == \"$want\" ]] || { echo \"exit $got instead of $want: $*\"; cat \"$BIN/out\"; }; }\ncp -r \"$RELAY\" fleet\n" + script)
	if err != nil || strings.TrimSpace(out) != strings.Join(want, "\n") {
		t.Errorf("%v; got\n%swant\n%s", err, out, strings.Join(want, "\n"))
	}
}

// TestFullDisk: whichever file is the one that does not fit, nothing is changed and nothing passes.
func TestFullDisk(t *testing.T) {
	mounted(t, `
fill() { rm -f filler; dd if=/dev/zero of=filler bs=1k count=$(($(df --output=avail -k . | tail -1) - $1)) 2>/dev/null; }
for left in 0 4 8 12 16 20 24; do
  fill $left
  exits 2 gatespan generate
  grep -q 'nothing was changed.*no space left' "$BIN/out" || cat "$BIN/out"
  [[ -z $(find overlays -type f 2>/dev/null) ]] || find overlays
done
rm filler
exits 0 gatespan generate
exits 0 gatespan check
cp -r overlays "$BIN/before"
sed -i 's/port:      8443/port:      9443/' fleet/exposures/relay.cue
fill 4
exits 2 gatespan generate
diff -r overlays "$BIN/before"
rm filler
exits 0 gatespan generate
exits 0 gatespan check
fill 0
exits 2 gatespan check --quiet -o json=report.json
[[ ! -e report.json ]] || echo "a report that is not whole"
exits 2 bash -c 'gatespan check >/dev/full'
echo done`, "done")
}

// TestReadOnlyTree: a check needs nothing to be writable, and whoever would write says that nothing was changed.
func TestReadOnlyTree(t *testing.T) {
	mounted(t, `
mount -o remount,ro tmpfs .
exits 1 gatespan check
exits 2 gatespan generate
grep -q 'nothing was changed.*read-only' "$BIN/out" || cat "$BIN/out"
exits 1 gatespan generate --check
exits 2 gatespan schema
mount -o remount,rw tmpfs .
exits 0 gatespan generate
mount -o remount,ro tmpfs .
exits 0 gatespan check
exits 0 gatespan generate
exits 0 gatespan generate --check
exits 2 gatespan check -o json=report.json
echo done`, "done")
}

// TestWorkflowsAreHarmless: no workflow of ours, or that gatespan writes, runs what a pull request brings with more than the right to read,
// and every action is pinned to a commit where somebody else's repository runs it.
func TestWorkflowsAreHarmless(t *testing.T) {
	dir := t.TempDir()
	manifest := "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: a}\nspec: {ports: [{port: 1}]}\n"
	if err := os.MkdirAll(filepath.Join(dir, "clusters/a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "clusters/a/a.yaml"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, err := try(t, "init", "-C", dir); code != exitPass {
		t.Fatalf("init: exit %d\n%s%s", code, out, err)
	}
	ours, err := filepath.Glob("../../.github/workflows/*.y*ml")
	if err != nil {
		t.Fatal(err)
	}
	written, err := filepath.Glob(filepath.Join(dir, ".github/workflows/*.y*ml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(ours) < 4 || len(written) == 0 {
		t.Fatalf("%d workflows of ours, %d written", len(ours), len(written))
	}
	for _, file := range append(ours, written...) {
		var w struct {
			On          any            `yaml:"on"`
			Permissions map[string]any `yaml:"permissions"`
			Jobs        map[string]struct {
				Permissions map[string]any `yaml:"permissions"`
				Steps       []struct {
					Uses string         `yaml:"uses"`
					Run  string         `yaml:"run"`
					With map[string]any `yaml:"with"`
				} `yaml:"steps"`
			} `yaml:"jobs"`
		}
		raw, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(raw, &w)
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "pull_request_target") || strings.Contains(string(raw), "workflow_run") {
			t.Errorf("%s runs with the rights of the base", file)
		}
		if w.Permissions == nil {
			t.Errorf("%s says nothing of permissions", file)
		}
		all := []map[string]any{w.Permissions}
		for _, job := range w.Jobs {
			all = append(all, job.Permissions)
			for _, step := range job.Steps {
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
					t.Errorf("%s leaves its token in a checkout", file)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s has an expression in a script: %s", file, step.Run)
				}
				if strings.HasPrefix(file, dir) && step.Uses != "" && !pinned.MatchString(step.Uses) && !strings.HasPrefix(step.Uses, "gatespan/gatespan/") {
					t.Errorf("%s does not pin %s", file, step.Uses)
				}
			}
		}
		for _, permissions := range all {
			for what, level := range permissions {
				if level != "read" && level != "none" {
					t.Errorf("%s may %v %s", file, level, what)
				}
			}
		}
	}
	publish, err := os.ReadFile("../gitops/publish.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(publish)) {
		if _, uses, ok := strings.Cut(line, "uses: "); ok && !pinned.MatchString(strings.Fields(uses)[0]) && !strings.HasPrefix(uses, "gatespan/gatespan/") {
			t.Errorf("the publishing workflow does not pin %s", uses)
		}
	}
}
