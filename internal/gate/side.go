package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/render"
	"github.com/gatespan/gatespan/internal/trust"
)

// side is the repository at one moment: the head or the base.
type side struct {
	fsys      fs.FS
	own       *fleet.Fleet // what it declares; never nil: empty without one
	fleet     *fleet.Fleet // what is judged by: the same, unless the base says otherwise
	declared  bool         // the user has a fleet
	plan      *plan.Plan   // what is generated; nil without a fleet
	wanted    *plan.Plan   // what the posture must meet: the same, unless the base says otherwise of a cluster or a trust domain
	generated plan.Generated
	shared    render.Shared
	like      *side          // another moment of the same repository, read before; nil for none
	clusters  []ClusterState // sorted by name
	also      []ClusterState // other readings of some of them, whose findings count as well
}

// ClusterState is one cluster, read.
type ClusterState struct {
	Name    string
	Facts   controller.Cluster
	Posture posture.Posture
	Wanted  controller.Wanted

	path     string
	rendered *render.Result
	objects  *object.Set
	missing  bool          // its path does not exist
	vacant   bool          // there is something at its path, and no object of it
	delivery []render.Fact // about what Flux or Argo CD do with it
}

// Locate is where the repository says what a Ref names; the zero Position when nothing of it does.
func (c ClusterState) Locate(ref posture.Ref) finding.Position {
	o := c.find(ref)
	if o == nil {
		return finding.Position{}
	}
	return c.rendered.Locate(o, ref.Field)
}

func (c ClusterState) find(ref posture.Ref) *object.Object {
	if c.objects == nil || ref.Name == "" {
		return nil
	}
	group, _, found := strings.Cut(ref.APIVersion, "/")
	if !found {
		group = ""
	}
	if o := c.objects.Find(group, ref.Kind, ref.Namespace, ref.Name); o != nil {
		return o
	}
	if ref.APIVersion != "" {
		return nil
	}
	for _, o := range c.objects.All() { // a reference that names no version: the kind alone
		if o.Kind == ref.Kind && o.Namespace == ref.Namespace && o.Name == ref.Name {
			return o
		}
	}
	return nil
}

// loadFleet reads the fleet of a tree; an empty one when there is none.
func loadFleet(fsys fs.FS, p *place) (*fleet.Fleet, bool, error) {
	if _, err := fs.Stat(fsys, p.fleet); errors.Is(err, fs.ErrNotExist) {
		return &fleet.Fleet{}, false, nil
	}
	f, err := p.known.fleets.Load(fsys, p.fleet, p.overlays)
	return f, err == nil, err
}

// loadHead finds the repository and reads what is in it now, by its own fleet.
func loadHead(ctx context.Context, o Options) (*place, *side, error) {
	p, err := locate(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	f, declared, err := loadFleet(p.head, p)
	if err != nil {
		return nil, nil, err
	}
	head, err := load(ctx, p, moment{fsys: p.head, own: f, judged: trust.Verdict{Fleet: f}, declared: declared}, o)
	return p, head, err
}

// moment is what to read of the repository, and by what.
type moment struct {
	fsys     fs.FS
	own      *fleet.Fleet // declared there
	judged   trust.Verdict
	declared bool  // the user has a fleet
	like     *side // read before: what is as it was there is not worked out again
}

// load reads one side: what its own fleet generates, and every cluster as it is to be judged, in parallel. A fleet without exposures is
// planned too: what it generated before it lost its last one is stale.
func load(ctx context.Context, p *place, m moment, o Options) (*side, error) {
	own, judged := m.own, m.judged
	s := &side{fsys: m.fsys, own: own, fleet: judged.Fleet, declared: m.declared, like: m.like}
	if s.declared {
		var err error
		if s.plan, err = plan.Make(own, catalog.ByName); err != nil {
			return nil, err
		}
		s.wanted = s.plan
		if own != judged.Fleet {
			// What the base's clusters cannot serve has a finding of gate/ already; it is then held to what the head wants.
			if wanted, err := plan.Make(judged.Fleet, catalog.ByName); err == nil {
				s.wanted = wanted
			}
		}
	}
	if m.like == nil { // of another moment it is written when that one is judged, see markIntroduced
		if err := s.write(); err != nil {
			return nil, err
		}
	}
	targets, err := s.targets(p)
	if err != nil {
		return nil, err
	}
	s.clusters = make([]ClusterState, len(targets))
	plain := make([]*ClusterState, len(targets)) // without what Applications change that nobody is seen to apply
	group, ctx := errgroup.WithContext(ctx)
	if o.Jobs > 0 {
		group.SetLimit(o.Jobs)
	}
	progress := counter(o.Progress, "reading clusters", len(targets))
	for i, t := range targets {
		group.Go(func() error {
			defer progress()
			state, err := s.read(ctx, p, t, false, o)
			s.clusters[i] = state
			if err == nil && state.rendered.ChangedOutside {
				plain[i] = new(ClusterState)
				*plain[i], err = s.read(ctx, p, t, true, o)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, c := range plain {
		if c != nil {
			s.also = append(s.also, *c)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(judged.Proposed)) {
		if c := s.cluster(name); c != nil {
			s.also = append(s.also, s.under(*c, judged.Proposed[name]))
		}
	}
	s.deliver(nil)
	return s, nil
}

// write makes what the side's fleet generates.
func (s *side) write() (err error) {
	if s.plan != nil {
		s.generated, err = s.plan.Write()
	}
	return err
}

// under is a cluster as another version of its controller, or of the Gateway API, reads it.
func (s *side) under(c ClusterState, proposed fleet.Cluster) ClusterState {
	f := *s.fleet
	f.Clusters = maps.Clone(f.Clusters)
	f.Clusters[c.Name] = proposed
	c.Facts = plan.Facts(&f, c.Name)
	s.interpret(&c)
	return c
}

// target is a cluster to read, before it is.
type target struct {
	facts        controller.Cluster
	path         string
	declaredPath bool
	exclude      map[string]string
	destinations []string
}

// targets lists the clusters: the fleet's, or without one each directory below the overlays.
func (s *side) targets(p *place) ([]target, error) {
	var out []target
	if s.declared {
		for name, c := range s.fleet.Clusters {
			t := target{facts: plan.Facts(s.fleet, name), path: c.Path, declaredPath: c.Path != path.Join(p.overlays, name), exclude: map[string]string{}}
			for _, e := range c.Exclude {
				t.exclude[e.Path] = e.Reason
			}
			t.destinations = []string{name}
			if c.GitOps != nil && c.GitOps.Destination != "" {
				t.destinations = append(t.destinations, c.GitOps.Destination)
			}
			out = append(out, t)
		}
	} else {
		entries, err := fs.ReadDir(s.fsys, p.overlays)
		if err != nil {
			return nil, &Problem{
				What: fmt.Sprintf("there is no fleet, and no overlays at %q", p.overlays),
				Hint: "name them with --fleet and --overlays, or write a fleet: a cluster's name, cloud, controller and path are enough",
			}
		}
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				t := target{path: path.Join(p.overlays, e.Name())}
				t.facts.Name = e.Name()
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b target) int { return strings.Compare(a.facts.Name, b.facts.Name) })
	return out, nil
}

// read renders one cluster and reads its posture; asFound as in render.Options.
func (s *side) read(ctx context.Context, p *place, t target, asFound bool, o Options) (ClusterState, error) {
	state := ClusterState{Name: t.facts.Name, Facts: t.facts, path: t.path}
	state.Wanted = s.planned(t.facts.Name).Wanted
	options := render.Options{
		Path: t.path, Exclude: t.exclude, Cluster: t.facts.Name, Destinations: t.destinations, Jobs: o.Jobs, AsFound: asFound,
		Shared: &s.shared, Known: p.known.renders,
	}
	// A cluster that no exposure uses and whose path was not named is empty, not wrong.
	meant := t.declaredPath || len(state.Wanted.Entries)+len(state.Wanted.Exits) > 0
	twin := s.twin(ctx, options)
	if twin != nil {
		state.rendered, state.objects = twin.rendered, twin.objects
	} else {
		result, err := render.Cluster(ctx, s.fsys, options)
		switch {
		case errors.Is(err, render.ErrNoPath):
			state.missing = meant
			result = &render.Result{}
		case err != nil:
			return state, fmt.Errorf("cluster %s: %w", t.facts.Name, err)
		}
		state.rendered, state.objects = result, object.NewSet(result.Objects)
	}
	state.vacant = meant && !state.missing && state.objects.Len() == 0
	if twin != nil && s.readsAs(&state, twin) {
		state.Posture = twin.Posture
	} else {
		s.interpret(&state)
	}
	return state, nil
}

// twin is the cluster at the other moment, when it renders the same.
func (s *side) twin(ctx context.Context, o render.Options) *ClusterState {
	if s.like == nil {
		return nil
	}
	if c := s.like.cluster(o.Cluster); c != nil && c.rendered.Same(ctx, s.fsys, o) {
		return c
	}
	return nil
}

// readsAs reports whether all that interpret uses is the same as of another state with the same objects.
func (s *side) readsAs(state, other *ClusterState) bool {
	own, others := s.planned(state.Name), s.like.planned(state.Name)
	return reflect.DeepEqual(state.Facts, other.Facts) && slices.Equal(own.Wanted.Abilities, other.Wanted.Abilities) &&
		reflect.DeepEqual(own.Exposures, others.Exposures) && reflect.DeepEqual(own.Attestations, others.Attestations)
}

// interpret reads the posture of what was rendered.
func (s *side) interpret(state *ClusterState) {
	planned := s.planned(state.Name)
	state.Posture = catalog.Read(state.Facts, state.objects)
	addServices(state, planned.Exposures)
	kubernetes.NameMisfits(state.objects, state.Posture.Services)
	state.Posture.Assumptions = append(state.Posture.Assumptions, planned.Attestations...)
	installed(state)
}

// installed adds what the exposures need of the controller's installation: what Git contradicts is judged, what it does not show is assumed.
func installed(state *ClusterState) {
	if found := catalog.Installed(state.Facts, state.objects); found != nil {
		state.Posture.Prerequisites = append(state.Posture.Prerequisites, *found)
	}
	for _, need := range catalog.Needs(state.Facts, state.Wanted.Abilities, state.objects) {
		state.Posture.Prerequisites = append(state.Posture.Prerequisites, need.Found)
		if need.Found.State == posture.PrerequisiteUnseen {
			state.Posture.Assumptions = append(state.Posture.Assumptions, posture.Assumption{
				By: posture.Ref{Kind: "Controller", Name: state.Facts.Controller.Name}, Text: need.Text,
			})
		}
	}
}

// Needs are what the exposures of the cluster need of the controller's installation.
func (c ClusterState) Needs() []catalog.Need {
	return catalog.Needs(c.Facts, c.Wanted.Abilities, c.objects)
}

// planned is what the plan holds for a cluster; empty without one.
func (s *side) planned(name string) plan.Cluster {
	if s.wanted != nil {
		for _, c := range s.wanted.Clusters {
			if c.Facts.Name == name {
				return c
			}
		}
	}
	return plan.Cluster{}
}

// addServices adds the Services of exposures that are not in Git, usually because another repository holds the application: the fleet
// says which pods they select, so that who may reach those is judged all the same.
func addServices(state *ClusterState, exposures []controller.Exposure) {
	for _, e := range exposures {
		if state.objects.Find("", "Service", e.Service.Namespace, e.Service.Name) != nil {
			continue
		}
		state.Posture.Services = append(state.Posture.Services, posture.Service{
			Subject:  posture.Subject{Kind: "Service", Namespace: e.Service.Namespace, Name: e.Service.Name},
			Ref:      posture.Ref{APIVersion: "v1", Kind: "Service", Namespace: e.Service.Namespace, Name: e.Service.Name},
			Type:     "ClusterIP",
			Selector: e.Service.Selector,
			Ports:    map[string]int{cmp.Or(e.Service.PortName, strconv.Itoa(e.Service.Port)): e.Service.Port},
			Network:  kubernetes.IngressPeers(state.objects, e.Service.Namespace, e.Service.Selector, true, e.Service.TargetPort),
		})
	}
}

// cluster finds a cluster's state by name, or nil.
func (s *side) cluster(name string) *ClusterState {
	for i := range s.clusters {
		if s.clusters[i].Name == name {
			return &s.clusters[i]
		}
	}
	return nil
}

// source is where the fleet says what an overlay is for; nil for one that people wrote.
func (s *side) source(overlay string) *finding.Position {
	for _, g := range s.generated {
		if g.Path == overlay && !g.Source.IsZero() {
			return &g.Source
		}
	}
	return nil
}

// counter makes a progress callback that counts itself.
func counter(report func(string, int, int), stage string, total int) func() {
	if report == nil {
		return func() {}
	}
	done := make(chan int, 1)
	done <- 0
	return func() {
		n := <-done + 1
		report(stage, n, total)
		done <- n
	}
}
