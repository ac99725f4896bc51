package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "listener relay of Gateway edge/edge", "listener relay of Gateway edge/edge"},
		{"other scripts", "шлюз 网关 é 🙂", "шлюз 网关 é 🙂"},
		{"colour", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"window title", "\x1b]0;owned\x07", `\x1b]0;owned\a`},
		{"C1 control sequence introducer", "\u009b31m", `\u009b31m`},
		{"carriage return hides the line", "block\rpass ", `block\rpass `},
		{"line feed", "a\nverdict: pass", `a\nverdict: pass`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"right-to-left override", "edge\u202egpj.exe", `edge\u202egpj.exe`},
		{"isolate", "\u2066a\u2069", `\u2066a\u2069`},
		{"zero width", "ed\u200bge", `ed\u200bge`},
		{"tag characters", "edge\U000e0041", `edge\U000e0041`},
		{"Hangul filler", "a\u3164b", `a\u3164b`},
		{"variation selector", "a\ufe0fb", `a\ufe0fb`},
		{"no-break space", "a\u00a0b", `a\u00a0b`},
		{"not UTF-8", "a\xffb", `a\xffb`},
		{"backspace", "pass\b\b\b\b", `pass\b\b\b\b`},
		{"delete", "\x7f", `\x7f`},
		{"workflow command", "::error file=a::b", `:\x3aerror file=a::b`},
		{"workflow command without parameters", "::stop-commands::x", `:\x3astop-commands::x`},
		{"old workflow command", "##[set-env name=PATH]x", `#\x23[set-env name=PATH]x`},
		{"Azure Pipelines", "##vso[task.setvariable variable=a]b", `#\x23vso[task.setvariable variable=a]b`},
		{"addresses are not commands", "admits ::/0, ::1 and ::ffff:10.0.0.1", "admits ::/0, ::1 and ::ffff:10.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanLines(t *testing.T) {
	if got, want := CleanLines("a\r\n\tb\x1b\n"), "a\n    b\\x1b\n"; got != want {
		t.Errorf("CleanLines = %q, want %q", got, want)
	}
}

// workflow is what a runner would take for a command.
var workflow = regexp.MustCompile(`(?m)(^\s*::[A-Za-z_-]+( [^\n]*)?::|##(vso|teamcity)?\[)`)

func checkSafe(t *testing.T, out string, newlines bool) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%q is not UTF-8", out)
	}
	for _, r := range out {
		if newlines && r == '\n' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Co, r) {
			t.Errorf("%q holds %U", out, r)
		}
	}
	if found := workflow.FindString(out); found != "" {
		t.Errorf("%q holds the command %q", out, found)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "a", "\x1b[2J", "::error::x", "a::add-mask::::set-env x::", "##[x", "###[", "##vso[", "\r\n", "\u202e\u2066", "\xff\xfe", "::a::b::c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := Clean(text)
		checkSafe(t, once, false)
		if twice := Clean(once); twice != once {
			t.Errorf("Clean(%q) = %q, and again %q", text, once, twice)
		}
		checkSafe(t, CleanLines(text), true)
		// Nothing is lost in silence: every ordinary character is still there.
		if want := strings.Count(text, "e"); strings.Count(once, "e") < want {
			t.Errorf("Clean(%q) = %q lost text", text, once)
		}
	})
}
