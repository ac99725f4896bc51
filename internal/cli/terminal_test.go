//go:build !windows

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestOnATerminal runs gatespan with a pseudo-terminal of some width, as a person sees it.
func TestOnATerminal(t *testing.T) {
	dir := unsafeRepository(t)
	for _, c := range []struct {
		name    string
		columns uint16
		env     string
		args    []string
		colored bool
	}{
		{"wide", 200, "", []string{"check"}, true},
		{"usual", 80, "", []string{"check"}, true},
		{"posture", 80, "", []string{"show"}, true},
		{"rule", 80, "", []string{"explain", "mtls/client-certificate-not-required"}, true},
		{"NO_COLOR", 80, "NO_COLOR=1", []string{"check"}, false},
		{"NO_COLOR and --color", 80, "NO_COLOR=1", []string{"check", "--color", "always"}, true},
		{"never", 80, "", []string{"check", "--color", "never"}, false},
		{"dumb", 80, "TERM=dumb", []string{"check"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := onTerminal(t, dir, c.columns, c.env, c.args...)
			if strings.Contains(got, "\x1b[") != c.colored {
				t.Errorf("coloured: %v, want %v\n%q", !c.colored, c.colored, got)
			}
			for _, line := range strings.Split(withoutColor(got), "\n") {
				line = strings.TrimRight(line, "\r")
				line = line[strings.LastIndex(line, "\r")+1:] // what the progress line drew before is overwritten
				verbatim := strings.Contains(line, "overlays/") || c.args[0] == "explain" && strings.HasPrefix(line, "  ")
				if len([]rune(line)) > int(min(c.columns, 100)) && !verbatim {
					t.Errorf("%d columns of %d: %s", len([]rune(line)), c.columns, line)
				}
			}
			if c.args[0] == "check" && !strings.Contains(withoutColor(got), "     |       ^\r\n") {
				t.Errorf("no caret:\n%s", withoutColor(got))
			}
		})
	}
}

// TestManyMistakesOnATerminal: somebody who made one mistake in a pattern sees where it starts, and what else there is to see.
func TestManyMistakesOnATerminal(t *testing.T) {
	dir := unsafeRepository(t)
	for i := range 70 {
		if err := os.WriteFile(filepath.Join(dir, "fleet", "exposures", fmt.Sprintf("x%02d.yaml", i)), []byte("mistake: 1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, _, all := try(t, "check", "-C", dir)
	if n := strings.Count(all, ".yaml:1:1: "); n != 70 || strings.Contains(all, "gatespan:") {
		t.Errorf("%d of 70 mistakes are said:\n%s", n, all)
	}
	got := withoutColor(onTerminal(t, dir, 100, "", "check"))
	if n := strings.Count(got, ".yaml:1:1: "); n != screenful || !strings.Contains(got, "gatespan: these are 20 of 70 mistakes\r\n  hint: ") {
		t.Errorf("%d mistakes are drawn:\n%s", n, got)
	}
}

// unsafeRepository is the example fleet with its overlays, one word of which is wrong.
func unsafeRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "fleet"), os.DirFS(filepath.Join("..", "..", "testdata", "relay"))); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := try(t, "generate", "-C", dir); code != exitPass {
		t.Fatal(stderr)
	}
	file := filepath.Join(dir, "overlays", "eks-prod", "gateways", "edge", "edge.yaml")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(content, []byte("mode: RequireAndVerify"), []byte("mode: VerifyIfGiven"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// onTerminal returns everything that gatespan draws on a terminal.
func onTerminal(t *testing.T, dir string, columns uint16, env string, args ...string) string {
	t.Helper()
	cmd := exec.Command("gatespan", args...) // this test binary, which testscript.Main puts on the PATH
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=", env)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: columns})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	out, _ := io.ReadAll(terminal) // ends with an error of the operating system's choice when the program is gone
	_ = cmd.Wait()                 // exit codes are others' tests
	if len(out) == 0 {
		t.Fatal("nothing was drawn")
	}
	return string(out)
}

func withoutColor(text string) string {
	for {
		start := strings.Index(text, "\x1b[")
		if start < 0 {
			return text
		}
		text = text[:start] + text[start+strings.Index(text[start:], "m")+1:]
	}
}
