package render

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// argoConfig are the exceptions that Argo CD's own configuration makes, as far as the cluster's roots have it: the project of an Application,
// and the ConfigMap argocd-cm. What is in neither is Argo CD's default, which leaves out nothing that is judged here.
func (c *cluster) argoConfig(a argoApplication, objects []*object.Object) []Exception {
	var out []Exception
	for _, o := range c.rendered() {
		switch {
		case o.Group() == argoGroup && o.Kind == "AppProject" && o.Name == str(a.spec, "project"):
			out = append(out, c.syncWindows(o)...)
		case o.Kind == "ConfigMap" && o.Group() == "" && o.Name == "argocd-cm":
			out = append(out, c.resourceFilter(o, objects)...)
			out = append(out, c.ignoredEverywhere(o, objects)...)
		}
	}
	return out
}

// rendered are the objects of all roots.
func (c *cluster) rendered() []*object.Object {
	var out []*object.Object
	for _, r := range c.roots {
		out = append(out, r.decoded...)
	}
	return out
}

// syncWindows: outside of an allowed window, and within a denied one, Argo CD does not sync by itself (docs/user-guide/sync_windows.md).
func (c *cluster) syncWindows(project *object.Object) []Exception {
	windows, _ := project.Get("spec.syncWindows").([]any)
	if len(windows) == 0 {
		return nil
	}
	return []Exception{c.exception(NotKept, project, "spec.syncWindows", "a sync window of its AppProject keeps Argo CD from applying it at times")}
}

// filtered is an entry of resource.exclusions or resource.inclusions: globs (docs/operator-manual/declarative-setup.md, "Resource
// Exclusion/Inclusion"; argo-cd util/settings/resources_filter.go).
type filtered struct {
	APIGroups []string `json:"apiGroups"`
	Kinds     []string `json:"kinds"`
	Clusters  []string `json:"clusters"`
}

// matches tells whether the entry is for an object; where that is not sure, a glob of another kind or a cluster's address, it is as unsure says.
func (f filtered) matches(o *object.Object, unsure bool) bool {
	one := func(globs []string, value string) bool {
		return len(globs) == 0 || slices.ContainsFunc(globs, func(glob string) bool {
			matched, err := path.Match(glob, value)
			if err != nil || strings.ContainsAny(glob, "{[") {
				return unsure
			}
			return matched
		})
	}
	everywhere := len(f.Clusters) == 0 || slices.Contains(f.Clusters, "*")
	return one(f.APIGroups, o.Group()) && one(f.Kinds, o.Kind) && (everywhere || unsure)
}

// resourceFilter: Argo CD neither watches nor applies what is excluded, or not included.
func (c *cluster) resourceFilter(config *object.Object, objects []*object.Object) []Exception {
	var out []Exception
	for _, key := range []string{"resource.exclusions", "resource.inclusions"} {
		field := object.Key("data", key)
		text := config.Text(field)
		if strings.TrimSpace(text) == "" {
			continue
		}
		var entries []filtered
		err := yaml.Unmarshal([]byte(text), &entries)
		for _, o := range objects {
			included := key == "resource.inclusions"
			listed := slices.ContainsFunc(entries, func(f filtered) bool { return f.matches(o, !included) })
			if err == nil && listed == included {
				continue
			}
			e := c.exception(NotApplied, config, field, fmt.Sprintf("Argo CD is told by %s to leave its kind alone", key))
			if err != nil {
				e.Why = fmt.Sprintf("%s of Argo CD cannot be read: %v", key, err)
			}
			e.Object = posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
			out = append(out, e)
		}
	}
	return out
}

// ignoredEverywhere are differences that Argo CD overlooks in every Application: resource.customizations.ignoreDifferences.<group>_<kind>, or
// .all (docs/user-guide/diffing.md, "System-Level Configuration").
func (c *cluster) ignoredEverywhere(config *object.Object, objects []*object.Object) []Exception {
	var out []Exception
	texts := config.Texts("data")
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		what, found := strings.CutPrefix(key, "resource.customizations.ignoreDifferences.")
		if !found {
			continue
		}
		var rule map[string]any
		if yaml.Unmarshal([]byte(texts[key]), &rule) == nil && harmless(rule) {
			continue
		}
		group, kind, both := strings.Cut(what, "_")
		if !both {
			group, kind = "", what
		}
		for _, o := range objects {
			if what != "all" && (group != o.Group() || kind != o.Kind) {
				continue
			}
			e := c.exception(NotKept, config, object.Key("data", key), "Argo CD overlooks differences in it, and does not mend them")
			e.Object = posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
			out = append(out, e)
		}
	}
	return out
}

func (c *cluster) exception(kind string, o *object.Object, field, why string) Exception {
	at := c.place(o, field)
	return Exception{Kind: kind, By: refOf(o, field), File: at.file, Line: at.line, Column: at.col, Why: why}
}
