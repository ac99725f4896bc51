//go:build e2e && linux

package component

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Built is a component that can be run, or why it cannot.
type Built struct {
	Name, Version, Path string
	Problem             string // empty when Path can be run
}

// Cache is where binaries are kept between runs: GATESPAN_E2E_CACHE, or gatespan-e2e in the user's cache.
func Cache() (string, error) {
	if dir := os.Getenv("GATESPAN_E2E_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "gatespan-e2e"), err
}

// binary is where the component is kept: under another name as soon as what it is made of has changed.
func (c Component) binary(modules, cache string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %v\n", c.Package, c.LDFlags, c.Copies) // maps print sorted
	dir := filepath.Join(modules, c.Name)
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		relative, _ := filepath.Rel(dir, name) // it is below
		fmt.Fprintf(sum, "%q %x\n", relative, sha256.Sum256(content))
		return err
	})
	return filepath.Join(cache, "bin", fmt.Sprintf("%s-%s-%.4x", c.Name, c.Version, sum.Sum(nil))), err
}

// Find is a component that needs no build: in the cache, or in PATH.
func (c Component) Find(ctx context.Context, modules, cache string) (Built, bool) {
	path, err := c.binary(modules, cache)
	if err != nil {
		return Built{}, false // and to build it says why
	}
	if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
		return Built{Name: c.Name, Version: c.Version, Path: path}, true
	}
	if c.System == "" {
		return Built{}, false
	}
	path, err = exec.LookPath(c.System)
	if err != nil {
		return Built{}, false
	}
	said, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return Built{}, false
	}
	first, _, _ := strings.Cut(string(said), "\n")
	version := strings.TrimSpace(first[strings.LastIndex(first, ":")+1:])
	return Built{Name: c.Name, Version: "v" + version + " (" + path + ")", Path: path}, true
}

// Build makes the component from its module in modules, with two jobs and low priority. The Problem of what cannot be built is the end of
// what the go command said.
func (c Component) Build(ctx context.Context, modules, cache string, log io.Writer) Built {
	started := time.Now()
	fmt.Fprintf(log, "building %s %s\n", c.Name, c.Version)
	built := Built{Name: c.Name, Version: c.Version}
	var err error
	if built.Path, err = c.binary(modules, cache); err == nil {
		err = c.build(ctx, modules, cache, built.Path)
	}
	if err != nil {
		built.Problem = err.Error()
		fmt.Fprintf(log, "%s cannot be built: %s\n", c.Name, err)
		return built
	}
	fmt.Fprintf(log, "built %s %s in %s\n", c.Name, c.Version, time.Since(started).Round(time.Second))
	return built
}

func (c Component) build(ctx context.Context, modules, cache, binary string) error {
	scratch := filepath.Join(cache, "build", c.Name)
	if err := errors.Join(os.RemoveAll(scratch), os.MkdirAll(scratch, 0o755), os.MkdirAll(filepath.Dir(binary), 0o755)); err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	for folder, module := range c.Copies {
		dir, err := download(ctx, module)
		if err != nil {
			return err
		}
		if err := lay(dir, filepath.Join(scratch, folder)); err != nil {
			return err
		}
	}
	if err := lay(filepath.Join(modules, c.Name), scratch); err != nil {
		return err
	}
	half := binary + ".half"
	defer os.Remove(half)
	command := exec.CommandContext(ctx, "nice", "-n", "10", "go", "build", "-mod=mod", "-p", "2", "-trimpath", "-ldflags", "-s -w "+c.LDFlags, "-o", half, c.Package)
	command.Dir = scratch
	command.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local", "GOWORK=off")
	if out, err := Bound(command); err != nil {
		return fmt.Errorf("%w: %s", err, tail(out))
	}
	return os.Rename(half, binary)
}

// Bound runs a command that ends with this process, also when that is killed, and returns what it printed.
func Bound(command *exec.Cmd) ([]byte, error) {
	runtime.LockOSThread() // the death signal is the thread's
	defer runtime.UnlockOSThread()
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command.CombinedOutput()
}

// download is where a module lies in the module cache. The go command compares it with the checksum database, and go.sum holds the rest.
func download(ctx context.Context, module string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", module).Output()
	var said struct{ Dir, Error string }
	if unreadable := json.Unmarshal(out, &said); unreadable != nil {
		return "", fmt.Errorf("%s: %w", module, errors.Join(err, unreadable))
	}
	if said.Error != "" {
		return "", fmt.Errorf("%s: %s", module, said.Error)
	}
	return said.Dir, nil
}

// CRDs are the files with the CRDs of Flux: of what reconciles here, and of the sources that it reads.
func CRDs(ctx context.Context) ([]string, error) {
	var out []string
	for _, module := range []string{"github.com/fluxcd/kustomize-controller@v1.9.5", "github.com/fluxcd/source-controller@v1.9.5"} {
		dir, err := download(ctx, module)
		if err != nil {
			return nil, err
		}
		found, err := filepath.Glob(filepath.Join(dir, "config", "crd", "bases", "*.yaml"))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("%s has no CRDs: %w", module, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// lay copies a tree over another. Files of the module cache are read-only, and the copies are not.
func lay(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, relative), 0o755)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, relative), content, 0o644)
	})
}

// tail is the end of a build's output, where its error is.
func tail(out []byte) string {
	lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
