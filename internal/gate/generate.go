package gate

import (
	"context"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/tree"
)

// GenerateOptions is what generate does with the result.
type GenerateOptions struct {
	DryRun bool // write nothing, tell the difference
	Prune  bool // remove many stale overlays, or a whole cluster's, without stopping
}

// Generate plans the fleet and writes its overlays.
func Generate(ctx context.Context, o Options, g GenerateOptions) (*tree.Result, error) {
	p, want, err := wanted(ctx, o)
	if err != nil {
		return nil, err
	}
	result, err := tree.Apply(ctx, p.root, want, tree.Options{DryRun: g.DryRun, Prune: g.Prune})
	return &result, err
}

// wanted is what the fleet wants in the tree.
func wanted(ctx context.Context, o Options) (*place, tree.Want, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, tree.Want{}, err
	}
	f, err := declaredFleet(p)
	if err != nil {
		return nil, tree.Want{}, err
	}
	planned, err := plan.Make(f, catalog.ByName)
	if err != nil {
		return nil, tree.Want{}, err
	}
	generated, err := planned.Write()
	if err != nil {
		return nil, tree.Want{}, err
	}
	return p, planned.Want(p.overlays, generated), nil
}

// declaredFleet loads a fleet that has to be there.
func declaredFleet(p *place) (*fleet.Fleet, error) {
	f, declared, err := loadFleet(p.head, p)
	if err == nil && !declared {
		err = &Problem{What: "there is no fleet at " + defaultFleet, Hint: "name the fleet's directory or file with --fleet"}
	}
	return f, err
}
