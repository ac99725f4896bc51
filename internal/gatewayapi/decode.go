package gatewayapi

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
)

// decode brings a route of any kind and served version into the shape that all share. The versions before v1 have the fields of
// v1, as far as v1 has them (apis/v1beta1 and apis/v1alpha2 alias its types).
func decode(o *object.Object) (*route, error) {
	r := &route{object: o}
	var err error
	switch o.Kind {
	case "HTTPRoute":
		typed := &gatewayv1.HTTPRoute{}
		_, err = o.Decode(typed)
		r.check, r.parents, r.hostnames = typed, typed.Spec.ParentRefs, typed.Spec.Hostnames
		for i, in := range typed.Spec.Rules {
			r.rules = append(r.rules, httpRule(object.Item("spec.rules", i), in))
		}
	case "GRPCRoute":
		typed := &gatewayv1.GRPCRoute{}
		_, err = o.Decode(typed)
		r.check, r.parents, r.hostnames = typed, typed.Spec.ParentRefs, typed.Spec.Hostnames
		for i, in := range typed.Spec.Rules {
			r.rules = append(r.rules, grpcRule(object.Item("spec.rules", i), in))
		}
	case "TLSRoute":
		typed := &gatewayv1.TLSRoute{}
		_, err = o.Decode(typed)
		r.check, r.parents, r.hostnames = typed, typed.Spec.ParentRefs, typed.Spec.Hostnames
		for i, in := range typed.Spec.Rules {
			r.rules = append(r.rules, plainRule(object.Item("spec.rules", i), in.BackendRefs))
		}
	case "TCPRoute":
		typed := &gatewayv1.TCPRoute{}
		_, err = o.Decode(typed)
		r.check, r.parents = typed, typed.Spec.ParentRefs
		for i, in := range typed.Spec.Rules {
			r.rules = append(r.rules, plainRule(object.Item("spec.rules", i), in.BackendRefs))
		}
	case "UDPRoute":
		typed := &gatewayv1.UDPRoute{}
		_, err = o.Decode(typed)
		r.check, r.parents = typed, typed.Spec.ParentRefs
		for i, in := range typed.Spec.Rules {
			r.rules = append(r.rules, plainRule(object.Item("spec.rules", i), in.BackendRefs))
		}
	}
	return r, err
}

func httpRule(field string, in gatewayv1.HTTPRouteRule) rule {
	out := rule{field: field, filters: httpFilters(field+".filters", in.Filters)}
	for _, m := range in.Matches {
		path := everyPath
		if m.Path != nil {
			path = string(deref(m.Path.Type, gatewayv1.PathMatchPathPrefix)) + " " + deref(m.Path.Value, "/")
		}
		out.paths, out.matches = append(out.paths, path), append(out.matches, match{path, whole(path, m)})
	}
	for i, ref := range in.BackendRefs {
		at := object.Item(field+".backendRefs", i)
		out.backends = append(out.backends, backend{
			field: at, ref: ref.BackendObjectReference, weight: int(deref(ref.Weight, 1)), filters: httpFilters(at+".filters", ref.Filters),
		})
	}
	return out.everyPath()
}

func grpcRule(field string, in gatewayv1.GRPCRouteRule) rule {
	out := rule{field: field, filters: grpcFilters(field+".filters", in.Filters)}
	for _, m := range in.Matches {
		path := grpcPath(m.Method)
		out.paths, out.matches = append(out.paths, path), append(out.matches, match{path, path + metadata(m.Headers)})
	}
	for i, ref := range in.BackendRefs {
		at := object.Item(field+".backendRefs", i)
		out.backends = append(out.backends, backend{
			field: at, ref: ref.BackendObjectReference, weight: int(deref(ref.Weight, 1)), filters: grpcFilters(at+".filters", ref.Filters),
		})
	}
	return out.everyPath()
}

// grpcPath is the HTTP path of a gRPC method match: /service/method.
func grpcPath(m *gatewayv1.GRPCMethodMatch) string {
	if m == nil {
		return everyPath
	}
	service, method := deref(m.Service, ""), deref(m.Method, "")
	switch {
	case deref(m.Type, gatewayv1.GRPCMethodMatchExact) != gatewayv1.GRPCMethodMatchExact || service == "":
		return "RegularExpression /" + service + "/" + method
	case method == "":
		return "PathPrefix /" + service
	default:
		return "Exact /" + service + "/" + method
	}
}

// everyPath is the match of a request that a rule without matches has (apis/v1/httproute_types.go).
const everyPath = "PathPrefix /"

// everyPath forgets the paths of a rule that matches all of them anyway.
func (r rule) everyPath() rule {
	if slices.Contains(r.paths, everyPath) {
		r.paths = nil
	}
	if len(r.matches) == 0 {
		r.matches = []match{{everyPath, everyPath}}
	}
	return r
}

func plainRule(field string, refs []gatewayv1.BackendRef) rule {
	var out rule
	for i, ref := range refs {
		out.backends = append(out.backends, backend{
			field: object.Item(field+".backendRefs", i), ref: ref.BackendObjectReference, weight: int(deref(ref.Weight, 1)),
		})
	}
	return out
}
