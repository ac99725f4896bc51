//go:build e2e && linux

package suite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	declared "github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/render"
)

// corpus asks about the clusters of every change in testdata/corpus, as the test TestTrees of internal/corpus wrote them. What several changes leave alike is
// asked once.
func (e *Env) corpus(ctx context.Context, o *oracle) error {
	raw, err := os.ReadFile(filepath.Join(e.Trees, "index"))
	if err != nil {
		return err
	}
	var index []struct{ ID, Case, Dir, Fleet, Overlays string }
	if err := json.Unmarshal(raw, &index); err != nil {
		return err
	}
	asked, changes, values, left, refused, closed := map[string]bool{}, map[string]bool{}, 0, 0, 0, tally{}
	var differences []string
	for _, c := range index {
		clusters, undecided, err := e.changed(ctx, o.of.name, filepath.Join(e.Trees, c.Dir), cmp.Or(c.Fleet, "fleet"), cmp.Or(c.Overlays, "overlays"))
		if err != nil {
			return fmt.Errorf("%s %s: %w", c.ID, c.Case, err)
		}
		left += undecided
		for _, cluster := range clusters {
			text, err := stream(cluster.objects)
			if err != nil {
				return err
			}
			key := fmt.Sprintf("%v\n%s", cluster.facts, text)
			if asked[key] {
				continue
			}
			asked[key] = true
			t, err := o.translate(cluster, nil)
			if err != nil {
				return fmt.Errorf("%s %s, %s: %w", c.ID, c.Case, cluster.name, err)
			}
			if len(t.refused) > 0 { // by the API server or a webhook: no cluster has this state
				refused++
				continue
			}
			changes[c.ID], values, closed = true, values+t.compared, closed.with(t.closed)
			for _, d := range t.differences {
				differences = append(differences, fmt.Sprintf("%s %s, %s: %s", c.ID, c.Case, cluster.name, d))
			}
		}
	}
	if values == 0 {
		differences = append(differences, "nothing was compared")
	}
	return e.record(o.of.area, "the same after each change of testdata/corpus", o.of.name, differences,
		fmt.Sprintf("%d values of %d clusters, after %d changes%s; left out: %d clusters with objects that admission refuses, %d that cannot be rendered",
			values, len(asked)-refused, len(changes), closed, refused, left))
}

// changed are the clusters of a changed repository that have the controller. What cannot be read or rendered is undecided for gatespan, and
// makes no posture to compare.
func (e *Env) changed(ctx context.Context, of, dir, fleet, overlays string) (out []overlaid, undecided int, err error) {
	loaded, err := declared.Load(os.DirFS(dir), fleet, overlays)
	if err != nil {
		return nil, 1, nil //nolint:nilerr // a change that breaks the fleet
	}
	for _, name := range slices.Sorted(maps.Keys(loaded.Clusters)) {
		c := loaded.Clusters[name]
		if c.Controller.Name != of {
			continue
		}
		options := render.Options{Path: c.Path, Cluster: name, Destinations: []string{name}, Exclude: map[string]string{}}
		for _, x := range c.Exclude {
			options.Exclude[x.Path] = x.Reason
		}
		if c.GitOps != nil && c.GitOps.Destination != "" {
			options.Destinations = append(options.Destinations, c.GitOps.Destination)
		}
		result, err := render.Cluster(ctx, os.DirFS(dir), options)
		if err != nil || len(result.Undecided) > 0 {
			undecided++
			continue
		}
		known := func(o *object.Object) bool { return !strings.Contains(o.Name, "$") } // a variable of Flux is no name
		out = append(out, overlaid{name: name, lenient: true, facts: plan.Facts(loaded, name), objects: slices.DeleteFunc(result.Objects, func(o *object.Object) bool { return !known(o) })})
	}
	return out, undecided, nil
}
