//go:build !windows

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// preCommit finds the pre-commit framework; the test is skipped, with the reason, where there is none that knows our stages.
func preCommit(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("pre-commit")
	if err != nil {
		t.Skip("pre-commit is not installed: its hooks were not run")
	}
	out, err := exec.Command(name, "--version").Output()
	var major, minor int
	if _, scanned := fmt.Sscanf(string(out), "pre-commit %d.%d", &major, &minor); err != nil || scanned != nil {
		t.Fatalf("pre-commit --version: %q, %v", out, err)
	}
	if major < 3 || major == 3 && minor < 2 {
		t.Skipf("pre-commit %d.%d is installed, and the hooks need 3.2: they were not run", major, minor)
	}
	return name
}

// TestPreCommit installs the hooks as a user would and commits through them: what is unsafe, what is deleted, and overlays that lag behind.
func TestPreCommit(t *testing.T) {
	framework := preCommit(t)
	p := newPublisher(t)
	hooks := publisher{t, t.TempDir(), ""}
	content, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(hooks.dir, ".pre-commit-hooks.yaml"), content, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	hooks.git("init", "-q", "-b", "main")
	hooks.commit()
	commit, err := exec.Command("git", "-C", hooks.dir, "rev-parse", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: gatespan-generate-system\n  - id: gatespan-check-system\n", hooks.dir, strings.TrimSpace(string(commit)))
	if err := os.WriteFile(filepath.Join(p.dir, ".pre-commit-config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "PRE_COMMIT_HOME="+t.TempDir())
	run := func(name string, args ...string) (string, bool) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = p.dir, env
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	if out, ok := run(framework, "install"); !ok {
		t.Fatal(out)
	}
	tryCommit := func(name string, want bool, text string) {
		t.Helper()
		p.git("add", "-A")
		out, ok := run("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "a change")
		if ok != want || !strings.Contains(out, text) {
			t.Fatalf("%s: committed %v, want %v with %q:\n%s", name, ok, want, text, out)
		}
	}
	tryCommit("the hooks themselves", true, "Passed")

	edge := "overlays/eks-prod/gateways/edge/edge.yaml"
	p.edit("fleet/exposures/relay.cue", `"/v1"`, `"/v2"`)
	tryCommit("overlays lag behind", false, "files were modified by this hook")
	tryCommit("and are written now", true, "Passed")

	// A policy that somebody deletes by hand, in a repository whose overlays nothing generates.
	if err := os.RemoveAll(filepath.Join(p.dir, "fleet")); err != nil {
		t.Fatal(err)
	}
	clusters := `{"clusters": {"eks-prod": {"cloud": "eks", "controller": {"name": "envoy-gateway", "version": "1.9.1", "gatewayClassName": "eg"}}}}`
	if err := os.WriteFile(filepath.Join(p.dir, "fleet.json"), []byte(clusters), 0o644); err != nil {
		t.Fatal(err)
	}
	config = strings.ReplaceAll(config, "  - id: gatespan-generate-system\n", "")
	config = strings.ReplaceAll(config, "check-system\n", "check-system\n    args: [--fleet, fleet.json, --trust, head]\n")
	if err := os.WriteFile(filepath.Join(p.dir, ".pre-commit-config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	p.commit()
	p.edit(edge, "mode: RequireAndVerify", "mode: VerifyIfGiven")
	tryCommit("unsafe", false, "mtls/client-certificate-not-required")
	p.git("checkout", "-q", "HEAD", "--", ".")
	if err := os.RemoveAll(filepath.Join(p.dir, "overlays", "eks-prod", "gateways")); err != nil {
		t.Fatal(err)
	}
	tryCommit("deleted", false, "gatespan check")
}
