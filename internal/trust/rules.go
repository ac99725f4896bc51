package trust

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// Rules compares the directory of --policies at three moments. The rules of the tip count; where it has none, those of the head do,
// because a rule can only add findings.
func Rules(dir string, head, merge, tip fs.FS) ([]Fact, error) {
	var sums [3]map[string]string
	for i, fsys := range []fs.FS{head, merge, tip} {
		var err error
		if sums[i], err = rego(fsys, dir); err != nil {
			return nil, err
		}
	}
	now, was, trusted := sums[0], sums[1], sums[2]
	var out []Fact
	for _, file := range slices.Sorted(maps.Keys(now)) {
		if now[file] == trusted[file] || now[file] == was[file] {
			continue
		}
		f := about("gate/rules-changed", "", "Policy", file, "", finding.Position{File: file, Line: 1, Column: 1}, now[file],
			"a rule is not what it is at the base; the base's is judged by")
		if trusted[file] == "" {
			f.Severity, f.Message = finding.Change, "a rule is new; it is judged by from the next change on"
			if len(trusted) == 0 {
				f.Message = "a rule is new, and judged by already: a rule can only add findings"
			}
		}
		out = append(out, f)
	}
	for _, file := range slices.Sorted(maps.Keys(trusted)) {
		if now[file] == "" && was[file] != "" {
			out = append(out, about("gate/rules-changed", "", "Policy", file, "", finding.Position{File: file}, "removed", "a rule is removed; it is judged by all the same"))
		}
	}
	return out, nil
}

// rego is the digest of each Rego file below a directory that is no test; nothing where the directory does not exist.
func rego(fsys fs.FS, dir string) (map[string]string, error) {
	out := map[string]string{}
	err := fs.WalkDir(fsys, dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".rego" || strings.HasSuffix(file, "_test.rego") {
			return err
		}
		content, err := fs.ReadFile(fsys, file)
		sum := sha256.Sum256(content)
		out[file] = hex.EncodeToString(sum[:])
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the rules at %s: %w", dir, err)
	}
	return out, nil
}
