//go:build e2e && linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/component"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/e2e/suite"
)

func main() {
	only := flag.String("run", "", "run only the suites that match this `expression`; golden and killed are two")
	build := flag.Bool("build", true, "build the components that are missing")
	present := flag.Bool("present", false, "leave out, with a word, what needs components that are not built; nothing is built")
	root := flag.String("root", ".", "gatespan's repository")
	flag.Parse()
	// What started this may be killed: then this ends too, and the sandbox with it.
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGTERM), 0, 0, 0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	matches, err := regexp.Compile(*only)
	if err == nil {
		*root, err = filepath.Abs(*root)
	}
	var status int
	switch {
	case err != nil:
	case sandbox.Inside() != "":
		if err := sandbox.Prepare(); err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			os.Exit(sandbox.StatusNone)
		}
		err = inside(ctx, *root, matches)
	default:
		status, err = outside(ctx, *root, matches, *build && !*present, *present)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		status = 2
	}
	os.Exit(status)
}

// outside builds, runs the suites in the sandbox and some tests beside it, and prints the table.
func outside(ctx context.Context, root string, matches *regexp.Regexp, build, present bool) (int, error) {
	started := time.Now()
	cache, err := component.Cache()
	if err != nil {
		return 0, err
	}
	run, done, err := directory(cache)
	if err != nil {
		return 0, err
	}
	defer done()
	// What a killed run leaves in its directories for temporary files is removed with the rest of it by the next one.
	for _, name := range []string{"TMPDIR", "GOTMPDIR"} {
		if err := os.Setenv(name, filepath.Join(run, "tmp")); err != nil {
			return 0, err
		}
	}
	rows := filepath.Join(run, "rows")
	e := suite.Env{Root: root, Gatespan: filepath.Join(run, "gatespan"), Components: map[string]component.Built{}, Present: present}
	modules := filepath.Join(root, "internal", "e2e", "modules")
	for _, c := range component.All() {
		built, found := c.Find(ctx, modules, cache)
		switch {
		case found:
		case !slices.ContainsFunc(suite.All(), func(s suite.Suite) bool { return matches.MatchString(s.Name) && s.Uses(c.Name) }):
			continue
		case !build:
			built = component.Built{Name: c.Name, Version: c.Version, Problem: "it is not in the cache, and nothing is built in this run"}
		default:
			built = c.Build(ctx, modules, cache, os.Stdout)
		}
		e.Components[c.Name] = built
	}
	if present && !slices.ContainsFunc(suite.All(), func(s suite.Suite) bool { return matches.MatchString(s.Name) && len(s.Missing(&e)) == 0 }) {
		fmt.Println("none of the components is built: make e2e builds them")
		return 0, nil
	}
	if out, err := component.Bound(command(ctx, root, "go", "build", "-o", e.Gatespan, "./cmd/gatespan")); err != nil {
		return 0, fmt.Errorf("gatespan does not build: %w: %s", err, out)
	}
	crds, program := filepath.Join(root, "internal", "crdtest"), filepath.Join(run, "paths")
	paths, err := component.Bound(command(ctx, crds, "go", "build", "-o", program, "./paths"))
	if err == nil {
		paths, err = component.Bound(command(ctx, crds, program))
	}
	if err != nil {
		return 0, fmt.Errorf("the CRDs of internal/crdtest: %w: %s", err, paths)
	}
	e.CRDs = strings.Fields(string(paths))
	flux, err := component.CRDs(ctx)
	if err != nil {
		return 0, err
	}
	e.CRDs = append(e.CRDs, flux...)
	if !present && (matches.MatchString("envoy-gateway") || matches.MatchString("istio")) {
		e.Trees = filepath.Join(run, "trees")
		if err := os.MkdirAll(e.Trees, 0o755); err != nil {
			return 0, err
		}
		if out, err := test(ctx, filepath.Join(root, "internal", "corpus"), run, "", "-test.run=^TestTrees$", "-trees", e.Trees); err != nil {
			return 0, fmt.Errorf("the changes of testdata/corpus: %w: %s", err, out)
		}
	}
	if err := save(filepath.Join(run, "environment"), e); err != nil {
		return 0, err
	}
	built := time.Since(started)
	if err := sandbox.Enter(ctx, filepath.Join(run, "state"), claims.Environment+"="+rows); err != nil {
		if present && errors.Is(err, sandbox.ErrNone) {
			fmt.Println("left out:", err)
			return 0, nil
		}
		os.Setenv(claims.Environment, rows)
		row := claims.Row{Area: "the run", Claim: "the suites run to their end", Component: "sandbox", Outcome: claims.NotRun, Detail: err.Error()}
		if err := claims.Record(row); err != nil {
			return 0, err
		}
	}
	if ctx.Err() != nil {
		return 0, errors.New("interrupted")
	}
	for _, t := range tested {
		if matches.MatchString(t.name) {
			if err := tests(ctx, root, run, t.tag, t.path); err != nil {
				return 0, err
			}
		}
	}
	all, err := claims.Load(rows)
	if err != nil {
		return 0, err
	}
	fmt.Println()
	if err := claims.Write(os.Stdout, all); err != nil {
		return 0, err
	}
	fmt.Printf("%s in all, %s of it before the first suite\n", time.Since(started).Round(time.Second), built.Round(time.Second))
	return claims.Status(all), nil
}

// inside runs the suites.
func inside(ctx context.Context, root string, matches *regexp.Regexp) error {
	content, err := os.ReadFile(filepath.Join(filepath.Dir(sandbox.Inside()), "environment"))
	if err != nil {
		return err
	}
	var e suite.Env
	if err := json.Unmarshal(content, &e); err != nil {
		return err
	}
	e.State, e.Log = sandbox.Inside(), os.Stdout
	suites := slices.DeleteFunc(suite.All(), func(s suite.Suite) bool { return !matches.MatchString(s.Name) })
	e.Ahead(ctx, suites)
	var errs []error
	for _, s := range suites {
		errs = append(errs, s.Run(ctx, &e))
	}
	return errors.Join(errs...)
}

// tested are packages whose tests record rows of their own, by the name that chooses them.
var tested = []struct{ name, tag, path string }{
	{"golden", "golden", "./internal/e2e/goldentest"},
	{"killed", "e2e", "./internal/e2e/sandbox"},
}

// test builds the tests of a package and runs them: what runs is no child of a child, and ends with this process.
func test(ctx context.Context, dir, run, tag string, arguments ...string) ([]byte, error) {
	program := filepath.Join(run, filepath.Base(dir)+".test")
	if out, err := component.Bound(command(ctx, dir, "go", "test", "-c", "-tags", tag, "-o", program, ".")); err != nil {
		return out, err
	}
	return component.Bound(command(ctx, dir, program, append(arguments, "-test.timeout=30m")...))
}

// tests runs those of a package. Tests that leave no row, or that fail and leave none that says so, are a row that says this.
func tests(ctx context.Context, root, run, tag, path string) error {
	rows := filepath.Join(run, "rows")
	os.Setenv(claims.Environment, rows)
	before, err := claims.Load(rows)
	if err != nil {
		return err
	}
	out, failed := test(ctx, filepath.Join(root, path), run, tag)
	after, err := claims.Load(rows)
	if err != nil {
		return err
	}
	added := after[len(before):]
	if len(added) > 0 && (failed == nil || claims.Status(added) != 0) {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return claims.Record(claims.Row{Area: "The run itself", Claim: "the tests of " + path + " run to their end", Component: "go test", Outcome: claims.NotRun,
		Detail: fmt.Sprintf("%v\n%s", failed, strings.Join(lines[max(0, len(lines)-20):], "\n"))})
}

// directory is the run's own, below the cache: whatever a run that was killed left in it is removed, and no two runs share it.
func directory(cache string) (dir string, done func(), err error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", nil, err
	}
	lock, err := os.OpenFile(filepath.Join(cache, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", nil, err
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return "", nil, fmt.Errorf("another run uses %s: %w", cache, err)
	}
	dir = filepath.Join(cache, "run")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(filepath.Join(dir, "state"), 0o755), os.MkdirAll(filepath.Join(dir, "tmp"), 0o755)); err != nil {
		return "", nil, err
	}
	return dir, func() { _ = errors.Join(os.RemoveAll(dir), lock.Close()) }, nil // a file that nobody holds any more is closed, and unlocked
}

func command(ctx context.Context, dir, name string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, arguments...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOTOOLCHAIN=local")
	return c
}

func save(path string, value any) error {
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
