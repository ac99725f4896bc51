package gatewayapi

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// filter is what matters of a route's filter.
type filter struct {
	field            string
	headers          []posture.Header // By has the field only
	mirror           *gatewayv1.BackendObjectReference
	mirrorField      string
	demand           string // what it asks of requests by itself
	extension        *gatewayv1.LocalObjectReference
	redirectsToHTTPS bool
	unknown          string // a type that Gateway API does not have
}

func httpFilters(field string, in []gatewayv1.HTTPRouteFilter) []filter {
	var out []filter
	for i, f := range in {
		at := object.Item(field, i)
		next := filter{field: at, extension: f.ExtensionRef}
		next.headers = headers(at+".requestHeaderModifier", f.RequestHeaderModifier)
		switch f.Type {
		case gatewayv1.HTTPRouteFilterRequestMirror:
			if f.RequestMirror != nil {
				next.mirror, next.mirrorField = &f.RequestMirror.BackendRef, at+".requestMirror.backendRef"
			}
		case gatewayv1.HTTPRouteFilterExternalAuth:
			// The headers of every request, and so the caller's identity, go there.
			if f.ExternalAuth != nil {
				next.mirror, next.mirrorField = &f.ExternalAuth.BackendRef, at+".externalAuth.backendRef"
				next.demand = "externalAuth " + JSON(f.ExternalAuth)
			}
		case gatewayv1.HTTPRouteFilterRequestRedirect:
			next.redirectsToHTTPS = f.RequestRedirect != nil && deref(f.RequestRedirect.Scheme, "") == "https"
		case gatewayv1.HTTPRouteFilterRequestHeaderModifier, gatewayv1.HTTPRouteFilterResponseHeaderModifier,
			gatewayv1.HTTPRouteFilterURLRewrite, gatewayv1.HTTPRouteFilterCORS, gatewayv1.HTTPRouteFilterExtensionRef:
		default:
			next.unknown = string(f.Type)
		}
		out = append(out, next)
	}
	return out
}

func grpcFilters(field string, in []gatewayv1.GRPCRouteFilter) []filter {
	var out []filter
	for i, f := range in {
		at := object.Item(field, i)
		next := filter{field: at, extension: f.ExtensionRef, headers: headers(at+".requestHeaderModifier", f.RequestHeaderModifier)}
		switch f.Type {
		case gatewayv1.GRPCRouteFilterRequestMirror:
			if f.RequestMirror != nil {
				next.mirror, next.mirrorField = &f.RequestMirror.BackendRef, at+".requestMirror.backendRef"
			}
		case gatewayv1.GRPCRouteFilterRequestHeaderModifier, gatewayv1.GRPCRouteFilterResponseHeaderModifier, gatewayv1.GRPCRouteFilterExtensionRef:
		default:
			next.unknown = string(f.Type)
		}
		out = append(out, next)
	}
	return out
}

// headers are the identity headers that a request header filter changes.
func headers(field string, in *gatewayv1.HTTPHeaderFilter) []posture.Header {
	if in == nil {
		return nil
	}
	var out []posture.Header
	change := func(does string, index int, name string) {
		if IdentityHeader(name) {
			out = append(out, posture.Header{Name: strings.ToLower(name), Does: does, By: posture.Ref{Field: object.Item(field+"."+does, index)}})
		}
	}
	for i, h := range in.Set {
		change("set", i, string(h.Name))
	}
	for i, h := range in.Add {
		change("add", i, string(h.Name))
	}
	for i, name := range in.Remove {
		change("remove", i, name)
	}
	return out
}

// IdentityHeader reports whether backends commonly take a request header for the caller's certificate: Envoy's
// x-forwarded-client-cert, RFC 9440's client-cert, the names of nginx, HAProxy, Traefik and AWS load balancers.
func IdentityHeader(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"client-cert", "clientcert", "client-verify", "ssl-client", "tls-client", "x-ssl-", "x-amzn-mtls-", "spiffe"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// filter adds what a filter does to its route.
func (w *World) filter(o *object.Object, f filter, out *posture.Route) {
	for _, h := range f.headers {
		h.By = RefOf(o, h.By.Field)
		out.Headers = append(out.Headers, h)
	}
	if f.mirror != nil {
		out.Mirrors = append(out.Mirrors, w.backend(o, backend{field: f.mirrorField, ref: *f.mirror, weight: 1}))
	}
	if f.extension != nil {
		group, kind := string(f.extension.Group), string(f.extension.Kind)
		if !slices.Contains(w.Profile.Kinds[group], kind) {
			w.Unknown(o, "kind", f.field+".extensionRef", fmt.Sprintf("what a filter of kind %s does is not known", kind))
		}
	}
	if f.unknown != "" {
		w.Unknown(o, "value", f.field+".type", fmt.Sprintf("Gateway API %s does not have a filter of type %s", ModuleVersion, f.unknown))
	}
}
