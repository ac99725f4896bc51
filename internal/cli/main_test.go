package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/report"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gatespan": func() { os.Exit(Main()) }})
}

// TestScripts runs testdata/script: each archive is the input, the commands, and what they must print.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			relay, err := filepath.Abs(filepath.Join("..", "..", "testdata", "relay"))
			e.Setenv("RELAY", relay)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs gatespan and wants an exit code: exits 2 gatespan check …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// try runs gatespan in this process.
func try(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(args, streams{in: strings.NewReader(""), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

// TestEveryCommandHelps holds every command to saying what it does, with an example that starts with gatespan and fits a page.
func TestEveryCommandHelps(t *testing.T) {
	root := (&app{}).root()
	root.InitDefaultCompletionCmd()
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		if !c.HasSubCommands() && c.Parent() != nil && c.Parent().Name() != "completion" && c.Name() != "help" {
			if c.Short == "" || !strings.HasPrefix(strings.TrimSpace(c.Example), c.CommandPath()) {
				t.Errorf("%s: short %q, example %q", c.CommandPath(), c.Short, c.Example)
			}
			code, out, _ := try(t, append(strings.Fields(c.CommandPath())[1:], "--help")...)
			if code != exitPass || !strings.Contains(out, "Examples:") {
				t.Errorf("%s --help: exit %d\n%s", c.CommandPath(), code, out)
			}
		}
		for _, text := range []string{c.Short, c.Long, c.Example} {
			for _, line := range strings.Split(text, "\n") {
				if len([]rune(line)) > report.Width+10 && c.Parent() != nil && c.Parent().Name() != "completion" {
					t.Errorf("%s: %d columns: %s", c.CommandPath(), len(line), line)
				}
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
}

// TestExamplesParse holds the flags in examples to the flags that there are.
func TestExamplesParse(t *testing.T) {
	root := (&app{}).root()
	for _, c := range root.Commands() {
		for _, line := range strings.Split(c.Example, "\n") {
			line, _, _ = strings.Cut(line, "#")
			line, _, _ = strings.Cut(line, "|")
			line, _, _ = strings.Cut(line, ">")
			words := strings.Fields(line)
			if len(words) < 2 {
				continue
			}
			found, rest, err := (&app{}).root().Find(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

func TestPanicIsNoVerdict(t *testing.T) {
	var stderr bytes.Buffer
	crashed(&stderr, "index out of range\x1b[2J", []byte("goroutine 1\n\tmain.go:1\n"))
	got := stderr.String()
	for _, want := range []string{`gatespan: internal error: index out of range\x1b[2J`, "hint: nothing was decided", "main.go:1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}

func TestInterrupt(t *testing.T) {
	var stderr bytes.Buffer
	ctx, stop := interruptible(&stderr)
	defer stop()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	if ctx.Err() != context.Canceled {
		t.Error(ctx.Err())
	}
}

func TestExitCode(t *testing.T) {
	for _, c := range []struct {
		report report.Report
		want   int
	}{
		{report.Report{Verdict: report.Pass}, exitPass},
		{report.Report{Verdict: report.Blocked}, exitBlocked},
		{report.Report{Verdict: report.Blocked, Undecided: make([]report.Undecidedness, 1)}, exitBlocked},
		{report.Report{Verdict: report.Undecided}, exitUndecided},
		{report.Report{Verdict: report.Pass, Undecided: make([]report.Undecidedness, 1)}, exitUndecided},
		{report.Report{}, exitUndecided},
	} {
		if got := exitCode(&c.report); got != c.want {
			t.Errorf("%+v: %d, want %d", c.report, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"check", "controllers", "diff", "mtls/client-certificate-not-required", "tls/floor"}
	for name, want := range map[string]string{
		"chek":                           "did you mean check?",
		"controller":                     "did you mean controllers?",
		"client-certificate-not-require": "did you mean mtls/client-certificate-not-required?",
		"xyzzy":                          "one of check, controllers, diff, mtls/client-certificate-not-required, tls/floor",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := nearest("a", nil); got != "" {
		t.Errorf("nothing known: %s", got)
	}
}

func TestOutputs(t *testing.T) {
	for _, c := range []struct {
		given []string
		want  string // the formats and files, or the error
	}{
		{nil, "text"},
		{[]string{"json"}, "json"},
		{[]string{"text", "json=a.json"}, "text json=a.json"},
		{[]string{"json=a=b.json"}, "json=a=b.json"},
		{[]string{"text", "json"}, "text and json cannot both go to standard output"},
		{[]string{"json="}, `--format "json=" names no file`},
		{[]string{"jsn"}, `--format "jsn" is not known`},
	} {
		got, err := outputs(c.given)
		var words []string
		for _, o := range got {
			word := o.format.Name
			if o.file != "" {
				word += "=" + o.file
			}
			words = append(words, word)
		}
		text := strings.Join(words, " ")
		if err != nil {
			text = err.Error()
		}
		if text != c.want {
			t.Errorf("%v: %s, want %s", c.given, text, c.want)
		}
	}
}

// TestWriteFollowsNoLink protects files outside the repository from a link that a pull request brings.
func TestWriteFollowsNoLink(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, link := range [][2]string{{outside, "report.json"}, {filepath.Dir(outside), "reports"}} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := write(dir, "report.json", []byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, "reports/outside", []byte("new")); err == nil {
		t.Error("wrote through a linked folder")
	}
	if got, err := os.ReadFile(outside); err != nil || string(got) != "kept" {
		t.Errorf("outside: %q, %v", got, err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "report.json")); err != nil || string(got) != "new" {
		t.Errorf("report.json: %q, %v", got, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*.tmp"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWriteOwnKeepsWhatIsNotOurs(t *testing.T) {
	dir := t.TempDir()
	files := map[string][]byte{"cue.mod/module.cue": []byte("// Written by gatespan schema.\nnew"), "fleet.schema.json": []byte("{}")}
	if err := os.Mkdir(filepath.Join(dir, "cue.mod"), 0o755); err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(dir, "cue.mod", "module.cue")
	if err := os.WriteFile(theirs, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	written, kept, err := writeOwn(dir, files)
	if err != nil || strings.Join(written, " ") != "fleet.schema.json" || strings.Join(kept, " ") != "cue.mod/module.cue" {
		t.Errorf("written %v, kept %v, %v", written, kept, err)
	}
	if got, err := os.ReadFile(theirs); err != nil || string(got) != "theirs" {
		t.Errorf("module.cue: %q, %v", got, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "cue.mod")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "cue.mod")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := writeOwn(dir, files); err == nil {
		t.Error("wrote through a link")
	}
}

func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	start := time.Now()
	p := &progressLine{out: &out, started: start, stop: make(chan struct{})}
	p.show("reading\x1b[2J clusters", 1, 2)
	p.draw(start.Add(progressAfter / 2))
	if out.Len() > 0 {
		t.Errorf("shown too early: %q", out.String())
	}
	p.draw(start.Add(2 * time.Second))
	p.show("done", 0, 0)
	p.draw(start.Add(3 * time.Second))
	p.clear()
	p.draw(start.Add(4 * time.Second))
	if got, want := strings.Count(out.String(), "\r"), 4; got != want || strings.Contains(out.String(), "\x1b") || strings.Contains(out.String(), "\n") {
		t.Errorf("%q", out.String())
	}
	if !strings.HasPrefix(out.String(), "\r[==========          ] 1/2 reading\\x1b[2J clusters, 2 s\r") {
		t.Errorf("%q", out.String())
	}
}
