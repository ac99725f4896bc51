//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/object"
)

// hand is the hand-off of one cluster of a fleet.
type hand struct {
	life    *life
	flux    *flux
	fleet   *fleet
	cluster string // the fleet's name of it

	source cluster.Map // what Flux takes the repository from
	root   cluster.Map // the Kustomization of the hand-off itself
	had    []*object.Object
}

const fluxAPI = "kustomize.toolkit.fluxcd.io/v1"

// prepare applies by hand what comes first: the source, and the Kustomization that applies the hand-off. It says why a cluster cannot live here.
func (h *hand) prepare(ctx context.Context, e *Env) (why string, err error) {
	all, err := h.wanted(ctx)
	if err != nil {
		return "", err
	}
	h.source = source("GitRepository", "flux-system")
	for _, o := range all {
		if err := h.flux.cluster.Knows(ctx, o.Data); err != nil {
			return err.Error(), nil
		}
		if o.Kind == "OCIRepository" {
			h.source = o.Data
		}
	}
	folder, err := h.folder()
	if err != nil {
		return "its hand-off is not Flux's: " + err.Error(), nil
	}
	for _, o := range all {
		if o.APIVersion == fluxAPI && o.Text("spec.path") == "./"+folder { // an artifact's hand-off holds itself
			h.root = o.Data
		}
	}
	if h.root == nil {
		h.root = cluster.Map{"apiVersion": fluxAPI, "kind": "Kustomization", "metadata": cluster.Map{"name": "root", "namespace": fluxNamespace},
			"spec": cluster.Map{"interval": "10m", "retryInterval": "2s", "path": "./" + folder, "prune": true,
				"sourceRef": cluster.Map{"kind": "GitRepository", "name": "flux-system"}}}
	}
	return "", errors.Join(h.flux.cluster.Namespaces(ctx, all), h.flux.cluster.Apply(ctx, h.source))
}

// folder is the hand-off's overlay.
func (h *hand) folder() (string, error) {
	found, err := filepath.Glob(filepath.Join(h.fleet.repo, h.fleet.overlays, h.cluster, "gitops", "*"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("%d overlays in gitops: %w", len(found), err)
	}
	relative, err := filepath.Rel(h.fleet.repo, found[0])
	return filepath.ToSlash(relative), err
}

// wanted are the objects that the hand-off applies: its own, and those of the overlays that it names.
func (h *hand) wanted(ctx context.Context) ([]*object.Object, error) {
	all, err := objects(ctx, h.fleet.repo, h.fleet.overlays+"/"+h.cluster)
	if err != nil {
		return nil, err
	}
	applied := map[string]bool{}
	for _, o := range all {
		if o.Kind == "Kustomization" {
			applied[strings.TrimPrefix(o.Text("spec.path"), "./")] = true
		}
	}
	return slices.DeleteFunc(all, func(o *object.Object) bool {
		return !applied[o.Origin.Overlay] && !strings.Contains(o.Origin.Overlay, h.cluster+"/gitops/")
	}), nil
}

// step publishes the repository as it is, waits until Flux has applied it, and compares what is in the cluster with what the overlays say.
// It errors when something fails that is no answer of Flux.
func (h *hand) step(ctx context.Context, revision string, to *[]string) error {
	all, err := h.wanted(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(h.flux.publish(ctx, h.source, h.fleet.repo, revision), h.flux.cluster.Apply(ctx, h.root)); err != nil {
		return err
	}
	return h.arrived(ctx, all, revision, to)
}

// arrived waits until Flux has applied a revision, and compares.
func (h *hand) arrived(ctx context.Context, all []*object.Object, revision string, to *[]string) error {
	where := h.fleet.name + ", " + h.cluster
	names := []string{(&object.Object{Data: h.root}).Text("metadata.name")}
	for _, o := range all {
		if o.APIVersion == fluxAPI && o.Name != names[0] {
			names = append(names, o.Name)
		}
	}
	for _, name := range names {
		if err := h.flux.ready(ctx, name, revision); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			h.life.say(to, "%s: %v", where, err)
			return nil
		}
	}
	for _, o := range all {
		if err := h.same(ctx, o); err != nil {
			h.life.say(to, "%s: %v", where, err)
		}
	}
	gone := 0
	for _, old := range h.had {
		if slices.ContainsFunc(all, func(o *object.Object) bool { return o.ID() == old.ID() }) {
			continue
		}
		gone++
		if err := h.flux.process.Until(ctx, old.String()+" pruned", func() error { return h.absent(ctx, old) }); err != nil {
			h.life.say(to, "%s: %v", where, err)
			break // the others would be waited for as long
		}
	}
	h.life.Lock()
	defer h.life.Unlock()
	if h.had == nil {
		h.life.clusters++
		h.life.objects += len(all)
	}
	h.life.pruned += gone
	h.had = all
	return nil
}

// same compares an object with the cluster's, which must have all that it says.
func (h *hand) same(ctx context.Context, o *object.Object) error {
	now, err := h.flux.cluster.Get(ctx, o.Data)
	if err != nil {
		return fmt.Errorf("%s: %w", o, err)
	}
	if o.Kind == "Secret" {
		now["stringData"] = o.Data["stringData"] // is kept in data
	}
	if lacks := lacking("", o.Data, now); lacks != "" {
		return fmt.Errorf("%s: %s", o, lacks)
	}
	return nil
}

// lacking is the first field of want that have does not have, with what it has instead. The API server adds fields and drops empty ones, and
// reads numbers as it likes.
func lacking(at string, want, have any) string {
	switch want := want.(type) {
	case map[string]any:
		have, _ := have.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if lacks := lacking(object.Key(at, key), want[key], have[key]); lacks != "" {
				return lacks
			}
		}
		return ""
	case []any:
		have, _ := have.([]any)
		if len(have) != len(want) {
			return fmt.Sprintf("%s has %d items instead of %d", at, len(have), len(want))
		}
		for i := range want {
			if lacks := lacking(object.Item(at, i), want[i], have[i]); lacks != "" {
				return lacks
			}
		}
		return ""
	}
	if got := fmt.Sprint(have); got != fmt.Sprint(want) && !(have == nil && fmt.Sprint(want) == "") {
		return fmt.Sprintf("%s is %s instead of %v", at, got, want)
	}
	return ""
}

func (h *hand) absent(ctx context.Context, o *object.Object) error {
	_, err := h.flux.cluster.Get(ctx, o.Data)
	switch {
	case cluster.NotFound(err):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%s is still there", o)
}

// leave takes the hand-off away again, and waits until Flux has let go of it.
func (h *hand) leave(ctx context.Context) error {
	root, err := object.New(h.root, object.Origin{})
	if err != nil {
		return err
	}
	if err := h.flux.cluster.Delete(ctx, h.root); err != nil {
		return err
	}
	err = h.flux.process.Until(ctx, "rid of its hand-off", func() error { return h.absent(ctx, root) })
	h.flux.cluster.Clear(ctx, h.had)
	return errors.Join(err, h.flux.cluster.Delete(ctx, h.source))
}
