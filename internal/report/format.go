package report

import (
	"io"

	"github.com/gatespan/gatespan/internal/policy"
)

// Format prints a report in one way. A new format is one file and one line in Formats.
type Format struct {
	Name  string
	Title string
	Write func(io.Writer, *Report, Options) error
	// Explains: it prints what the rules say of themselves, so it needs Options.Rules.
	Explains bool
}

// Options is what formats need beside the report.
type Options struct {
	Style
	// ReadFile returns a file of the repository as it was judged, by its slash-separated path from the repository's root; nil
	// when there is none to show. Text quotes source lines from it.
	ReadFile func(path string) ([]byte, error)
	// Rules are what the rules say of themselves, for formats that explain them; Version is gatespan's own, "" when not known.
	Rules   []policy.Rule
	Version string
}

// Formats lists the formats of a check, the default first.
func Formats() []Format {
	return []Format{
		{Name: "text", Title: "for people", Write: writeText},
		{Name: "json", Title: "the published report, version 1", Write: writeJSON},
		{Name: "github", Title: "annotations of a pull request", Write: writeGitHub},
		{Name: "sarif", Title: "for code scanning", Write: writeSARIF, Explains: true},
		{Name: "markdown", Title: "a comment", Write: writeMarkdown},
		{Name: "gitlab", Title: "code quality", Write: writeGitLab},
		{Name: "junit", Title: "test results", Write: writeJUnit},
	}
}
