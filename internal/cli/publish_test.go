//go:build !windows

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Stand-ins for oras and cosign: they keep one artifact in the directory STATE, and note what they were told in the file "calls". The
// script ran once against the real oras 1.3.6 and a registry; signing needs an identity of GitHub.
const (
	standInOras = `#!/usr/bin/env bash
set -eu
verb=$1
[[ $verb != manifest ]] || verb=$1-$2
echo "oras $verb ${*: -2}" >>"$STATE/calls"
case $verb in
resolve) cat "$STATE/tag" ;;
manifest-fetch) cat "$STATE/revision" ;;
push)
  for a in "$@"; do [[ $a != org.opencontainers.image.revision=* ]] || echo "${a#*=}" >"$STATE/revision"; done
  cp overlays.tar.gz "$STATE/"
  echo "sha256:$(sha256sum <overlays.tar.gz | cut -d' ' -f1)" ;;
tag) echo "${2##*@}" >"$STATE/tag" ;;
esac
`
	standInCosign = `#!/usr/bin/env bash
echo "cosign $*" >>"$STATE/calls"
[[ $1 != verify || ! -e $STATE/forged ]]
`
)

type publisher struct {
	t          *testing.T
	dir, state string
}

func newPublisher(t *testing.T) publisher {
	t.Helper()
	p := publisher{t, t.TempDir(), t.TempDir()}
	if err := os.CopyFS(filepath.Join(p.dir, "fleet"), os.DirFS(filepath.Join("..", "..", "testdata", "relay"))); err != nil {
		t.Fatal(err)
	}
	p.git("init", "-q", "-b", "main")
	if code, _, stderr := try(t, "generate", "-C", p.dir); code != exitPass {
		t.Fatal(stderr)
	}
	p.commit()
	for name, script := range map[string]string{"oras": standInOras, "cosign": standInCosign} {
		if err := os.WriteFile(filepath.Join(p.state, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p publisher) git(args ...string) {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", p.dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %v: %s", args, out)
	}
}

func (p publisher) commit() {
	p.t.Helper()
	p.git("add", "-A")
	p.git("commit", "-q", "--allow-empty", "-m", "a change")
}

func (p publisher) edit(file, old, new string) {
	p.t.Helper()
	name := filepath.Join(p.dir, file)
	content, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(content), old) {
		p.t.Fatalf("%s has no %q: %v", file, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(content), old, new)), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// run runs the action's script and returns what it printed, its exit code, and what oras and cosign were told.
func (p publisher) run(env ...string) (out string, code int, calls []string) {
	p.t.Helper()
	_ = os.Remove(p.calls())
	cmd := exec.Command("bash", "--noprofile", "--norc", filepath.Join("..", "..", ".github", "actions", "publish", "publish.sh"))
	cmd.Env = append(os.Environ(), "PATH="+p.state+":"+os.Getenv("PATH"), "STATE="+p.state,
		"ARTIFACTS=eks-prod oci://registry.example.com/fleet/eks-prod latest\n", "DIRECTORY="+p.dir, "FLEET=fleet", "OVERLAYS=overlays", "WITHOUT_BASE=false",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_WORKFLOW_REF=o/r/.github/workflows/p.yaml@refs/heads/main", "GITHUB_REF_NAME=main", "GITHUB_STEP_SUMMARY=")
	cmd.Env = append(cmd.Env, env...)
	printed, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	if noted, err := os.ReadFile(p.calls()); err == nil {
		calls = strings.Split(strings.TrimSpace(string(noted)), "\n")
	}
	return string(printed), cmd.ProcessState.ExitCode(), calls
}

func (p publisher) calls() string { return filepath.Join(p.state, "calls") }

// wants fails the test unless the script came to this: an exit code, and calls that begin so.
func (p publisher) wants(name string, wantCode int, wantCalls []string, env ...string) {
	p.t.Helper()
	out, code, calls := p.run(env...)
	same := code == wantCode && len(calls) == len(wantCalls)
	for i := 0; same && i < len(calls); i++ {
		same = strings.HasPrefix(calls[i], wantCalls[i])
	}
	if !same {
		p.t.Fatalf("%s: exit %d, want %d; calls\n%s\nprinted\n%s", name, code, wantCode, strings.Join(calls, "\n"), out)
	}
}

// TestPublish: nothing is pushed that the gate did not pass, the base is what was published last, and the tag comes after the signature.
func TestPublish(t *testing.T) {
	var (
		p    = newPublisher(t)
		look = []string{"oras resolve", "cosign verify --certificate-identity https://github.com/o/r/.github/workflows/p.yaml@refs/heads/main", "oras manifest-fetch"}
		push = []string{"oras push registry.example.com/fleet/eks-prod", "cosign sign --yes registry.example.com/fleet/eks-prod@sha256:", "oras tag"}
	)
	p.wants("nothing was published", exitUndecided, []string{"oras resolve"})
	p.wants("the first time", exitPass, push, "WITHOUT_BASE=true")
	packed, err := exec.Command("tar", "tzf", filepath.Join(p.state, "overlays.tar.gz")).Output()
	if err != nil || !strings.Contains(string(packed), "\noverlays/eks-prod/gateways/edge/edge.yaml\n") || strings.Contains(string(packed), "aks-prod") {
		t.Errorf("%v: packed\n%s", err, packed)
	}
	p.commit()
	p.wants("nothing changed", exitPass, append(look, push...))

	p.edit("overlays/eks-prod/gateways/edge/edge.yaml", "mode: RequireAndVerify", "mode: VerifyIfGiven")
	p.wants("not committed", exitUndecided, nil)
	p.commit()
	p.wants("unsafe", exitBlocked, look)

	// Legal as a state, not as a change. The commit that was stopped is not the base of the next one.
	p.edit("overlays/eks-prod/gateways/edge/edge.yaml", "mode: VerifyIfGiven", "mode: RequireAndVerify")
	p.edit("fleet/fleet.cue", `cloud: "aks"`, "cloud: \"aks\"\n\t\t\tpublicGateways: [{namespace: \"web\", name: \"web\", reason: \"browsers\"}]")
	p.commit()
	p.wants("a gateway becomes public", exitBlocked, look)
	p.commit()
	p.wants("it is still not published", exitBlocked, look)
	p.wants("the owners of the gate have looked", exitPass, push, "WITHOUT_BASE=true")
	p.wants("it is published", exitPass, append(look, push...))

	if err := os.WriteFile(filepath.Join(p.state, "forged"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	p.wants("somebody else pushed", exitUndecided, look[:2])
}

// TestPublishInput: what the inputs can hold is refused, not run.
func TestPublishInput(t *testing.T) {
	p := newPublisher(t)
	ran := filepath.Join(p.state, "ran")
	for _, artifacts := range []string{
		"", "eks-prod", "eks-prod https://registry.example.com/x latest", "../fleet oci://registry.example.com/x latest",
		"eks-prod oci://registry.example.com/x latest more", "none oci://registry.example.com/x latest", "$(touch " + ran + ") oci://x latest",
		"-x oci://registry.example.com/x latest",
	} {
		p.wants(artifacts, exitUndecided, nil, "ARTIFACTS="+artifacts)
	}
	p.wants("without-base", exitUndecided, nil, "WITHOUT_BASE=yes")
	if err := os.Symlink("/etc", filepath.Join(p.dir, "overlays", "eks-prod", "etc")); err != nil {
		t.Fatal(err)
	}
	p.wants("a link", exitUndecided, nil)
	if _, err := os.Stat(ran); err == nil {
		t.Error("an input was run")
	}
}
