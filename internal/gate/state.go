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
	_, s, err := loadHead(ctx, o)
	if err != nil {
		return nil, err
	}
	meet(s.clusters)
	return &Snapshot{Fleet: s.fleet, Clusters: s.clusters}, nil
}

// Diff compares the posture of the base with the head's.
func Diff(ctx context.Context, o Options) ([]report.Change, error) {
	_, head, b, _, err := sides(ctx, o)
	if err != nil {
		return nil, err
	}
	defer b.close()
	return placed(b.side, head, compare(b.side, head)), nil
}
