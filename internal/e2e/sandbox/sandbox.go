//go:build e2e && linux

// Package sandbox runs the suites where nothing that they start can outlive them or reach a network: in process, network and mount
// namespaces of their own. When the first process of a PID namespace ends, the kernel ends all others; network namespaces and the tmpfs
// with all state go with them. So a run that is killed leaves nothing, and needs no list of what to stop.
//
//  1. sandbox.go: Enter starts this program again inside, Prepare is what it does first
//  2. process.go: long-running processes and their logs
//  3. net.go: a network namespace for each cluster, joined by a veth pair, and sockets in them
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

const inside = "GATESPAN_E2E_INSIDE"

// ErrNone is of a system that gives this user no namespaces, or no rights in them.
var ErrNone = errors.New("no namespaces for the suites: they need root, or user namespaces with the right to mount")

// StatusNone is how the inside ends when Prepare fails, for Enter to tell that from a suite's failure.
const StatusNone = 3

// Inside is the state directory of the sandbox that this process is the first of, or "".
func Inside() string { return os.Getenv(inside) }

// Enter runs this program again, with the same arguments, in namespaces of its own, and waits for it. What it starts ends with it, and it
// ends with ctx and with this process. dir becomes the mount point of its state. It errors where namespaces cannot be had.
func Enter(ctx context.Context, dir string, environment ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	runtime.LockOSThread() // the death signal is the thread's
	defer runtime.UnlockOSThread()
	command := exec.CommandContext(ctx, self, os.Args[1:]...)
	command.Env = append(append(os.Environ(), inside+"="+dir), environment...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS,
		Pdeathsig:  syscall.SIGKILL,
	}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		command.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}}
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("%w: %w", ErrNone, err)
	}
	err = command.Wait()
	if command.ProcessState.ExitCode() == StatusNone {
		return ErrNone
	}
	return err
}

// Prepare gives the inside its own /proc, /run and state, and brings the loopback device up.
func Prepare() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	for _, m := range []struct{ source, target, kind string }{{"proc", "/proc", "proc"}, {"tmpfs", "/run", "tmpfs"}, {"tmpfs", Inside(), "tmpfs"}} {
		if err := syscall.Mount(m.source, m.target, m.kind, 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	return Run("ip", "link", "set", "lo", "up")
}

// Hosts makes names known to whatever runs inside: there is no DNS.
func Hosts(addresses map[string]string) error {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(addresses)) {
		fmt.Fprintf(&text, "%s %s\n", addresses[name], name)
	}
	file := filepath.Join(Inside(), "hosts")
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		return err
	}
	return syscall.Mount(file, "/etc/hosts", "", syscall.MS_BIND, "")
}

// Run runs a short command, whose output is its error's.
func Run(name string, arguments ...string) error {
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(arguments, " "), errors.Join(err, errors.New(strings.TrimSpace(string(out)))))
	}
	return nil
}
