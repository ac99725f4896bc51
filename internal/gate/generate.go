package gate

import (
	"context"

	"github.com/gatespan/gatespan/internal/controller/catalog"
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
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	if p.fleet == "" {
		return nil, &Problem{What: "there is no fleet at " + defaultFleet, Hint: "name the fleet's directory or file with --fleet"}
	}
	f, _, err := loadFleet(p.head, p)
	if err != nil {
		return nil, err
	}
	planned, err := plan.Make(f, catalog.ByName)
	if err != nil {
		return nil, err
	}
	generated, err := planned.Write()
	if err != nil {
		return nil, err
	}
	result, err := tree.Apply(ctx, p.root, planned.Want(p.overlays, generated), tree.Options{DryRun: g.DryRun, Prune: g.Prune})
	return &result, err
}
