package traefik

import (
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// demanding are the fields of a Middleware that refuse requests for who sends them (middleware.go), and what of each says nothing of that:
// the answer to those that are refused, the realm that a browser shows, headers that are taken away.
var demanding = map[string][]string{
	"ipAllowList": {"rejectStatusCode"},
	"ipWhiteList": nil,
	"basicAuth":   {"realm", "removeHeader"},
	"digestAuth":  {"realm", "removeHeader"},
	"forwardAuth": nil,
	"plugin":      nil,
}

// demands are what the Middleware that a filter refers to asks of requests. One that is not in Git asks nothing that anybody knows.
func (r *reader) demands(route *object.Object, ref gatewayv1.LocalObjectReference) []posture.Demand {
	if string(ref.Group) != Group || string(ref.Kind) != kindMiddleware {
		return nil
	}
	return r.demandsOf(route.Namespace, string(ref.Name), map[object.ID]bool{})
}

func (r *reader) demandsOf(namespace, name string, seen map[object.ID]bool) []posture.Demand {
	o := r.Objects.Find(Group, kindMiddleware, namespace, name)
	if o == nil || seen[o.ID()] {
		return nil
	}
	seen[o.ID()] = true
	var out []posture.Demand
	for _, field := range slices.Sorted(maps.Keys(demanding)) {
		value := o.Get("spec." + field)
		if value == nil {
			continue
		}
		d := posture.Demand{By: gatewayapi.RefOf(o, "spec."+field), What: field}
		if said, ok := value.(map[string]any); ok {
			said = maps.Clone(said)
			for _, without := range demanding[field] {
				delete(said, without)
			}
			if sources, ok := said["sourceRange"].([]any); ok {
				delete(said, "sourceRange")
				for _, s := range sources {
					if text, ok := s.(string); ok {
						d.Sources = append(d.Sources, text)
					}
				}
			}
			if len(said) > 0 {
				d.What += " " + gatewayapi.JSON(said)
			}
		}
		out = append(out, d)
	}
	chained, _ := o.Get("spec.chain.middlewares").([]any)
	for i := range chained {
		next := object.Item("spec.chain.middlewares", i)
		in := o.Text(next + ".namespace")
		if in == "" {
			in = namespace
		}
		out = append(out, r.demandsOf(in, o.Text(next+".name"), seen)...)
	}
	return out
}
