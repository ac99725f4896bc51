package render

import (
	"context"
	"io/fs"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/object"
)

type source struct{}

// Cluster renders every root of a cluster from the repository.
func Cluster(ctx context.Context, repo fs.FS, o Options) (*Result, error) {
	return nil, ErrNoPath
}

// Locate finds the place of an object's field in the user's files.
func (r *Result) Locate(o *object.Object, field string) finding.Position {
	return finding.Position{File: o.Origin.File, Line: 1, Column: 1}
}
