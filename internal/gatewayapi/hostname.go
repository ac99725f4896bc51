package gatewayapi

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Intersect returns the names that a route serves on a listener, sorted, and whether there is one. "*.example.com" stands for any
// number of labels before the suffix, never for the suffix itself (apis/v1/httproute_types.go, Hostnames). No names at all mean
// the other side's. A name with a Flux variable intersects with everything: the less safe answer.
func Intersect(listener string, route []gatewayv1.Hostname) ([]string, bool) {
	if len(route) == 0 {
		return nil, true
	}
	var out []string
	for _, h := range route {
		if name, ok := intersection(strings.ToLower(listener), strings.ToLower(string(h))); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), len(out) > 0
}

// Meet reports whether two names, of which each may be a wildcard or stand for every one, have a host in common.
func Meet(a, b string) bool {
	_, ok := intersection(strings.ToLower(a), strings.ToLower(b))
	return ok
}

func intersection(listener, route string) (string, bool) {
	switch {
	case listener == "" || listener == "*" || variable(listener) || variable(route):
		return route, true
	case route == "" || route == "*":
		return listener, true
	case listener == route:
		return route, true
	case below(route, listener):
		return route, true
	case below(listener, route):
		return listener, true
	default:
		return "", false
	}
}

// below reports whether a name, wildcard or not, is one of those that a wildcard stands for.
func below(name, wildcard string) bool {
	suffix, found := strings.CutPrefix(wildcard, "*")
	return found && strings.HasPrefix(suffix, ".") && strings.HasSuffix(strings.TrimPrefix(name, "*"), suffix) && name != suffix[1:]
}
