// Package gate is one run of gatespan over a repository: it joins the rooms and adds nothing of its own.
//
//	check:    load the fleet ─▶ render every cluster ─▶ read its posture ─▶ find drift ─▶ judge ─▶ report
//	          and, with a base, the same for the base, and what changed between them
//	generate: load the fleet ─▶ plan ─▶ write ─▶ apply to the tree
//	show:     load ─▶ render ─▶ read
package gate

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/render"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/revision"
)

// Options is what the command line says.
type Options struct {
	Dir      string // where to start; the repository is found from here
	Fleet    string // as the user gave it, relative to Dir; "" for the default, which need not exist
	Overlays string // likewise; "" for overlays/
	Base     string // a revision; "" for none
	Policies string // a directory of more rules; "" for none
	Paths    []string
	OnlyNew  bool
	FailOn   string        // block, change, warn; "" for block
	Trust    string        // base, head; "" for base
	Jobs     int           // 0 for one per processor
	Staged   bool          // judge the index instead of the work tree
	Today    string        // YYYY-MM-DD: what expiry is compared with
	Shard    *report.Shard // judge a part only; nil for all
	Progress func(stage string, done, total int)

	apart bool // read the base as if nothing were known of the head, which tests compare with
}

const (
	defaultFleet    = "fleet"
	defaultOverlays = "overlays"
)

// place is where a run happens: the repository, and the user's paths in it.
type place struct {
	root     string // absolute
	head     fs.FS
	fleet    string // repository-relative, slashes; nothing need be there
	overlays string
	policies string
	paths    []string
	known    known
}

// known is what was worked out of one moment of the repository and holds for another one; its parts are nil where one is read.
type known struct {
	fleets  *fleet.Known
	renders *render.Known
}

func locate(ctx context.Context, o Options) (*place, error) {
	dir := o.Dir
	if dir == "" {
		dir = "."
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	root, err := revision.Root(dir)
	if err != nil {
		return nil, err
	}
	p := &place{root: root}
	if o.Staged {
		p.head, err = revision.Index(ctx, root)
	} else {
		p.head, err = revision.WorkTree(root)
	}
	if err != nil {
		return nil, err
	}
	within := func(given string) (string, error) {
		full := given
		if !filepath.IsAbs(full) {
			full = filepath.Join(dir, full)
		}
		relative, err := filepath.Rel(root, full)
		if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			return "", &Problem{What: fmt.Sprintf("%q is outside the repository", given), Hint: "name a path below the repository's root"}
		}
		return path.Clean(filepath.ToSlash(relative)), nil
	}
	fleetPath := o.Fleet
	if fleetPath == "" {
		fleetPath = defaultFleet
	}
	if p.fleet, err = within(fleetPath); err != nil {
		return nil, err
	}
	if _, err := fs.Stat(p.head, p.fleet); err != nil && o.Fleet != "" {
		return nil, &Problem{What: fmt.Sprintf("no fleet at %q", o.Fleet), Hint: "name the fleet's directory or file with --fleet"}
	}
	overlays := o.Overlays
	if overlays == "" {
		overlays = defaultOverlays
	}
	if p.overlays, err = within(overlays); err != nil {
		return nil, err
	}
	if o.Policies != "" {
		if p.policies, err = within(o.Policies); err != nil {
			return nil, err
		}
		if _, err := fs.Stat(p.head, p.policies); err != nil && o.Base == "" { // with a base, what is gone since is found there
			return nil, &Problem{What: fmt.Sprintf("no rules at %q", o.Policies), Hint: "--policies names a directory of Rego files"}
		}
	}
	for _, given := range o.Paths {
		inside, err := within(given)
		if err != nil {
			return nil, err
		}
		if _, err := fs.Stat(p.head, inside); err != nil {
			return nil, &Problem{What: fmt.Sprintf("no such path %q", given), Hint: "PATH names an overlay or a directory of overlays"}
		}
		p.paths = append(p.paths, inside)
	}
	return p, nil
}

// Problem is an error with a hint: the run could not be completed.
type Problem struct {
	What string
	Hint string
}

func (p *Problem) Error() string { return p.What }
