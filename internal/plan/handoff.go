package plan

import (
	"cmp"
	gopath "path"
	"slices"

	"github.com/gatespan/gatespan/internal/gitops"
)

// handOff is the overlay that makes the cluster's engine apply the others, where the fleet asks for it. It comes last: it lists them, and
// stays when there are none, so that the engine removes what it applied.
func (w *writer) handOff(c *Cluster) {
	engine := w.plan.source.Clusters[c.Facts.Name].GitOps
	if engine == nil || engine.HandOff == nil {
		return
	}
	h := gitops.Cluster{Fleet: w.plan.Fleet, Name: c.Facts.Name, Folder: c.Folder, GitOps: *engine}
	for _, o := range w.out {
		if o.Cluster == c.Facts.Name {
			h.Overlays = append(h.Overlays, gitops.Overlay{Kind: o.Kind, Name: o.Name, Path: o.Path})
		}
	}
	slices.SortFunc(h.Overlays, func(a, b gitops.Overlay) int { return cmp.Compare(a.Path, b.Path) })
	for i, o := range h.Overlays {
		h.Overlays[i].After = w.before(c, o, h.Overlays)
	}
	at := path("clusters", c.Facts.Name, "gitops", "handOff")
	p := part{kind: gitops.Kind, name: w.plan.Fleet, at: at}
	for _, data := range gitops.Write(h) {
		p.made = append(p.made, data)
	}
	w.overlay(c, p, nil)
}

// before are the overlays that an overlay needs in the cluster before it: the roots that it trusts and the gateway of an exposure.
func (w *writer) before(c *Cluster, o gitops.Overlay, all []gitops.Overlay) []string {
	var out []string
	if o.Kind == "trust" {
		return nil
	}
	for _, other := range all {
		if other.Kind == "trust" {
			out = append(out, other.Path)
		}
	}
	if o.Kind == "exposures" {
		provider := w.plan.source.Exposures[o.Name].Providers[c.Facts.Name]
		out = append(out, gopath.Join(c.Folder, "gateways", provider.Gateway))
	}
	return slices.DeleteFunc(out, func(path string) bool {
		return !slices.ContainsFunc(all, func(other gitops.Overlay) bool { return other.Path == path })
	})
}
