package cli

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateReadme = flag.Bool("update-readme", false, "write the demo's output and the capability matrix into the README")

// copyExample makes a directory with the example fleet, as a repository of its own.
func copyExample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata", "relay"), os.DirFS(filepath.Join("..", "..", "testdata", "relay"))); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "overlays"), os.DirFS(filepath.Join("..", "..", "overlays"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestReadmeDemo holds the README to the real output of `make demo`: the same commands, on a copy.
func TestReadmeDemo(t *testing.T) {
	dir := copyExample(t)
	var demo strings.Builder
	step := func(want int, args ...string) {
		demo.WriteString("$ gatespan " + strings.Join(args, " ") + "\n")
		code, out, problem := try(t, append(args, "-C", dir)...)
		if code != want {
			t.Fatalf("gatespan %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, problem)
		}
		demo.WriteString(out + "\n")
	}
	step(0, "generate", "--fleet", "testdata/relay")
	step(0, "check", "--fleet", "testdata/relay")
	step(0, "show", "--fleet", "testdata/relay")
	demo.WriteString("Now somebody edits one word of overlays/eks-prod/gateways/edge/edge.yaml: the client certificate becomes optional.\n\n")
	edited := filepath.Join(dir, "overlays", "eks-prod", "gateways", "edge", "edge.yaml")
	content, err := os.ReadFile(edited)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(edited, []byte(strings.Replace(string(content), "mode: RequireAndVerify", "mode: VerifyIfGiven", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	step(1, "check", "--fleet", "testdata/relay")

	inReadme(t, regexp.MustCompile("(?s)(readme_test.go -->\n```console\n)(.*?)(```\n)"), strings.TrimRight(demo.String(), "\n")+"\n")
}

// TestReadmeControllers holds the README to the capability matrix.
func TestReadmeControllers(t *testing.T) {
	code, out, problem := try(t, "controllers", "-o", "markdown")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, problem)
	}
	inReadme(t, regexp.MustCompile("(?s)(<!-- gatespan controllers -o markdown -->\n)(.*?)(<!-- end -->\n)"), out)
}

// inReadme holds the middle group of a pattern in the README to a text.
func inReadme(t *testing.T, block *regexp.Regexp, want string) {
	t.Helper()
	readme := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	found := block.FindStringSubmatch(string(text))
	if found == nil {
		t.Fatalf("the README has no block %s", block)
	}
	if *updateReadme {
		updated := strings.Replace(string(text), found[0], found[1]+want+found[3], 1)
		if err := os.WriteFile(readme, []byte(updated), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, found[2]); diff != "" {
		t.Errorf("the README is out of date; go test ./internal/cli -run Readme -update-readme writes it (-want +got)\n%s", diff)
	}
}

// TestReadmeFleet holds that the fleet to copy works as it stands.
func TestReadmeFleet(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	fleet := regexp.MustCompile("(?s)```cue\n(.*?)```").FindSubmatch(text)
	if fleet == nil {
		t.Fatal("the README has no fleet to copy")
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "fleet"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "fleet", "fleet.cue"), fleet[1], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"generate"}, {"check"}} {
		if code, out, problem := try(t, append(args, "-C", dir)...); code != 0 {
			t.Errorf("gatespan %s: exit code %d\n%s%s", args[0], code, out, problem)
		}
	}
}

// TestDemoScript holds that `make demo` itself runs, where there is a shell, and leaves its example alone.
func TestDemoScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Log("there is no bash here: testdata/demo.sh was not run")
		return
	}
	dir := copyExample(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs(filepath.Join("..", "..", "testdata", "demo.sh"))
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is gatespan when it is called so: see TestMain.
	gatespan := filepath.Join(t.TempDir(), "gatespan")
	if err := os.Symlink(self, gatespan); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GATESPAN="+gatespan, "FLEET=testdata/relay")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Blocked, exit code 1.") {
		t.Errorf("%v\n%s", err, out)
	}
	if code, drift, problem := try(t, "generate", "--check", "-C", dir, "--fleet", "testdata/relay"); code != 0 {
		t.Errorf("the demo changed its example: exit code %d\n%s%s", code, drift, problem)
	}
}
