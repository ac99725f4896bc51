package gate

import (
	"context"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/report"
)

// Snapshot is the posture of every cluster now.
type Snapshot struct {
	Fleet    *fleet.Fleet
	Clusters []ClusterState // sorted by name
}

// State reads every cluster without judging it.
func State(ctx context.Context, o Options) (*Snapshot, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	f, declared, err := loadFleet(p.head, p)
	if err != nil {
		return nil, err
	}
	s, err := load(ctx, p, p.head, f, declared, o)
	if err != nil {
		return nil, err
	}
	meet(s.clusters)
	return &Snapshot{Fleet: f, Clusters: s.clusters}, nil
}

// Diff compares the posture of the base with the head's.
func Diff(ctx context.Context, o Options) ([]report.Change, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	f, declared, err := loadFleet(p.head, p)
	if err != nil {
		return nil, err
	}
	head, err := load(ctx, p, p.head, f, declared, o)
	if err != nil {
		return nil, err
	}
	b, err := loadBase(ctx, p, head, o)
	if err != nil {
		return nil, err
	}
	defer b.close()
	return placed(b.side, head, compare(b.side, head)), nil
}
