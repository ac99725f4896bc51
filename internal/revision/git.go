package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// options come before git's subcommand. Each takes away something that a repository's configuration could make git do.
var options = []string{
	"--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
	"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
	"-c", "submodule.recurse=false", "-c", "core.alternateRefsCommand=", "-c", "log.showSignature=false",
}

// command prepares git in dir. Its environment has no GIT_ variable of the caller: one of them could point at another
// repository, or name a program to run.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append(append([]string{}, options...), args...)...)
	cmd.Dir = dir
	cmd.Env = environment(os.Environ())
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func environment(given []string) []string {
	var env []string
	for _, v := range given {
		if !strings.HasPrefix(strings.ToUpper(v), "GIT_") && !strings.HasPrefix(v, "LC_ALL=") && !strings.HasPrefix(v, "LANGUAGE=") {
			env = append(env, v)
		}
	}
	return append(env,
		"LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		// Objects that a partial clone left out are never fetched; older versions of git know only the protocol list.
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
	)
}

// failure is a git run that ended badly.
type failure struct {
	code   int
	stderr string
	err    error
}

func (f *failure) Error() string {
	if f.stderr != "" {
		return "git: " + f.stderr
	}
	return "git: " + f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// run runs git and returns what it wrote.
func run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	return output(command(ctx, dir, args...), dir)
}

func output(cmd *exec.Cmd, dir string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.Bytes(), nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, &Problem{Kind: err, What: "git is not installed", Hint: "install git, or leave out --base"}
	}
	f := &failure{code: -1, stderr: firstLine(stderr.String()), err: err}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		f.code = exit.ExitCode()
	}
	switch {
	case strings.Contains(f.stderr, "not a git repository"):
		return nil, &Problem{Kind: ErrNotRepository, What: dir + " is not a git repository",
			Hint: "run gatespan inside a clone, or leave out --base"}
	case strings.Contains(f.stderr, "dubious ownership"):
		return nil, &Problem{Kind: ErrNotRepository, What: "git does not trust the owner of " + dir,
			Hint: fmt.Sprintf("git config --global --add safe.directory %s", dir)}
	}
	return nil, f
}

func firstLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	return s
}

// isID tells a full object id (SHA-1 or SHA-256) from everything else.
func isID(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}
