package fleet

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// exposuresDir is the folder of a fleet directory whose files are evaluated one at a time.
const exposuresDir = "exposures"

// source is one file of a fleet.
type source struct {
	name string // slash path in the repository
	data []byte
}

// format is the file's language by its name: cue, yaml, json, or "" for a file that is none of a fleet's.
func format(name string) string {
	switch base := path.Base(name); {
	case strings.HasPrefix(base, "."), strings.HasPrefix(base, "_"): // as cue itself ignores them
		return ""
	case strings.HasSuffix(base, ".schema.json"): // what `gatespan schema` writes for editors
		return ""
	}
	switch path.Ext(name) {
	case ".cue":
		return "cue"
	case ".yaml", ".yml":
		return "yaml"
	case ".json":
		return "json"
	}
	return ""
}

// find reads the files of the fleet at root: the shared ones, which are evaluated together, and those below exposures/, which
// are evaluated one at a time. Both are sorted by name.
func find(fsys fs.FS, root string, l limits) (shared, single []source, errs Errors) {
	r := reader{fsys: fsys, limits: l}
	info, err := fs.Stat(fsys, root)
	switch {
	case err != nil:
		message := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			message = "no such file or directory"
		}
		return nil, nil, Errors{{
			Position: finding.Position{File: root}, Message: message, cause: err,
			Hint: "--fleet names the fleet's directory or file; `gatespan init` writes one to start from",
		}}
	case !info.IsDir():
		if format(root) == "" {
			r.errs.add(finding.Position{File: root}, "a fleet is a directory, or a .cue, .yaml, .yml or .json file", "is not a fleet")
			return nil, nil, r.errs
		}
		return r.read([]string{root}), nil, r.errs
	}

	names, dirs := r.list(root)
	shared = r.read(names)
	if slices.Contains(dirs, path.Join(root, exposuresDir)) {
		below, nested := r.list(path.Join(root, exposuresDir))
		for _, dir := range nested {
			r.errs.add(finding.Position{File: dir}, "move its files up into "+path.Join(root, exposuresDir), "folders below exposures/ are not read")
		}
		single = r.read(below)
	}
	if len(shared)+len(single) == 0 && len(r.errs) == 0 {
		r.errs.add(finding.Position{File: root}, "`gatespan init` writes a fleet to start from",
			"holds no fleet: no .cue, .yaml, .yml or .json file, and none below exposures/")
	}
	return shared, single, r.errs
}

// reader reads files within the limits.
type reader struct {
	fsys   fs.FS
	limits limits
	files  int
	bytes  int64
	errs   Errors
}

// list returns the fleet files and the folders of a folder.
func (r *reader) list(dir string) (files, dirs []string) {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		r.errs = append(r.errs, Error{Position: finding.Position{File: dir}, Message: "cannot be read", cause: err})
		return nil, nil
	}
	for _, entry := range entries {
		name := path.Join(dir, entry.Name())
		switch {
		case entry.IsDir():
			dirs = append(dirs, name)
		case format(name) == "":
		case !entry.Type().IsRegular():
			r.errs.add(finding.Position{File: name}, "put the file itself here", "is not a regular file: links are not followed")
		case strings.HasSuffix(name, "_tool.cue"), strings.HasSuffix(name, "_test.cue"):
			r.errs.add(finding.Position{File: name}, "keep it outside the fleet's directory", "CUE tool and test files are not part of a fleet")
		default:
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return files, dirs
}

// read reads files, each and all together within the limits.
func (r *reader) read(names []string) []source {
	var out []source
	for _, name := range names {
		if r.files++; r.files > r.limits.files {
			r.errs.add(finding.Position{File: name}, "split the fleet", "a fleet has at most %d files", r.limits.files)
			return out
		}
		data, err := r.readFile(name)
		if err != nil {
			r.errs = append(r.errs, Error{Position: finding.Position{File: name}, Message: "cannot be read", cause: err})
			continue
		}
		if int64(len(data)) > r.limits.fileBytes {
			r.errs.add(finding.Position{File: name}, "split the file", "is larger than %d KiB", r.limits.fileBytes>>10)
			continue
		}
		if r.bytes += int64(len(data)); r.bytes > r.limits.totalBytes {
			r.errs.add(finding.Position{File: name}, "split the fleet", "the fleet is larger than %d MiB", r.limits.totalBytes>>20)
			return out
		}
		out = append(out, source{name: name, data: data})
	}
	return out
}

// readFile reads one byte more than the limit at most.
func (r *reader) readFile(name string) ([]byte, error) {
	file, err := r.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, r.limits.fileBytes+1))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return data, err
}
