package render

import (
	"context"
	"io/fs"
	"maps"
	"slices"
)

// Same reports whether Cluster would give this result for another tree of the same repository, without rendering it: whether the options are
// the same, and the tree answers all that was asked of the first one in the same way. False may also mean that it is not known, as of a
// result with something undecided: time or memory may have decided it.
func (r *Result) Same(ctx context.Context, repo fs.FS, o Options) bool {
	if r.of == nil || len(r.Undecided) > 0 {
		return false
	}
	was := r.of.options
	if o.Only != nil || was.Only != nil || o.Path != was.Path || o.Cluster != was.Cluster || o.AsFound != was.AsFound ||
		o.Limits.withDefaults() != was.Limits || !maps.Equal(o.Exclude, was.Exclude) || !slices.Equal(o.Destinations, was.Destinations) {
		return false
	}
	if r.of.looked { // which files these are was found by looking at all of them, once for all clusters
		if o.Shared == nil {
			return false
		}
		files, refused := o.Shared.argo(newRepository(ctx, repo, nil, was.Limits))
		known, before := was.Shared.argo(r.of.repo)
		if refused != nil || before != nil || !slices.Equal(files, known) {
			return false
		}
	}
	return r.of.repo.witness.agrees(ctx, repo, was.Limits.FileBytes)
}
