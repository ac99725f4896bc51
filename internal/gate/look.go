package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gitops"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/tree"
)

// Fleet loads the fleet alone; nothing is rendered.
func Fleet(ctx context.Context, o Options) (*fleet.Fleet, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	return declaredFleet(p)
}

// PublishWorkflow is the workflow that signs the artifacts of the fleet, see gitops.Publish.
func PublishWorkflow(ctx context.Context, o Options) ([]byte, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, err
	}
	f, err := declaredFleet(p)
	if err != nil {
		return nil, err
	}
	return gitops.Publish(f, p.fleet, p.overlays)
}

// Reader reads files of the head, as they were judged: of the index with Staged. Nothing is looked for before the first read.
func Reader(ctx context.Context, o Options) func(path string) ([]byte, error) {
	var p *place
	return func(path string) ([]byte, error) {
		if p == nil {
			var err error
			if p, err = locate(ctx, o); err != nil {
				return nil, err
			}
		}
		return fs.ReadFile(p.head, path)
	}
}

// Preview is every file that Generate would write or remove, before and after, sorted by path.
func Preview(ctx context.Context, o Options) ([]report.FileDiff, error) {
	p, want, err := wanted(ctx, o)
	if err != nil {
		return nil, err
	}
	after := map[string][]byte{}
	for _, overlay := range want.Overlays {
		for name, content := range overlay.Files {
			after[overlay.Path+"/"+name] = content
		}
	}
	drift, err := tree.Diff(p.head, want)
	if err != nil {
		return nil, err
	}
	var out []report.FileDiff
	seen := map[string]bool{}
	for _, d := range drift { // sorted by file
		if seen[d.File] || d.Kind == "foreign" {
			continue
		}
		seen[d.File] = true
		before, err := fs.ReadFile(p.head, d.File)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read %s: %w", d.File, err)
		}
		if !bytes.Equal(before, after[d.File]) {
			out = append(out, report.FileDiff{Path: d.File, Before: before, After: after[d.File]})
		}
	}
	return out, nil
}
