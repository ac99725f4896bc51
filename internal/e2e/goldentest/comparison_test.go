//go:build golden

package goldentest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/posture"
)

// comparison counts where posture and translation agree, field by field, and keeps where they do not.
type comparison struct {
	of       string // the controller
	version  string
	name     string // of the input at hand
	inputs   int
	agreed   map[string]int
	differed map[string]int
	unknown  []string // differences that nobody explained
	known    *known
	posture  posture.Posture // of the input at hand
}

// field compares one value of one input.
func (c *comparison) field(field, at, translated, read string) {
	if translated == read {
		c.agreed[field]++
		return
	}
	c.differed[field]++
	reason, explained := c.known.explains(c.name, field)
	if explained && !c.said(reason) {
		c.unknown = append(c.unknown, fmt.Sprintf("%s %s: %s differs, and the posture says nothing of it: %s", c.name, field, at, reason))
	}
	if !explained {
		c.unknown = append(c.unknown, fmt.Sprintf("%s %s: %s is %s in the translation and %s in the posture", c.name, field, at, translated, read))
	}
}

// said reports whether the posture has the unknown that a reason ends with, "; unknown/value".
func (c *comparison) said(reason string) bool {
	_, rule, promised := strings.Cut(reason, "; unknown/")
	rule, _, _ = strings.Cut(rule, ",")
	return !promised || slices.ContainsFunc(c.posture.Unknowns, func(u posture.Unknown) bool { return u.Rule == rule })
}

func (c *comparison) report(t *testing.T) {
	t.Helper()
	var fields []string
	total, same := 0, 0
	for _, field := range slices.Sorted(maps.Keys(merged(c.agreed, c.differed))) {
		fields = append(fields, fmt.Sprintf("%s %d/%d", field, c.agreed[field], c.agreed[field]+c.differed[field]))
		same += c.agreed[field]
		total += c.agreed[field] + c.differed[field]
	}
	t.Logf("%d inputs, %d of %d values agree: %s", c.inputs, same, total, strings.Join(fields, ", "))
	claims.Of(t, &claims.Row{Area: "Golden files of the controllers, beside their translators' tests", Claim: "the posture of every input is the translation's, or a line says why not",
		Component: c.of, Version: c.version, Detail: fmt.Sprintf("%d inputs, %d of %d values; %d explained by %d lines", c.inputs, same, total, total-same, len(c.known.lines))})
	if total == 0 {
		t.Error("nothing was compared")
	}
	for _, u := range c.unknown {
		t.Error(u)
	}
	for _, line := range c.known.unused() {
		t.Errorf("%s explains no difference any more: %s", c.known.file, line)
	}
}

func merged(a, b map[string]int) map[string]int {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// known are the differences that are explained: one line for each, "input field: reason", or "input field+field: reason". An input may end with
// * for all that begin so, and a reason with "; unknown/RULE", which the posture must have then.
type known struct {
	file  string
	lines []knownLine
}

type knownLine struct {
	input, field, reason string
	used                 bool
}

func (l knownLine) fields() []string { return strings.Split(l.field, "+") }

func loadKnown(t *testing.T, file string) *known {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	k := &known{file: file}
	for i, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		what, reason, found := strings.Cut(line, ": ")
		input, field, two := strings.Cut(what, " ")
		if !found || !two || reason == "" {
			t.Fatalf("%s:%d: write input, field and reason: %s", file, i+1, line)
		}
		k.lines = append(k.lines, knownLine{input: input, field: field, reason: reason})
	}
	return k
}

func (k *known) explains(input, field string) (reason string, found bool) {
	for i := range k.lines {
		l := &k.lines[i]
		prefix, star := strings.CutSuffix(l.input, "*")
		if slices.Contains(l.fields(), field) && (l.input == input || star && strings.HasPrefix(input, prefix)) {
			l.used = true
			return l.reason, true
		}
	}
	return "", false
}

func (k *known) unused() []string {
	var out []string
	for _, l := range k.lines {
		if !l.used {
			out = append(out, l.input+" "+l.field)
		}
	}
	return out
}
