package gate

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/revision"
)

// base is what a change is judged against: the tree at the merge base, and what is trusted from the tip of the base revision.
type base struct {
	side      *side // nil without a base
	tip       *fleet.Fleet
	tipFS     fs.FS
	undecided []report.Undecidedness
	open      []io.Closer
}

func (b *base) close() {
	for _, c := range b.open {
		_ = c.Close() // read-only trees: nothing is lost
	}
}

// loadBase reads the base named by o.Base. Posture is compared with the merge base of it and HEAD; waivers and extra rules come from its tip.
func loadBase(ctx context.Context, p *place, head *side, o Options) (*base, error) {
	b := &base{}
	if o.Base == "" {
		return b, nil
	}
	merge, err := revision.MergeBase(ctx, p.root, o.Base)
	if err != nil {
		return nil, err
	}
	mergeTree, err := revision.Open(ctx, p.root, merge)
	if err != nil {
		return nil, err
	}
	b.open = append(b.open, mergeTree)
	tipTree, err := revision.Open(ctx, p.root, o.Base)
	if err != nil {
		return nil, err
	}
	b.open = append(b.open, tipTree)
	b.tipFS = tipTree

	if b.tip, _, err = loadFleet(tipTree, p); err != nil {
		b.undecided = append(b.undecided, report.Undecidedness{
			Message: fmt.Sprintf("the fleet at %s is not valid, so its waivers are not known: %v", o.Base, err),
			Hint:    "mend the fleet on the base branch first",
		})
		b.tip = &fleet.Fleet{}
	}
	baseFleet, declared, err := loadFleet(mergeTree, p)
	if err != nil || !declared {
		// A base without a usable fleet: its overlays are read with the head's clusters, so that a change that brings the fleet is compared too.
		baseFleet, declared = &fleet.Fleet{Name: head.fleet.Name, TrustDomains: head.fleet.TrustDomains, Clusters: head.fleet.Clusters}, head.declared
	}
	if b.side, err = load(ctx, p, mergeTree, baseFleet, declared, o); err != nil {
		return nil, fmt.Errorf("read the base: %w", err)
	}
	for _, c := range b.side.clusters {
		for _, u := range c.rendered.Undecided {
			b.undecided = append(b.undecided, report.Undecidedness{Cluster: c.Name, Overlay: u.Overlay, Message: "base: " + u.Message, Hint: u.Hint})
		}
	}
	return b, nil
}
