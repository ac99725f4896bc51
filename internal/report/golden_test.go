package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares output with testdata/name, and holds every line to the page's width.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
	if filepath.Ext(name) != ".txt" {
		return
	}
	for i, line := range strings.Split(string(got), "\n") {
		if n := utf8.RuneCountInString(line); n > Width {
			t.Errorf("%s:%d has %d columns: %s", name, i+1, n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%s:%d ends with spaces", name, i+1)
		}
	}
}

// printed returns what a format prints.
func printed(t *testing.T, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
