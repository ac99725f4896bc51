package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatespan/gatespan/internal/report"
)

// output is one --format FORMAT[=FILE] of check.
type output struct {
	format report.Format
	file   string // "" for standard output
}

// outputs reads the --format flags. Nothing given is text on standard output; only one format can go there.
func outputs(given []string) ([]output, error) {
	formats := report.Formats()
	if len(given) == 0 {
		return []output{{format: formats[0]}}, nil
	}
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	var out []output
	printed := ""
	for _, g := range given {
		name, file, named := strings.Cut(g, "=")
		if err := oneOf("format", name, names...); err != nil {
			return nil, err
		}
		switch {
		case named && file == "":
			return nil, problem{what: fmt.Sprintf("--format %q names no file", g), hint: "write --format " + name + "=FILE, or --format " + name}
		case !named && printed != "":
			return nil, problem{what: fmt.Sprintf("%s and %s cannot both go to standard output", printed, name), hint: "write one of them to a file: --format " + name + "=FILE"}
		case !named:
			printed = name
		}
		for _, f := range formats {
			if f.Name == name {
				out = append(out, output{format: f, file: file})
			}
		}
	}
	return out, nil
}

// print writes a report in one format, to a file as a whole or not at all.
func (a *app) print(o output, r *report.Report, options report.Options) error {
	if o.file == "" {
		return o.format.Write(a.out, r, options)
	}
	options.Color, options.Columns = false, 0
	var buffer bytes.Buffer
	if err := o.format.Write(&buffer, r, options); err != nil {
		return err
	}
	if err := write(a.dir, o.file, buffer.Bytes()); err != nil {
		return fmt.Errorf("write the %s report: %w", o.format.Name, err)
	}
	return nil
}

// write puts content into a file below dir, or at an absolute path, by renaming a whole file into place: a link that a pull
// request left there is replaced, never followed. A device or pipe, which nobody can commit, is written to directly.
func write(dir, file string, content []byte) error {
	if info, err := os.Stat(file); filepath.IsAbs(file) && err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		return closing(f, err)
	}
	if dir == "" {
		dir = "."
	}
	if !filepath.IsLocal(file) { // outside dir, as the user says: only the last element may be a link
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		dir, file = filepath.Split(file)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if info, err := root.Lstat(file); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory", file)
	}
	return replace(root, filepath.ToSlash(file), content)
}

func closing(c io.Closer, err error) error {
	if closeErr := c.Close(); err == nil {
		return closeErr
	}
	return err
}
