package report

import "io"

// Format prints a report in one way. A new format is one file and one line in Formats.
type Format struct {
	Name  string
	Title string
	Write func(io.Writer, *Report, Options) error
}

// Options is what formats need beside the report.
type Options struct {
	Style
	// ReadFile returns a file of the repository as it was judged, by its slash-separated path from the repository's root; nil
	// when there is none to show. Text quotes source lines from it.
	ReadFile func(path string) ([]byte, error)
}

// Formats lists the formats of a check, the default first.
func Formats() []Format {
	return []Format{
		{"text", "for people", writeText},
		{"json", "the published report, version 1", writeJSON},
	}
}
