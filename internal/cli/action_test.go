//go:build !windows

package cli

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v3"
)

type actionStep struct {
	ID   string            `yaml:"id"`
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
}

func dotGitHub(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", ".github", name))
	if err == nil {
		err = yaml.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// theAction reads the inputs and the steps of a composite action.
func theAction(t *testing.T, name string) (inputs []string, steps []actionStep) {
	t.Helper()
	var action struct {
		Inputs map[string]any `yaml:"inputs"`
		Runs   struct {
			Steps []actionStep `yaml:"steps"`
		} `yaml:"runs"`
	}
	dotGitHub(t, "actions/"+name+"/action.yml", &action)
	return slices.Sorted(maps.Keys(action.Inputs)), action.Runs.Steps
}

var pinned = regexp.MustCompile(`^(\./|[-\w]+/[-\w]+@[0-9a-f]{40}$)`)

// TestActionsTakeNoTextAsCode: what a pull request can name comes to a script by the environment only, and other actions are pinned.
func TestActionsTakeNoTextAsCode(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []actionStep `yaml:"steps"`
		} `yaml:"jobs"`
	}
	dotGitHub(t, "workflows/check.yml", &workflow)
	all := workflow.Jobs["gatespan"].Steps
	for name, least := range map[string][2]int{"gatespan": {8, 4}, "publish": {5, 4}} {
		inputs, steps := theAction(t, name)
		if len(inputs) < least[0] || len(steps) < least[1] {
			t.Fatalf("%s: %d inputs, %d steps", name, len(inputs), len(steps))
		}
		env := ""
		for _, s := range steps {
			for _, v := range s.Env {
				env += v + "\n"
			}
		}
		for _, input := range inputs {
			if !strings.Contains(env, "${{ inputs."+input+" }}") {
				t.Errorf("%s: input %s is not used", name, input)
			}
		}
		all = append(all, steps...)
	}
	if len(all) < 11 {
		t.Fatalf("%d steps", len(all))
	}
	for _, s := range all {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an expression in a script: %s", s.Run)
		}
		if s.Uses != "" && !pinned.MatchString(s.Uses) {
			t.Errorf("not pinned to a commit: %s", s.Uses)
		}
	}
}

// TestActionDownload: what is at the URL is run only if it is what the checksum says.
func TestActionDownload(t *testing.T) {
	_, steps := theAction(t, "gatespan")
	i := slices.IndexFunc(steps, func(s actionStep) bool { return s.Env["SHA256"] != "" })
	if i < 0 {
		t.Fatal("no step has SHA256")
	}
	bin := t.TempDir()
	curl := "#!/usr/bin/env bash\nwhile [[ $1 != --output ]]; do shift; done\nprintf served >\"$2\"\n"
	if err := os.WriteFile(filepath.Join(bin, "curl"), []byte(curl), 0o755); err != nil {
		t.Fatal(err)
	}
	right := fmt.Sprintf("%x", sha256.Sum256([]byte("served")))
	for name, row := range map[string]struct {
		url, sum string
		runs     bool
	}{
		"right":        {"https://example.com/gatespan", right, true},
		"another file": {"https://example.com/gatespan", strings.Repeat("0", 64), false},
		"no checksum":  {"https://example.com/gatespan", "", false},
		"plain http":   {"http://example.com/gatespan", right, false},
	} {
		t.Run(name, func(t *testing.T) {
			temp := t.TempDir()
			cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps[i].Run)
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "RUNNER_TEMP="+temp, "URL="+row.url, "SHA256="+row.sum)
			out, err := cmd.CombinedOutput()
			info, missing := os.Stat(filepath.Join(temp, "gatespan"))
			if runs := missing == nil && info.Mode()&0o100 != 0; runs != row.runs || (err == nil) != row.runs {
				t.Errorf("executable %v, want %v; %v\n%s", runs, row.runs, err, out)
			}
		})
	}
}

// TestActionRuns runs the action's own script, as a runner would, with this gatespan.
func TestActionRuns(t *testing.T) {
	_, steps := theAction(t, "gatespan")
	script := ""
	for _, s := range steps {
		if s.ID == "check" {
			script = s.Run
		}
	}
	gatespan, err := exec.LookPath("gatespan") // this test binary: see TestMain
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	if err := os.Symlink(gatespan, filepath.Join(temp, "gatespan")); err != nil {
		t.Fatal(err)
	}
	dir := unsafeRepository(t)
	summary := filepath.Join(temp, "summary.md")
	run := func(env ...string) (string, int) {
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = temp
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_STEP_SUMMARY="+summary, "DIRECTORY="+dir, "FLEET=", "OVERLAYS=", "BASE=", "TARGET=",
			"ONLY_NEW=false", "FAIL_ON=block", "SARIF=", "MARKDOWN=")
		cmd.Env = append(cmd.Env, env...)
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	out, code := run("SARIF=out.sarif", "FLEET=fleet")
	if code != exitBlocked || !strings.Contains(out, "::error file=overlays/eks-prod/gateways/edge/edge.yaml,line=97") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if got, err := os.ReadFile(summary); err != nil || !strings.Contains(string(got), "gatespan blocks this change") {
		t.Errorf("summary %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.sarif")); err != nil {
		t.Error(err)
	}
	if out, code := run("TARGET=main"); code != exitUndecided { // the test's repository has no such branch
		t.Errorf("exit %d\n%s", code, out)
	}
	hostile := "x; touch " + filepath.Join(temp, "ran") + "; $(touch " + filepath.Join(temp, "ran") + ")"
	if out, code := run("FLEET=" + hostile); code != exitUndecided {
		t.Errorf("exit %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(temp, "ran")); err == nil {
		t.Error("an input was run")
	}
}
