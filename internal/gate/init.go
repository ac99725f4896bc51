package gate

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/adopt"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/trust"
)

// Beginning is what gatespan init proposes for a repository. Nothing of it is written yet.
type Beginning struct {
	Root     string            // of the repository
	Fleet    string            // the fleet's directory in it
	Clusters []adopt.Cluster   // sorted by name
	Files    map[string][]byte // by slash path in the repository
	Notes    []string
}

// Init looks at a repository without a fleet and proposes one. The proposal is a valid fleet: it is loaded and planned before it is returned.
func Init(ctx context.Context, o Options) (*Beginning, error) {
	given := o.Fleet
	o.Fleet = "" // it must not be there
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	dir := path.Clean(strings.ReplaceAll(given, "\\", "/"))
	if given == "" {
		dir = defaultFleet
	}
	switch {
	case !fs.ValidPath(dir) || dir == ".":
		return nil, &Problem{What: fmt.Sprintf("%q is no directory for a fleet", given), Hint: "name one below the repository's root, such as fleet"}
	case path.Ext(dir) != "":
		return nil, &Problem{What: fmt.Sprintf("%q is a file", given), Hint: "init writes a directory: --fleet fleet"}
	}
	if _, err := fs.Stat(p.head, dir); err == nil {
		return nil, &Problem{What: fmt.Sprintf("there is something at %q already", dir), Hint: "gatespan init overwrites nothing; gatespan check judges the repository with that fleet"}
	}
	clusters, gateways, err := guessed(p)
	if err != nil {
		return nil, err
	}
	f := guessedFleet(clusters)
	head, err := load(ctx, p, moment{fsys: p.head, own: f, judged: trust.Verdict{Fleet: f}, declared: true}, o)
	if err != nil {
		return nil, err
	}
	proposal, err := adopt.Propose(states(p, head, clusters))
	if err != nil {
		return nil, err
	}
	b := &Beginning{Root: p.root, Fleet: dir, Clusters: clusters, Notes: proposal.Notes, Files: fleet.Schema(dir)}
	b.Files[path.Join(dir, "fleet.cue")] = proposal.Fleet
	if err := valid(b.Files, dir, p.overlays); err != nil {
		return nil, fmt.Errorf("the fleet that init makes of this repository is not valid, so nothing was written:\n%w", err)
	}
	read := filesOf(head)
	for _, file := range gateways {
		if !read[file] {
			b.Notes = append(b.Notes, file+" holds a Gateway that none of these clusters applies: correct their paths, or add a cluster")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(proposal.Drafts)) {
		file := path.Join(dir, "exposures", name+".cue")
		with := maps.Clone(b.Files)
		with[file] = proposal.Drafts[name]
		if err := valid(with, dir, p.overlays); err != nil {
			b.Notes = append(b.Notes, fmt.Sprintf("%s.draft is not complete: %v", file, err))
		}
		b.Files[file+".draft"] = proposal.Drafts[name]
	}
	return b, nil
}

// valid loads and plans a fleet in memory.
func valid(files map[string][]byte, dir, overlays string) error {
	f, err := fleet.Parse(files, dir, overlays)
	if err != nil {
		return err
	}
	planned, err := plan.Make(f, catalog.ByName)
	if err != nil {
		return err
	}
	_, err = planned.Write()
	return err
}

// states pairs the guessed clusters with what was read of them.
func states(p *place, head *side, clusters []adopt.Cluster) []adopt.State {
	var out []adopt.State
	for _, c := range clusters {
		if state := head.cluster(c.Name); state != nil {
			out = append(out, adopt.State{Cluster: c, Default: c.Path == path.Join(p.overlays, c.Name), Posture: state.Posture, Objects: state.objects})
		}
	}
	return out
}

// filesOf are the files that the overlays of all clusters are made of.
func filesOf(s *side) map[string]bool {
	out := map[string]bool{}
	for _, c := range s.clusters {
		for _, overlay := range c.rendered.Overlays {
			for _, file := range overlay.Files {
				out[file] = true
			}
		}
	}
	return out
}
