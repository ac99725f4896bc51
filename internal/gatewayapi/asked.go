package gatewayapi

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// asked is what a rule asks of the requests that it matches, by its filters.
func (w *World) asked(o *object.Object, r rule) []posture.Asked {
	var demands []posture.Demand
	for _, f := range r.filters {
		if f.demand != "" {
			demands = append(demands, posture.Demand{By: RefOf(o, f.field), What: f.demand})
		}
		if f.extension != nil && w.Demands != nil {
			demands = append(demands, w.Demands(o, *f.extension)...)
		}
	}
	var out []posture.Asked
	for _, m := range r.matches {
		out = append(out, posture.Asked{By: RefOf(o, r.field), Path: m.path, Match: m.whole, Demands: demands})
	}
	return out
}

// whole is a match in one form, whatever the order of what it lists.
func whole(path string, m gatewayv1.HTTPRouteMatch) string {
	var more []string
	if m.Method != nil {
		more = append(more, "method "+string(*m.Method))
	}
	for _, h := range m.Headers {
		more = append(more, named("header", strings.ToLower(string(h.Name)), string(deref(h.Type, gatewayv1.HeaderMatchExact)), h.Value))
	}
	for _, q := range m.QueryParams {
		more = append(more, named("query", string(q.Name), string(deref(q.Type, gatewayv1.QueryParamMatchExact)), q.Value))
	}
	return joined(path, more)
}

// metadata is what a gRPC match asks of a call beside its method.
func metadata(headers []gatewayv1.GRPCHeaderMatch) string {
	var more []string
	for _, h := range headers {
		more = append(more, named("header", strings.ToLower(string(h.Name)), string(deref(h.Type, gatewayv1.GRPCHeaderMatchExact)), h.Value))
	}
	return joined("", more)
}

func named(what, name, kind, value string) string {
	return what + " " + name + " " + kind + " " + value
}

func joined(path string, more []string) string {
	slices.Sort(more)
	for _, part := range more {
		path += ", " + part
	}
	return path
}
