package gate

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/adopt"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trust"
)

// uncovered are the Gateways that a change brings where clusters have their folders, and that no cluster of the fleet applies: a new cluster
// that nothing covers. Elsewhere in a repository there are examples and charts.
func (s *side) uncovered(p *place, merge fs.FS) ([]trust.Fact, error) {
	read := filesOf(s)
	var out []trust.Fact
	for _, dir := range s.otherFolders(p) {
		now, err := adopt.Gateways(s.fsys, dir)
		if err != nil {
			return nil, fmt.Errorf("look for Gateways in %s: %w", dir, err)
		}
		before, err := adopt.Gateways(merge, dir)
		if err != nil {
			return nil, fmt.Errorf("look for Gateways in %s at the base: %w", dir, err)
		}
		for _, found := range now {
			known := slices.ContainsFunc(before, func(b adopt.Found) bool { return b.File == found.File })
			if read[found.File] || known {
				continue
			}
			subject := posture.Subject{Kind: "Directory", Name: dir}
			out = append(out, trust.Fact{
				Rule: "gate/uncovered", Subject: subject, By: posture.Ref{Kind: subject.Kind, Name: subject.Name},
				Value: found.File, File: found.File, Line: found.Line, Column: 1,
				Message: fmt.Sprintf("%s holds a Gateway, and no cluster of the fleet applies it", found.File),
			})
		}
	}
	return out, nil
}

// otherFolders are the folders beside those of the clusters, and among the overlays, that neither hold a cluster's path nor are below one.
func (s *side) otherFolders(p *place) []string {
	parents := map[string]bool{p.overlays: true}
	for _, c := range s.clusters {
		parents[path.Dir(c.path)] = true
	}
	delete(parents, ".")
	var out []string
	for parent := range parents {
		entries, err := fs.ReadDir(s.fsys, parent)
		if err != nil {
			continue // there is no such folder
		}
		for _, e := range entries {
			dir := path.Join(parent, e.Name())
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") &&
				!slices.ContainsFunc(s.clusters, func(c ClusterState) bool { return within(dir, c.path) || within(c.path, dir) }) {
				out = append(out, dir)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
