package render

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
)

// origin is an object as it stands in a file, before kustomize.
type origin struct {
	file             string
	node             *yaml.Node
	apiVersion, kind string
	namespace, name  string
	generated        place // where the generator stands that makes it
}

// index finds where a rendered object was written.
type index struct {
	byKind map[string][]*origin // by group and kind
}

func newIndex(r *repository, s *survey) *index {
	x := &index{byKind: map[string][]*origin{}}
	if s == nil {
		return x
	}
	for _, k := range s.kusts {
		for _, e := range k.resources {
			if e.dir {
				continue
			}
			docs, refused := r.manifest(e.path)
			if refused != nil {
				continue // the survey has reported it
			}
			for _, d := range docs {
				for _, n := range objectsOf(d) {
					x.add(&origin{file: e.path, node: n, apiVersion: text(n, "apiVersion"), kind: text(n, "kind"),
						namespace: text(n, "metadata", "namespace"), name: text(n, "metadata", "name")})
				}
			}
		}
		for _, g := range k.generated {
			x.add(&origin{file: "", apiVersion: "v1", kind: g.kind, namespace: g.namespace, name: g.name, generated: g.at})
		}
	}
	return x
}

func (x *index) add(o *origin) {
	key := group(o.apiVersion) + "/" + o.kind
	x.byKind[key] = append(x.byKind[key], o)
}

// find returns the origin of a rendered object, or nil: the same name before one that a prefix, suffix or hash could have
// made of it, the same namespace before another, the same API version before another.
func (x *index) find(o *object.Object) *origin {
	var best *origin
	score := 0
	for _, c := range x.byKind[o.Group()+"/"+o.Kind] {
		s := 0
		switch {
		case c.name == o.Name:
			s = 1 << 20
		case c.name != "" && strings.Contains(o.Name, c.name):
			s = 1 + len(c.name)*4
		default:
			continue
		}
		if c.namespace == o.Namespace {
			s += 2
		} else if c.namespace == "" {
			s++
		}
		s *= 2
		if c.apiVersion == o.APIVersion {
			s++
		}
		if s > score {
			best, score = c, s
		}
	}
	return best
}
