//go:build !windows

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// theAction reads the composite action, and every step of it and of the workflows.
func theAction(t *testing.T) (inputs []string, steps, workflows []actionStep) {
	t.Helper()
	read := func(name string, into any) {
		content, err := os.ReadFile(filepath.Join("..", "..", ".github", name))
		if err == nil {
			err = yaml.Unmarshal(content, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var action struct {
		Inputs map[string]any `yaml:"inputs"`
		Runs   struct {
			Steps []actionStep `yaml:"steps"`
		} `yaml:"runs"`
	}
	read("actions/gatespan/action.yml", &action)
	var workflow struct {
		Jobs map[string]struct {
			Steps []actionStep `yaml:"steps"`
		} `yaml:"jobs"`
	}
	read("workflows/check.yml", &workflow)
	for name := range action.Inputs {
		inputs = append(inputs, name)
	}
	for _, job := range workflow.Jobs {
		workflows = append(workflows, job.Steps...)
	}
	return inputs, action.Runs.Steps, workflows
}

// TestActionTakesNoTextAsCode: what a pull request can name comes to a script by the environment only, and other actions are pinned.
func TestActionTakesNoTextAsCode(t *testing.T) {
	inputs, steps, workflows := theAction(t)
	pinned := regexp.MustCompile(`^(\./|[-\w]+/[-\w]+@[0-9a-f]{40}$)`)
	env := ""
	for _, s := range append(steps, workflows...) {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("an expression in a script: %s", s.Run)
		}
		if s.Uses != "" && !pinned.MatchString(s.Uses) {
			t.Errorf("not pinned to a commit: %s", s.Uses)
		}
		for _, v := range s.Env {
			env += v + "\n"
		}
	}
	if len(inputs) < 8 || len(steps) < 4 || len(workflows) < 3 {
		t.Fatalf("%d inputs, %d steps, %d steps of the workflow", len(inputs), len(steps), len(workflows))
	}
	for _, name := range inputs {
		if !strings.Contains(env, "${{ inputs."+name+" }}") {
			t.Errorf("input %s is not used", name)
		}
	}
}

// TestActionRuns runs the action's own script, as a runner would, with this gatespan.
func TestActionRuns(t *testing.T) {
	_, steps, _ := theAction(t)
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
