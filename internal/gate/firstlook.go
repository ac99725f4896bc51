package gate

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/gatespan/gatespan/internal/adopt"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/trust"
)

// headOrFirstLook reads what is in the repository now. Without a fleet and without overlays where they usually are, the clusters are
// guessed: a first report of a repository that never saw gatespan. The guess is among the assumptions of the verdict.
func headOrFirstLook(ctx context.Context, o Options) (*place, *side, *guess, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, nil, nil, err
	}
	if !p.bare(o) {
		p, head, err := loadHead(ctx, o)
		return p, head, &guess{}, err
	}
	return firstLook(ctx, p, o)
}

// bare: there is neither a fleet nor overlays where they usually are.
func (p *place) bare(o Options) bool {
	_, noFleet := fs.Stat(p.head, p.fleet)
	_, noOverlays := fs.Stat(p.head, p.overlays)
	return noFleet != nil && o.Overlays == "" && noOverlays != nil
}

// guess is what a report says of clusters that nobody declared.
type guess struct {
	clusters    []adopt.Cluster
	assumptions []report.Assumption
	undecided   []report.Undecidedness
}

// addTo makes a report say it.
func (g *guess) addTo(r *report.Report, o Options) {
	if len(g.clusters) == 0 {
		return
	}
	r.Assumptions = append(g.assumptions, r.Assumptions...)
	r.Undecided = append(r.Undecided, g.undecided...)
	r.Verdict = verdict(r, o)
}

// firstLook reads the clusters that the repository seems to hold. A Gateway that none of them applies must not go unjudged in silence.
func firstLook(ctx context.Context, p *place, o Options) (*place, *side, *guess, error) {
	clusters, gateways, err := guessed(p)
	if err != nil {
		return nil, nil, nil, err
	}
	f := guessedFleet(clusters)
	head, err := load(ctx, p, moment{fsys: p.head, own: f, judged: trust.Verdict{Fleet: f}, declared: true}, o)
	if err != nil {
		return nil, nil, nil, err
	}
	g, read := &guess{clusters: clusters}, filesOf(head)
	for _, file := range gateways {
		if !read[file] {
			g.undecided = append(g.undecided, report.Undecidedness{
				Overlay: file, Message: "this file holds a Gateway that no cluster of the guess applies",
				Hint: "write a fleet that says which clusters there are and where each starts: gatespan init writes one to correct",
			})
		}
	}
	for _, c := range clusters {
		g.assumptions = append(g.assumptions, report.Assumption{Cluster: c.Name, Assumption: posture.Assumption{
			By:   posture.Ref{Kind: "Cluster", Name: c.Name},
			Text: fmt.Sprintf("no fleet says which clusters there are; this one is a guess by %s, and starts at %s (gatespan init writes a fleet)", c.Why, c.Path),
		}})
	}
	return p, head, g, nil
}

// guessed are the clusters that the repository seems to hold: at least one.
func guessed(p *place) ([]adopt.Cluster, []string, error) {
	clusters, gateways, err := adopt.Clusters(p.head)
	if err != nil {
		return nil, nil, err
	}
	if len(clusters) == 0 {
		return nil, nil, &Problem{
			What: "there is no fleet, and no Kubernetes manifest in this repository",
			Hint: "run gatespan in a GitOps repository, or write a fleet: the README has one to copy",
		}
	}
	return clusters, gateways, nil
}

// guessedFleet is the least fleet that holds the clusters: whatever else there is to know is looked for in Git.
func guessedFleet(clusters []adopt.Cluster) *fleet.Fleet {
	f := &fleet.Fleet{Name: "default", Clusters: map[string]fleet.Cluster{}}
	for _, c := range clusters {
		declared := fleet.Cluster{Path: c.Path}
		if c.Engine != "" {
			declared.GitOps = &fleet.GitOps{Engine: c.Engine, Destination: c.Destination}
		}
		f.Clusters[c.Name] = declared
	}
	return f
}
