package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// writeJSON prints the published report. Lists are sorted and never null.
func writeJSON(w io.Writer, r *Report, _ Options) error {
	out := *r
	if out.Version == "" {
		out.Version = "1"
	}
	out.Findings = slices.Clone(r.Findings)
	finding.Sort(out.Findings)
	for i := range out.Findings {
		out.Findings[i].Related = list(out.Findings[i].Related)
	}
	out.Findings, out.Changes, out.Assumptions = list(out.Findings), list(out.Changes), list(out.Assumptions)
	out.Undecided, out.OutOfScope = list(out.Undecided), list(out.OutOfScope)
	return JSON(w, out)
}

// list is a list that is never null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// JSON prints any value, indented, so that it is both exact and safe on a terminal and in a CI log: what Clean would make
// visible is written as \uXXXX.
func JSON(w io.Writer, value any) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	var b strings.Builder
	for _, r := range buffer.String() {
		switch {
		case r == '\n' || visible(r): // control characters are escaped already; the rest is inside a string
			b.WriteRune(r)
		case r > 0xffff:
			high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	_, err := io.WriteString(w, hashCommand.ReplaceAllString(b.String(), `#`+`\u0023`+`$1`))
	return err
}

// number writes a port; nothing for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
