package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/policies"
)

// Bounds on what --policies may hold. A rule is a page of text, and each one costs every run.
const (
	maxFileBytes = 256 << 10
	maxUserFiles = 500
)

// source is one Rego file: a rule when it has an id, otherwise a helper.
type source struct {
	file string
	id   string
	user bool
	text string
}

// module is its name for the compiler: a user's file may have the name of a built-in helper.
func (s source) module() string {
	if s.user {
		return "--policies/" + s.file
	}
	return s.file
}

// sources lists the rules and helpers of the built-in policies and of the user's, without tests, sorted by file. A Rego file in
// a place where no rule lives is an error: it would be a rule that nobody evaluates.
func sources(user fs.FS) ([]source, error) {
	out, err := walk(policies.FS, false)
	if err != nil || user == nil {
		return out, err
	}
	own, err := walk(user, true)
	if err != nil {
		return nil, err
	}
	if len(own) > maxUserFiles {
		return nil, fmt.Errorf("%d Rego files in the policies directory, at most %d", len(own), maxUserFiles)
	}
	for i := range own {
		if own[i].id != "" {
			continue
		}
		return nil, fmt.Errorf("%s: not a rule\nhint: a rule is <topic>/<rule>/<rule>.rego; its helpers stand in the same file", own[i].file)
	}
	return append(out, own...), nil
}

func walk(root fs.FS, user bool) ([]source, error) {
	var out []source
	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".rego" || strings.HasSuffix(file, "_test.rego") {
			return err
		}
		parts := strings.Split(file, "/")
		s := source{file: file, user: user}
		switch {
		case !user && parts[0] == "lib":
			if len(parts) != 2 { // lib/testing
				return nil
			}
		case len(parts) == 3 && parts[1]+".rego" == parts[2]:
			s.id = parts[0] + "/" + parts[1]
		default:
			return fmt.Errorf("%s: a rule is <topic>/<rule>/<rule>.rego", file)
		}
		if info, err := entry.Info(); err != nil {
			return err
		} else if info.Size() > maxFileBytes {
			return fmt.Errorf("%s: %d bytes, at most %d", file, info.Size(), maxFileBytes)
		}
		text, err := fs.ReadFile(root, file)
		s.text = string(text)
		out = append(out, s)
		return err
	})
	return out, err
}

// parse parses the sources, two cores at a time being what a runner has, and returns the modules in the order of the sources.
func parse(from []source, caps *ast.Capabilities) ([]*ast.Module, error) {
	modules := make([]*ast.Module, len(from))
	failed := make([]error, len(from))
	var group errgroup.Group
	group.SetLimit(4)
	for i, s := range from {
		group.Go(func() error {
			modules[i], failed[i] = ast.ParseModuleWithOpts(s.file, s.text, ast.ParserOptions{
				ProcessAnnotation: s.id != "", RegoVersion: ast.RegoV1, Capabilities: caps,
			})
			return nil
		})
	}
	_ = group.Wait() // the errors are in failed, all of them
	return modules, errors.Join(failed...)
}

// Rules lists the built-in rules and the user's, sorted by id, from their text alone: nothing is compiled.
func Rules(user fs.FS) ([]Rule, error) {
	from, err := sources(user)
	if err != nil {
		return nil, err
	}
	modules, err := parse(from, capabilities())
	if err != nil {
		return nil, err
	}
	return rulesOf(from, modules)
}
