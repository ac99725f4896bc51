package render

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// discovery is what lies below a cluster's path.
type discovery struct {
	kusts    []string // directories with a kustomization
	plain    []string // manifests outside of those
	charts   []string // directories of Helm charts
	excluded []string
	refused  *refusal
}

// discover walks the cluster's path. Hidden directories, Helm charts and what is excluded are not entered; links are not
// followed.
func (r *repository) discover(top string, exclude map[string]string) discovery {
	var d discovery
	walked := 0
	var walk func(dir string, covered bool)
	walk = func(dir string, covered bool) {
		if d.refused != nil {
			return
		}
		if _, excluded := excludedBy(dir, exclude); excluded {
			d.excluded = append(d.excluded, dir)
			return
		}
		entries, err := r.readDir(dir)
		if err != nil {
			d.refused = refuse(ruleRoot, place{dir, 1, 1}, "the directory cannot be read: %v", err)
			return
		}
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "Chart.yaml" }) {
			d.charts = append(d.charts, dir)
			return
		}
		if len(r.kustomizationIn(dir)) > 0 {
			d.kusts = append(d.kusts, dir)
			covered = true
		}
		for _, e := range entries {
			if walked++; walked > r.limits.Directory {
				d.refused = overLimit(place{top, 1, 1}, "give the cluster a narrower path", "more than %d directory entries below one path", r.limits.Directory)
				return
			}
			name := path.Join(dir, e.Name())
			switch {
			case strings.HasPrefix(e.Name(), "."):
			case e.IsDir():
				walk(name, covered)
			case !covered && (isManifest(name) || path.Ext(name) == ".json"):
				if _, excluded := excludedBy(name, exclude); !excluded {
					d.plain = append(d.plain, name)
				}
			}
		}
	}
	walk(top, false)
	return d
}

// excludedBy tells whether a path is at or below an excluded one.
func excludedBy(name string, exclude map[string]string) (reason string, excluded bool) {
	for at := name; ; at = path.Dir(at) {
		for given, reason := range exclude {
			if path.Clean(strings.TrimPrefix(given, "./")) == at {
				return reason, true
			}
		}
		if at == "." || at == "/" {
			return "", false
		}
	}
}

// initial returns the roots below a path: the kustomizations that no other refers to, and the plain manifests as one root.
func (r *repository) initial(top string, d discovery) []*root {
	refers := map[string][]string{}
	referred, used := map[string]bool{}, map[string]bool{}
	for _, dir := range d.kusts {
		k := r.kustomization(dir)
		for _, e := range slices.Concat(k.resources, k.others) {
			if e.dir && e.path != dir {
				refers[dir] = append(refers[dir], e.path)
				referred[e.path] = true
			}
		}
		for name := range k.files {
			used[name] = true
		}
	}
	reached := map[string]bool{}
	var reach func(dir string)
	reach = func(dir string) {
		if !reached[dir] {
			reached[dir] = true
			for _, next := range refers[dir] {
				reach(next)
			}
		}
	}
	var roots []*root
	add := func(dir string) {
		roots = append(roots, &root{dir: dir, kust: r.kustomization(dir), initial: true})
		reach(dir)
	}
	for _, dir := range d.kusts {
		if !referred[dir] && !r.kustomization(dir).component {
			add(dir)
		}
	}
	for _, dir := range d.kusts { // kustomizations that refer to each other in a circle
		if !reached[dir] && !r.kustomization(dir).component {
			add(dir)
		}
	}
	if plain := r.plain(top, d.plain, used); plain != nil {
		roots = append(roots, plain)
	}
	return roots
}

// plain makes one root of the manifests that no kustomization uses; nil where there are none. Files that hold no Kubernetes
// object are left alone: nobody has said that the directory is applied as it is.
func (r *repository) plain(top string, names []string, used map[string]bool) *root {
	k := &kustomization{dir: top, files: map[string][]byte{}, data: map[string]any{}}
	var resources []any
	for _, name := range names {
		if used[name] {
			continue
		}
		docs, refused := r.manifest(name)
		if refused == nil && !slices.ContainsFunc(docs, func(d *document) bool { return d.apiVersion != "" && d.kind != "" }) {
			continue
		}
		resources = append(resources, relative(top, name))
	}
	if resources == nil {
		return nil
	}
	k.data["resources"] = resources
	k.refused = k.check(r)
	return &root{dir: top, kust: k, initial: true}
}

// unseen lists what the discovery left out.
func (d discovery) unseen(exclude map[string]string) []Unseen {
	var out []Unseen
	for _, dir := range d.excluded {
		reason, _ := excludedBy(dir, exclude)
		out = append(out, Unseen{Subject: posture.Subject{Kind: "Directory", Name: dir}, File: dir, Line: 1, Why: "it is excluded: " + reason})
	}
	for _, dir := range d.charts {
		out = append(out, Unseen{Subject: posture.Subject{Kind: "HelmChart", Name: dir}, File: path.Join(dir, "Chart.yaml"), Line: 1, Why: "a Helm chart is not rendered"})
	}
	return out
}
