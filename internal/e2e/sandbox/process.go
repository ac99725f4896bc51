//go:build e2e && linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Process is a component that runs.
type Process struct {
	name, log string
	command   *exec.Cmd
	done      chan struct{}
}

// Start runs a program in a namespace, with its output in a log below the state directory.
func (n *Net) Start(name string, environment []string, program string, arguments ...string) (*Process, error) {
	p := &Process{name: n.Name + "/" + name, log: filepath.Join(Inside(), "log", n.Name+"-"+name), done: make(chan struct{})}
	if err := os.MkdirAll(filepath.Dir(p.log), 0o755); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.command = n.command(program, arguments...)
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Env = append(os.Environ(), environment...)
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	go func() {
		_ = p.command.Wait() // how it ended is in its log
		close(p.done)
	}()
	return p, nil
}

// Stop asks the process to end, and ends it after ten seconds.
func (p *Process) Stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.command.Process.Kill()
		<-p.done
	}
}

// Final is an answer that waiting does not change.
type Final struct{ error }

// Say is a final answer with what was said.
func Say(format string, a ...any) error { return Final{fmt.Errorf(format, a...)} }

// Until waits for a condition; it errors with the end of the process's log when the process ends or two minutes are over, and with a Final
// at once.
func (p *Process) Until(ctx context.Context, what string, holds func() error) error {
	var last error
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		if last = holds(); last == nil || errors.As(last, &Final{}) {
			return last
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended before %s:\n%s", p.name, what, p.Tail(15))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s: not %s after two minutes: %w\n%s", p.name, what, last, p.Tail(15))
}

// Tail is the end of the log.
func (p *Process) Tail(lines int) string {
	content, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(content)), "\n")
	all = all[max(0, len(all)-lines):]
	for i, line := range all {
		all[i] = line[:min(len(line), 300)]
	}
	return strings.Join(all, "\n")
}
