package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/schema"
)

// writeOwn writes files below dir, by slash path, except those that gatespan did not write: they are kept. It returns the
// names of both; files that are already right are in neither. No link is followed.
func writeOwn(dir string, files map[string][]byte) (written, kept []string, err error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, problem{what: fmt.Sprintf("no fleet at %q", dir), hint: "name the fleet's directory with --fleet"}
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = root.Close() }()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		old, err := existing(root, name)
		switch {
		case err != nil:
			return nil, nil, err
		case old != nil && bytes.Equal(old, files[name]):
		case old != nil && !own(name, old):
			kept = append(kept, name)
		default:
			names = append(names, name)
		}
	}
	for _, name := range names {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return written, kept, err
		}
		if err := replace(root, name, files[name]); err != nil {
			return written, kept, err
		}
		written = append(written, name)
	}
	return written, kept, nil
}

// existing reads a file; nil when there is none. A link on the way is an error.
func existing(root *os.Root, name string) ([]byte, error) {
	for i := range strings.Split(name, "/") {
		part := strings.Join(strings.Split(name, "/")[:i+1], "/")
		info, err := root.Lstat(part)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil
		case err != nil:
			return nil, err
		case info.Mode()&fs.ModeSymlink != 0:
			return nil, problem{what: fmt.Sprintf("%s is a link", part), hint: "gatespan writes through no link; remove it"}
		}
	}
	content, err := root.ReadFile(name)
	if err == nil && content == nil {
		content = []byte{}
	}
	return content, err
}

// own reports whether gatespan wrote a file: the schema's own folder is its alone, and the other files say so.
func own(name string, content []byte) bool {
	return strings.HasPrefix(name, path.Join("cue.mod/pkg", schema.ImportPath)+"/") ||
		bytes.HasPrefix(content, []byte("// Written by gatespan")) ||
		bytes.Contains(content, []byte(`"title": "gatespan fleet"`))
}

// replace writes a file beside the old one and renames it into place: it is the old one or the new one at every moment, and a
// link of that name is replaced, not followed.
func replace(root *os.Root, name string, content []byte) error {
	temporary := path.Join(path.Dir(name), fmt.Sprintf(".%s.%d.tmp", path.Base(name), os.Getpid()))
	f, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		_ = root.Remove(temporary)
	}
	return err
}
