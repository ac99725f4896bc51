package render

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// cluster gathers the roots of one cluster.
type cluster struct {
	ctx     context.Context
	repo    *repository
	options Options

	roots  []*root
	known  map[string]*root // by key
	queue  []*root          // followed, not yet rendered
	found  []*root          // below the cluster's path
	from   *root            // whose Flux and Argo CD objects are being followed; nil for those outside of any root
	facts  []Fact
	unseen []Unseen
	read   map[string][]pattern // of .sourceignore and .gitattributes, by path
	looked bool                 // for Applications in the whole repository
}

// Cluster renders every root of a cluster from the repository. It errors with ErrNoPath when the cluster's path is not a
// directory of the repository; everything else that goes wrong is in the Result.
func Cluster(ctx context.Context, repo fs.FS, o Options) (*Result, error) {
	top := path.Clean(strings.TrimPrefix(cmp.Or(o.Path, "."), "./"))
	o.Limits = o.Limits.withDefaults()
	if o.Shared == nil {
		o.Shared = &Shared{}
	}
	c := &cluster{ctx: ctx, repo: newRepository(ctx, repo, o.Known, o.Limits), options: o, known: map[string]*root{}, read: map[string][]pattern{}}
	real, isDir, err := c.repo.resolve(top)
	if err != nil || !isDir {
		return nil, noPath(o.Path)
	}
	result := &Result{sources: map[string]*source{}, of: c}
	found := c.repo.discover(real, o.Exclude)
	c.unseen = found.unseen(o.Exclude)
	undecided := func(refused *refusal) {
		if refused != nil {
			result.Undecided = append(result.Undecided, Undecided{Overlay: top, File: refused.file, Message: refused.why, Hint: refused.hint})
		}
	}
	undecided(found.refused)
	c.queue = c.repo.initial(real, found)
	c.found = slices.Clone(c.queue)
	undecided(c.elsewhere(real))
	for len(c.queue) > 0 {
		batch := c.queue
		c.queue = nil
		if len(c.roots)+len(batch) > o.Limits.Roots {
			undecided(overLimit(place{real, 1, 1}, "split the cluster's path", "more than %d roots in one cluster", o.Limits.Roots))
			break
		}
		c.render(batch)
		c.roots = append(c.roots, batch...)
		for _, r := range batch {
			c.engines(r)
		}
	}
	c.settle()
	result.ChangedOutside = c.changedOutside()
	if c.options.AsFound {
		c.asFound()
	}
	c.fill(result)
	return result, nil
}

// render renders roots in parallel.
func (c *cluster) render(batch []*root) {
	var group errgroup.Group
	jobs := c.options.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	group.SetLimit(jobs)
	for _, r := range batch {
		if c.options.Only != nil && !c.options.Only(r.dir) {
			r.skipped = true
			continue
		}
		group.Go(func() error {
			r.render(c.ctx, c.repo)
			return nil
		})
	}
	_ = group.Wait() // no function errors: each root keeps its own refusal
}

// engines looks for Flux and Argo CD objects in a rendered root, and follows them. What they say counts as long as the root does.
func (c *cluster) engines(r *root) {
	facts, unseen := len(c.facts), len(c.unseen)
	c.from = r
	for _, o := range object.NewSet(r.decoded).All() {
		switch {
		case o.Group() == fluxGroup && o.Kind == "Kustomization":
			r.engine = true
			c.flux(o)
		case o.Group() == argoGroup && (o.Kind == "Application" || o.Kind == "ApplicationSet"):
			r.engine = true
			c.argo(o)
		case o.Group() == "helm.toolkit.fluxcd.io" && o.Kind == "HelmRelease":
			p := c.place(o, "spec")
			c.unseen = append(c.unseen, Unseen{Subject: subjectOf(o), File: p.file, Line: p.line, Why: "what a Helm release installs is not in this repository"})
		}
	}
	r.told, c.facts = slices.Clone(c.facts[facts:]), c.facts[:facts]
	r.unseen, c.unseen = slices.Clone(c.unseen[unseen:]), c.unseen[:unseen]
}

// follow queues a root, once. A root that was found below the path and that the engine applies as it is needs no second render.
func (c *cluster) follow(r *root) {
	key := r.key()
	if known := c.known[key]; known != nil {
		known.from = append(known.from, c.from)
		known.deliveries = append(known.deliveries, r.deliveries...)
		return
	}
	if c.options.AsFound && !c.seen(c.from) && c.foundAt(r.dir) {
		return
	}
	r.from, c.known[key] = []*root{c.from}, r
	for _, other := range c.found { // rendered already, or about to be
		if other.dir != r.dir || !other.initial {
			continue
		}
		other.replaced = true
		if other.refused == nil && other.kust == r.kust && !other.skipped {
			other.replaced, other.initial = false, false
			other.by, other.byAt, other.after, other.from, other.deliveries = r.by, r.byAt, r.after, r.from, r.deliveries
			c.known[key] = other
			if other.survey != nil {
				other.finish(c.repo)
			}
			return
		}
	}
	c.queue = append(c.queue, r)
}

// place finds an object's field in the root that rendered it, while roots are still being gathered.
func (c *cluster) place(o *object.Object, field string) place {
	if o.Origin.Overlay == "" { // read outside of any root
		return c.placeElsewhere(o, field)
	}
	for _, r := range c.roots {
		if r.dir == o.Origin.Overlay && r.survey != nil {
			p := (&source{repo: c.repo, surveys: []*survey{r.survey}}).locate(o, field)
			return place{p.File, p.Line, p.Column}
		}
	}
	return place{o.Origin.File, 1, 1}
}

// fill writes the result, sorted.
func (c *cluster) fill(result *Result) {
	followed := slices.ContainsFunc(c.roots, func(r *root) bool { return r.by != posture.Ref{} })
	slices.SortStableFunc(c.roots, func(a, b *root) int { return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(a.by.Name, b.by.Name)) })
	var all []*object.Object
	for _, r := range c.roots {
		if r.skipped {
			continue
		}
		overlay := Overlay{Path: r.dir, Objects: len(r.decoded), Rendered: r.refused == nil, AppliedBy: r.by}
		if r.survey != nil {
			overlay.Files = r.survey.files
			if known := result.sources[r.dir]; known != nil {
				known.surveys = append(known.surveys, r.survey)
			} else {
				result.sources[r.dir] = &source{repo: c.repo, surveys: []*survey{r.survey}}
			}
		}
		result.Overlays = append(result.Overlays, overlay)
		result.Facts = slices.Concat(result.Facts, r.facts, r.told, c.overrides(r))
		c.unseen = append(c.unseen, r.unseen...)
		all = append(all, r.decoded...)
		switch {
		case r.refused != nil && r.refused.limit:
			result.Undecided = append(result.Undecided, Undecided{Overlay: r.dir, File: cmp.Or(r.refused.file, r.dir), Message: r.refused.why, Hint: r.refused.hint})
		case r.refused != nil:
			result.Facts = append(result.Facts, r.refusedFact())
		case len(r.decoded) == 0: // of the bootstrap directory of Flux, ordinary; an overlay that was emptied is drift, or gone since the base
			c.unseen = append(c.unseen, Unseen{Subject: posture.Subject{Kind: "Kustomization", Name: r.dir}, File: cmp.Or(r.kust.file, r.dir), Line: 1, Why: "it renders no object"})
		case followed && r.initial && !r.engine:
			c.unseen = append(c.unseen, Unseen{Subject: posture.Subject{Kind: "Kustomization", Name: r.dir}, File: cmp.Or(r.kust.file, r.dir), Line: 1,
				Why: "no Flux Kustomization or Argo CD Application that was found applies it; it is judged as if one did"})
		}
	}
	result.Deliveries = c.deliveries()
	set := object.NewSet(all)
	result.Objects = set.All()
	result.Facts = append(append(result.Facts, c.facts...), result.twice(set)...)
	result.Unseen = c.unseen
	sortFacts(result)
	if limit := c.options.Limits.TotalFacts; len(result.Facts) > limit {
		result.Undecided = append(result.Undecided, Undecided{Overlay: c.options.Path, File: result.Facts[limit].File, Message: "more facts about rendering than are kept", Hint: "mend those that are reported first"})
		result.Facts = result.Facts[:limit]
	}
}

func sortFacts(r *Result) {
	slices.SortStableFunc(r.Facts, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Overlay, b.Overlay), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.By.Name, b.By.Name), cmp.Compare(a.By.Field, b.By.Field), cmp.Compare(a.Why, b.Why))
	})
	r.Facts = slices.Compact(r.Facts)
	slices.SortStableFunc(r.Unseen, func(a, b Unseen) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Subject.Name, b.Subject.Name), cmp.Compare(a.Why, b.Why))
	})
	r.Unseen = slices.Compact(r.Unseen)
	slices.SortStableFunc(r.Undecided, func(a, b Undecided) int {
		return cmp.Or(cmp.Compare(a.Overlay, b.Overlay), cmp.Compare(a.File, b.File), cmp.Compare(a.Message, b.Message))
	})
	r.Undecided = slices.Compact(r.Undecided)
}
