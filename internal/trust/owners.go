package trust

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// OwnersFile is the file of code owners that a repository has; "" when it has none. An error is the file system's.
func OwnersFile(fsys fs.FS) (string, error) {
	file, _, err := owners(fsys)
	return file, err
}

// ownersFiles are where code owners are looked for; the first one counts (GitHub Docs, "About code owners"; GitLab Docs, "Code Owners").
var ownersFiles = []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}

// owned tells which of the gate's own files and directories have other owners than at the merge base. A repository without owners
// then loses nothing.
func owned(head, merge fs.FS, own []string) ([]Fact, error) {
	_, before, err := owners(merge)
	if err != nil || before == nil {
		return nil, err
	}
	file, now, err := owners(head)
	if err != nil {
		return nil, err
	}
	var lost []string
	for _, name := range own {
		if name != "" && (elsewhere(head, merge, name) || slices.ContainsFunc(files(head, merge, name), func(file string) bool {
			return !slices.Equal(before.of(file), now.of(file)) && len(before.of(file)) > 0
		})) {
			lost = append(lost, name)
		}
	}
	if len(lost) == 0 {
		return nil, nil
	}
	at := finding.Position{File: file, Line: 1, Column: 1}
	if file == "" {
		at = finding.Position{File: ownersFiles[0]}
	}
	value := ""
	for _, name := range lost {
		value += name + " " + strings.Join(now.of(name), " ") + "\n"
	}
	return []Fact{about("gate/owners-changed", "", "CodeOwners", "CODEOWNERS", "", at, value,
		"%s has other code owners than at the base", strings.Join(slices.Compact(lost), ", "))}, nil
}

// files are a file, or a directory and what is in it on either side: a pattern may be for some of it.
func files(head, merge fs.FS, name string) []string {
	out := []string{name}
	for _, fsys := range []fs.FS{head, merge} {
		_ = fs.WalkDir(fsys, name, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				out = append(out, file)
			}
			return nil // what cannot be read is an error of whoever reads it
		})
	}
	return out
}

// elsewhere: what was in the directory is behind a link now, and so has the owners of another one.
func elsewhere(head, merge fs.FS, name string) bool {
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		now, err := fs.Lstat(head, at)
		if err != nil || now.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if was, err := fs.Lstat(merge, at); err != nil || was.Mode()&fs.ModeSymlink == 0 {
			return true
		}
	}
	return false
}

// ownership is the lines of a CODEOWNERS file: the last pattern that matches a path names its owners.
type ownership []struct {
	pattern string
	owners  []string
}

func owners(fsys fs.FS) (string, ownership, error) {
	for _, file := range ownersFiles {
		content, err := fs.ReadFile(fsys, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", nil, fmt.Errorf("read %s: %w", file, err)
		}
		out := ownership{}
		for line := range strings.Lines(string(content)) {
			line, _, _ = strings.Cut(line, "#")
			if fields := strings.Fields(line); len(fields) > 0 {
				out = append(out, struct {
					pattern string
					owners  []string
				}{fields[0], fields[1:]})
			}
		}
		return file, out, nil
	}
	return "", nil, nil
}

func (o ownership) of(name string) []string {
	for _, line := range slices.Backward(o) {
		if matches(line.pattern, name) {
			return line.owners
		}
	}
	return nil
}

// matches tells whether a pattern of CODEOWNERS, which are those of .gitignore without negation and ranges, covers a path or one of the
// directories above it. A pattern with a slash before its end is anchored at the repository's root.
func matches(pattern, name string) bool {
	anchored := strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	pattern = strings.Trim(pattern, "/")
	if pattern == "*" || pattern == "**" || pattern == "" {
		return true
	}
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		if glob(strings.Split(pattern, "/"), strings.Split(at, "/")) {
			return true
		}
		if ok, _ := path.Match(pattern, path.Base(at)); ok && !anchored {
			return true
		}
	}
	return false
}

// glob matches path elements; "**" stands for any number of them.
func glob(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		return glob(pattern[1:], name) || len(name) > 0 && glob(pattern, name[1:])
	}
	if len(name) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return err == nil && ok && glob(pattern[1:], name[1:])
}
