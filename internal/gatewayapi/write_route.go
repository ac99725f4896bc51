package gatewayapi

import (
	"fmt"
	"reflect"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// WriteRoute leads an exposure's listener to its Service, or to all that share its requests. It lives beside the Gateway, and names the
// listener.
func WriteRoute(e controller.Exposure) any { return WriteRouteWithout(e, nil) }

// WriteRouteWithout is WriteRoute for a gateway that hands clients' headers on: its rules take some of them from requests.
func WriteRouteWithout(e controller.Exposure, headers []string) any {
	var http []gatewayv1.HTTPRouteFilter
	var grpc []gatewayv1.GRPCRouteFilter
	if len(headers) > 0 {
		remove := &gatewayv1.HTTPHeaderFilter{Remove: headers}
		http = append(http, gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: remove})
		grpc = append(grpc, gatewayv1.GRPCRouteFilter{Type: gatewayv1.GRPCRouteFilterRequestHeaderModifier, RequestHeaderModifier: remove})
	}
	common := gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{parent(e)}}
	hostnames := []gatewayv1.Hostname{gatewayv1.Hostname(e.Hostname)}
	at := Meta{Name: e.Name, Namespace: e.GatewayNamespace}
	switch RouteKind(e.Mode, e.Protocol) {
	case "TLSRoute":
		return Make(Version, "TLSRoute", at, gatewayv1.TLSRouteSpec{
			CommonRouteSpec: common, Hostnames: hostnames, Rules: []gatewayv1.TLSRouteRule{{BackendRefs: Backends(e)}},
		})
	case "GRPCRoute":
		return Make(Version, "GRPCRoute", at, gatewayv1.GRPCRouteSpec{
			CommonRouteSpec: common, Hostnames: hostnames, Rules: GRPCRules(e.GRPC, Backends(e), grpc),
		})
	default:
		return Make(Version, "HTTPRoute", at, gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: common, Hostnames: hostnames, Rules: HTTPRules(e.HTTP, Backends(e), http),
		})
	}
}

// Backends are the Services that share an exposure's requests, with their weights where there is more than one.
func Backends(e controller.Exposure) []gatewayv1.BackendRef {
	weighted := e.Service.Weights
	if len(weighted) == 0 {
		weighted = []controller.WeightedService{{Name: e.Service.Name}}
	}
	var out []gatewayv1.BackendRef
	for _, w := range weighted {
		ref := gatewayv1.BackendRef{BackendObjectReference: gatewayv1.BackendObjectReference{
			Group: pointer(gatewayv1.Group("")), Kind: pointer(gatewayv1.Kind("Service")),
			Name: gatewayv1.ObjectName(w.Name), Port: pointer(gatewayv1.PortNumber(e.Service.Port)),
		}}
		if e.GatewayNamespace != e.Service.Namespace {
			ref.Namespace = pointer(gatewayv1.Namespace(e.Service.Namespace))
		}
		if len(weighted) > 1 {
			ref.Weight = pointer(int32(w.Weight))
		}
		out = append(out, ref)
	}
	return out
}

// Services are the names of the Services that share an exposure's requests, sorted.
func Services(e controller.Exposure) []string {
	if len(e.Service.Weights) == 0 {
		return []string{e.Service.Name}
	}
	var out []string
	for _, w := range e.Service.Weights {
		out = append(out, w.Name)
	}
	return out
}

// parent is the listener of an exposure.
func parent(e controller.Exposure) gatewayv1.ParentReference {
	out := ParentListener(e.GatewayName, e.Listener)
	if e.ListenerSet != "" {
		out.Kind, out.Name = pointer(gatewayv1.Kind("ListenerSet")), gatewayv1.ObjectName(e.ListenerSet)
	}
	return out
}

// ParentListener names the listener too: a route without sectionName attaches to every listener that lets it.
func ParentListener(gateway, listener string) gatewayv1.ParentReference {
	return gatewayv1.ParentReference{
		Group: pointer(gatewayv1.Group(Group)), Kind: pointer(gatewayv1.Kind("Gateway")),
		Name: gatewayv1.ObjectName(gateway), SectionName: pointer(gatewayv1.SectionName(listener)),
	}
}

// HTTPRules sends every rule to the backends. Without rules everything goes there. Retries are left to the controller's own
// policies: the field is experimental in Gateway API 1.6 (apis/v1/httproute_types.go, HTTPRouteRule.Retry). Where rules differ in them, rules
// have names.
func HTTPRules(rules []controller.HTTPRule, backends []gatewayv1.BackendRef, filters []gatewayv1.HTTPRouteFilter) []gatewayv1.HTTPRouteRule {
	if len(rules) == 0 {
		rules = []controller.HTTPRule{{Matches: []controller.HTTPMatch{{PathType: "PathPrefix", Path: "/"}}}}
	}
	var out []gatewayv1.HTTPRouteRule
	named := slices.ContainsFunc(rules, func(r controller.HTTPRule) bool { return !reflect.DeepEqual(r.Retries, rules[0].Retries) })
	for i, r := range rules {
		rule := gatewayv1.HTTPRouteRule{Filters: filters}
		if named {
			rule.Name = pointer(RuleName(i))
		}
		for _, b := range backends {
			rule.BackendRefs = append(rule.BackendRefs, gatewayv1.HTTPBackendRef{BackendRef: b})
		}
		for _, m := range r.Matches {
			rule.Matches = append(rule.Matches, httpMatch(m))
		}
		if r.Request != "" || r.BackendRequest != "" {
			rule.Timeouts = &gatewayv1.HTTPRouteTimeouts{Request: duration(r.Request), BackendRequest: duration(r.BackendRequest)}
		}
		out = append(out, rule)
	}
	return out
}

// RuleName is the name of an HTTPRoute's rule, by which policies that are not for the whole route refer to it.
func RuleName(i int) gatewayv1.SectionName {
	return gatewayv1.SectionName(fmt.Sprintf("rule-%d", i))
}

// GRPCRules sends every rule to the backends. Without rules every call goes there.
func GRPCRules(rules []controller.GRPCRule, backends []gatewayv1.BackendRef, filters []gatewayv1.GRPCRouteFilter) []gatewayv1.GRPCRouteRule {
	if len(rules) == 0 {
		rules = []controller.GRPCRule{{}}
	}
	var out []gatewayv1.GRPCRouteRule
	for _, r := range rules {
		rule := gatewayv1.GRPCRouteRule{Filters: filters}
		for _, b := range backends {
			rule.BackendRefs = append(rule.BackendRefs, gatewayv1.GRPCBackendRef{BackendRef: b})
		}
		for _, m := range r.Matches {
			rule.Matches = append(rule.Matches, grpcMatch(m))
		}
		out = append(out, rule)
	}
	return out
}

func grpcMatch(m controller.GRPCMatch) gatewayv1.GRPCRouteMatch {
	var out gatewayv1.GRPCRouteMatch
	if m.Service != "" || m.Method != "" {
		out.Method = &gatewayv1.GRPCMethodMatch{Type: pointer(gatewayv1.GRPCMethodMatchExact)}
		if m.Service != "" {
			out.Method.Service = pointer(m.Service)
		}
		if m.Method != "" {
			out.Method.Method = pointer(m.Method)
		}
	}
	for _, h := range m.Headers {
		out.Headers = append(out.Headers, gatewayv1.GRPCHeaderMatch{
			Type: pointer(gatewayv1.GRPCHeaderMatchExact), Name: gatewayv1.GRPCHeaderName(h.Name), Value: h.Value,
		})
	}
	return out
}

func duration(text string) *gatewayv1.Duration {
	if text == "" {
		return nil
	}
	return pointer(gatewayv1.Duration(text))
}

func httpMatch(m controller.HTTPMatch) gatewayv1.HTTPRouteMatch {
	var out gatewayv1.HTTPRouteMatch
	if m.Path != "" {
		out.Path = &gatewayv1.HTTPPathMatch{Type: pointer(gatewayv1.PathMatchType(m.PathType)), Value: pointer(m.Path)}
	}
	if m.Method != "" {
		out.Method = pointer(gatewayv1.HTTPMethod(m.Method))
	}
	for _, h := range m.Headers {
		out.Headers = append(out.Headers, gatewayv1.HTTPHeaderMatch{
			Type: pointer(gatewayv1.HeaderMatchExact), Name: gatewayv1.HTTPHeaderName(h.Name), Value: h.Value,
		})
	}
	return out
}

// WriteGrant lets the route's namespace reach the exposure's Services and nothing else. v1 is served from Gateway API 1.5
// (CHANGELOG/1.5-CHANGELOG.md).
func WriteGrant(cluster controller.Cluster, e controller.Exposure) any {
	var to []gatewayv1.ReferenceGrantTo
	for _, name := range Services(e) {
		to = append(to, gatewayv1.ReferenceGrantTo{Kind: "Service", Name: pointer(gatewayv1.ObjectName(name))})
	}
	apiVersion := Group + "/v1beta1"
	if cluster.ServesGatewayAPI("1.5") {
		apiVersion = Version
	}
	return Resource[gatewayv1.ReferenceGrantSpec]{apiVersion, "ReferenceGrant", Meta{Name: e.Name, Namespace: e.Service.Namespace}, gatewayv1.ReferenceGrantSpec{
		From: []gatewayv1.ReferenceGrantFrom{{
			Group: Group, Kind: gatewayv1.Kind(RouteKind(e.Mode, e.Protocol)), Namespace: gatewayv1.Namespace(e.GatewayNamespace),
		}},
		To: to,
	}}
}

// WriteBackendTLSPolicy makes the hop to the pods TLS with a pinned CA and a checked name. A controller that takes hostname for SNI
// alone, and checks only what subjectAltNames list, needs the name there too (named).
func WriteBackendTLSPolicy(e controller.Exposure, configMap string, named bool) any {
	var targets []gatewayv1.LocalPolicyTargetReferenceWithSectionName
	for _, name := range Services(e) {
		target := gatewayv1.LocalPolicyTargetReferenceWithSectionName{LocalPolicyTargetReference: gatewayv1.LocalPolicyTargetReference{
			Kind: "Service", Name: gatewayv1.ObjectName(name),
		}}
		if e.Service.PortName != "" {
			target.SectionName = pointer(gatewayv1.SectionName(e.Service.PortName))
		}
		targets = append(targets, target)
	}
	validation := gatewayv1.BackendTLSPolicyValidation{
		Hostname:          gatewayv1.PreciseHostname(e.Service.Hostname),
		CACertificateRefs: []gatewayv1.LocalObjectReference{{Kind: "ConfigMap", Name: gatewayv1.ObjectName(configMap)}},
	}
	if named {
		validation.SubjectAltNames = []gatewayv1.SubjectAltName{{
			Type: gatewayv1.HostnameSubjectAltNameType, Hostname: gatewayv1.Hostname(e.Service.Hostname),
		}}
	}
	return Resource[gatewayv1.BackendTLSPolicySpec]{Version, "BackendTLSPolicy", Meta{Name: e.Name, Namespace: e.Service.Namespace}, gatewayv1.BackendTLSPolicySpec{
		TargetRefs: targets,
		Validation: validation,
	}}
}
