package gate

import (
	"regexp"
	"slices"

	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/render"
)

// facts are what rendering found. Apart are Flux variables in the hostnames of public gateways and of routes that attach to those alone:
// every repository with a domain per cluster has them, and whatever name browsers use there decides nothing about an exposure.
func (c ClusterState) facts() (judged, apart []render.Fact) {
	for _, f := range c.rendered.Facts {
		if f.Rule == "unknown/variable" && hostname.MatchString(f.By.Field) && c.forBrowsers(f.By) {
			apart = append(apart, f)
		} else {
			judged = append(judged, f)
		}
	}
	return judged, apart
}

var hostname = regexp.MustCompile(`^spec\.(listeners\[\d+\]\.hostname|hostnames\[\d+\])$`)

// forBrowsers tells whether an object is a public Gateway, or a route with parents that all are.
func (c ClusterState) forBrowsers(ref posture.Ref) bool {
	ref.Field = ""
	o := c.find(ref)
	if o == nil {
		return false
	}
	if o.Kind == "Gateway" {
		return c.public(o.Namespace, o.Name)
	}
	parents, _ := o.Get("spec.parentRefs").([]any)
	return len(parents) > 0 && !slices.ContainsFunc(parents, func(p any) bool {
		parent, _ := p.(map[string]any)
		kind, named := parent["kind"].(string)
		namespace, _ := parent["namespace"].(string)
		if namespace == "" {
			namespace = o.Namespace
		}
		name, _ := parent["name"].(string)
		return named && kind != "Gateway" || !c.public(namespace, name)
	})
}

func (c ClusterState) public(namespace, name string) bool {
	for _, g := range c.Facts.PublicGateways {
		if g.Namespace == namespace && g.Name == name {
			return true
		}
	}
	return false
}
