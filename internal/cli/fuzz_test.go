package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// FuzzArguments runs the command line with arguments of anybody in an empty directory: nothing may panic, there is nothing to pass a check,
// nothing is written, and no escape of an argument comes back.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"check", "check\n--base\n--upload-pack=x", "check\n--\n--help", "check\n-C\n\x1b[2J", "generate\n--fleet\n../x", "diff\n--base=\xff", "explain\nmtls/\x1b]0;x\x07", "show\n--format=\r", "why\na\nb", "report\nmerge\n/dev/null",
		"check\n--shard\n0/0", "check\n--shard\n1/99999999999999999999", "check\n--format\njson=", "waive\n--expires\nx", "due\n--within\n-1", "export\nx", "check\n--today\n2026-13-01", "check\n--policies\n/", "check\n--jobs\n-1", "-", "--", "", "check\n--fleet=-", "check\n\u202egpj", "::error::x", "init\n--dry-run"} {
		f.Add(seed)
	}
	name := regexp.MustCompile(`^-{0,2}(completion|__complete|help)`)
	f.Fuzz(func(t *testing.T, text string) {
		args := strings.Split(text, "\n")
		for _, a := range args {
			// Paths that lead to where the test runs, and what cobra answers for shells, are no part of this.
			if strings.Contains(a, "..") || strings.Contains(a, "/") && !strings.Contains(a, "mtls/") || name.MatchString(a) {
				return
			}
		}
		t.Chdir(t.TempDir())
		code, out, err := try(t, args...)
		if code != exitPass && code != exitBlocked && code != exitUndecided {
			t.Errorf("%q: exit code %d", args, code)
		}
		if args[0] == "check" && code == exitPass && !strings.Contains(out, "Usage:") && !strings.Contains(out, "Examples:") {
			t.Errorf("%q: a pass of nothing:\n%s", args, out)
		}
		for _, r := range out + err {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Errorf("%q: %U in %q %q", args, r, out, err)
				break
			}
		}
		if strings.Contains(err, "internal error") {
			t.Errorf("%q: %s", args, err)
		}
		if found, _ := filepath.Glob("*"); len(found) > 0 && args[0] == "check" && !strings.Contains(text, "=") && !strings.Contains(text, "-o") {
			t.Errorf("%q wrote %v", args, found)
		}
		_ = os.Remove("x")
	})
}
