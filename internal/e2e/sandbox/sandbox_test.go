//go:build e2e && linux

package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatespan/gatespan/internal/e2e/claims"
)

const outer = "GATESPAN_E2E_OUTER"

// TestMain is also what is killed, and what runs in its sandbox.
func TestMain(m *testing.M) {
	switch {
	case Inside() != "":
		if err := inSandbox(); err != nil {
			fmt.Println(err)
			os.Exit(StatusNone)
		}
		time.Sleep(time.Hour)
	case os.Getenv(outer) != "":
		if err := Enter(context.Background(), os.Getenv(outer)); errors.Is(err, ErrNone) {
			fmt.Println("none")
		}
	default:
		os.Exit(m.Run())
	}
}

// inSandbox leaves what a run leaves: mounts, a namespace with an interface, files, and a process of a process.
func inSandbox() error {
	if err := Prepare(); err != nil {
		return err
	}
	east, _, err := Pair("east", "west")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(Inside(), "file"), nil, 0o644); err != nil {
		return err
	}
	_, err = east.Start("shell", nil, "sh", "-c", "sleep 3600; echo "+filepath.Base(Inside()))
	fmt.Println("ready")
	return err
}

// TestKilled: of a run that is killed no process, mount, namespace or file is left, whatever it had started.
func TestKilled(t *testing.T) {
	claims.Of(t, &claims.Row{Area: "The run itself", Claim: "killed in the middle it leaves no process, namespace, mount or file", Component: "Linux"})
	dir, err := os.MkdirTemp(t.TempDir(), "gatespan-killed-")
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(os.Args[0])
	run.Env = append(os.Environ(), outer+"="+dir)
	said, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && lines.Text() != "ready" {
		if lines.Text() == "none" {
			t.Skip(ErrNone)
		}
		t.Log(lines.Text())
	}
	name := filepath.Base(dir)
	if found := processes(t, name); len(found) < 3 {
		t.Errorf("the run has only %q: what is killed is not what a run is", found)
	}
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = run.Wait() // it was killed
	for deadline := time.Now().Add(20 * time.Second); len(processes(t, name)) > 0 && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
	}
	for _, p := range processes(t, name) {
		t.Errorf("left: %s", p)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || bytes.Contains(mounts, []byte(name)) {
		t.Errorf("a mount is left: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("files are left: %v %v", files, err)
	}
	if spaces, _ := filepath.Glob("/run/netns/*st"); len(spaces) > 0 {
		t.Errorf("namespaces are left: %q", spaces)
	}
}

// processes are those with a name in their arguments or environment.
func processes(t *testing.T, name string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range all {
		arguments, _ := os.ReadFile(filepath.Join(p, "cmdline")) // it may have ended
		environment, _ := os.ReadFile(filepath.Join(p, "environ"))
		if bytes.Contains(arguments, []byte(name)) || bytes.Contains(environment, []byte(name)) {
			out = append(out, fmt.Sprintf("%s %q", p, arguments))
		}
	}
	return out
}
