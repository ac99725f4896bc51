package gatewayapi

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// WriteRoute leads an exposure's listener to its Service. It lives beside the Gateway, and names the listener.
func WriteRoute(e controller.Exposure) any {
	common := gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{ParentListener(e.GatewayName, e.Listener)}}
	hostnames := []gatewayv1.Hostname{gatewayv1.Hostname(e.Hostname)}
	backend := gatewayv1.BackendObjectReference{
		Group: pointer(gatewayv1.Group("")), Kind: pointer(gatewayv1.Kind("Service")),
		Name: gatewayv1.ObjectName(e.Service.Name), Port: pointer(gatewayv1.PortNumber(e.Service.Port)),
	}
	if e.GatewayNamespace != e.Service.Namespace {
		backend.Namespace = pointer(gatewayv1.Namespace(e.Service.Namespace))
	}
	at := Meta{Name: e.Name, Namespace: e.GatewayNamespace}
	if e.Mode == Passthrough {
		return Resource[gatewayv1.TLSRouteSpec]{Version, "TLSRoute", at, gatewayv1.TLSRouteSpec{
			CommonRouteSpec: common,
			Hostnames:       hostnames,
			Rules:           []gatewayv1.TLSRouteRule{{BackendRefs: []gatewayv1.BackendRef{{BackendObjectReference: backend}}}},
		}}
	}
	return Resource[gatewayv1.HTTPRouteSpec]{Version, "HTTPRoute", at, gatewayv1.HTTPRouteSpec{
		CommonRouteSpec: common, Hostnames: hostnames, Rules: HTTPRules(e.HTTP, backend, nil),
	}}
}

// ParentListener names the listener too: a route without sectionName attaches to every listener that lets it.
func ParentListener(gateway, listener string) gatewayv1.ParentReference {
	return gatewayv1.ParentReference{
		Group: pointer(gatewayv1.Group(Group)), Kind: pointer(gatewayv1.Kind("Gateway")),
		Name: gatewayv1.ObjectName(gateway), SectionName: pointer(gatewayv1.SectionName(listener)),
	}
}

// HTTPRules sends every rule to one backend. Without rules everything goes there.
func HTTPRules(rules []controller.HTTPRule, backend gatewayv1.BackendObjectReference, filters []gatewayv1.HTTPRouteFilter) []gatewayv1.HTTPRouteRule {
	if len(rules) == 0 {
		rules = []controller.HTTPRule{{Matches: []controller.HTTPMatch{{PathType: "PathPrefix", Path: "/"}}}}
	}
	var out []gatewayv1.HTTPRouteRule
	for _, r := range rules {
		rule := gatewayv1.HTTPRouteRule{
			Filters:     filters,
			BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{BackendObjectReference: backend}}},
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

// WriteGrant lets the route's namespace reach this Service and nothing else. v1 is served from Gateway API 1.5
// (CHANGELOG/1.5-CHANGELOG.md).
func WriteGrant(cluster controller.Cluster, e controller.Exposure) any {
	kind := "HTTPRoute"
	if e.Mode == Passthrough {
		kind = "TLSRoute"
	}
	apiVersion := Group + "/v1beta1"
	if cluster.ServesGatewayAPI("1.5") {
		apiVersion = Version
	}
	return Resource[gatewayv1.ReferenceGrantSpec]{apiVersion, "ReferenceGrant", Meta{Name: e.Name, Namespace: e.Service.Namespace}, gatewayv1.ReferenceGrantSpec{
		From: []gatewayv1.ReferenceGrantFrom{{
			Group: Group, Kind: gatewayv1.Kind(kind), Namespace: gatewayv1.Namespace(e.GatewayNamespace),
		}},
		To: []gatewayv1.ReferenceGrantTo{{Kind: "Service", Name: pointer(gatewayv1.ObjectName(e.Service.Name))}},
	}}
}

// WriteBackendTLSPolicy makes the hop to the pods TLS with a pinned CA and a checked name. A controller that takes hostname for SNI
// alone, and checks only what subjectAltNames list, needs the name there too (named).
func WriteBackendTLSPolicy(e controller.Exposure, configMap string, named bool) any {
	target := gatewayv1.LocalPolicyTargetReferenceWithSectionName{LocalPolicyTargetReference: gatewayv1.LocalPolicyTargetReference{
		Kind: "Service", Name: gatewayv1.ObjectName(e.Service.Name),
	}}
	if e.Service.PortName != "" {
		target.SectionName = pointer(gatewayv1.SectionName(e.Service.PortName))
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
		TargetRefs: []gatewayv1.LocalPolicyTargetReferenceWithSectionName{target},
		Validation: validation,
	}}
}
