package istio

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the route, the grant that it needs, the hop to the pods, and who may reach the pods.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	kind := "HTTPRoute"
	if e.Mode == passthrough {
		kind = "TLSRoute"
	}
	objects := []any{exposureRoute(e)}
	if e.GatewayNamespace != e.Service.Namespace {
		objects = append(objects, referenceGrant(cluster, e, kind))
	}
	if e.Mode != passthrough {
		ca := e.BackendTrust.ConfigMap
		if e.BackendTrust.PEM != "" {
			ca = e.Name + "-backend-ca"
		}
		objects = append(objects, backendTLSPolicy(e, ca))
		if e.BackendTrust.PEM != "" {
			objects = append(objects, kubernetes.CABundle(ca, e.Service.Namespace, e.BackendTrust.PEM))
		}
	}
	if e.NetworkPolicy {
		// The proxies run in the Gateway's namespace (manifests/…/files/kube-gateway.yaml).
		objects = appendObject(objects, kubernetes.BackendNetworkPolicy(e, kubernetes.GatewayPods{
			Namespace: e.GatewayNamespace, Labels: gatewayPodLabels(e.GatewayName),
		}))
	}
	return objects, nil
}

func exposureRoute(e controller.Exposure) any {
	common := gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{parentListener(e.GatewayName, e.Listener)}}
	hostnames := []gatewayv1.Hostname{gatewayv1.Hostname(e.Hostname)}
	backend := gatewayv1.BackendObjectReference{
		Group: pointer(gatewayv1.Group("")), Kind: pointer(gatewayv1.Kind("Service")),
		Name: gatewayv1.ObjectName(e.Service.Name), Port: pointer(gatewayv1.PortNumber(e.Service.Port)),
	}
	if e.GatewayNamespace != e.Service.Namespace {
		backend.Namespace = pointer(gatewayv1.Namespace(e.Service.Namespace))
	}
	at := meta{Name: e.Name, Namespace: e.GatewayNamespace}
	if e.Mode == passthrough {
		return resource[gatewayv1.TLSRouteSpec]{gatewayVersion, "TLSRoute", at, gatewayv1.TLSRouteSpec{
			CommonRouteSpec: common,
			Hostnames:       hostnames,
			Rules:           []gatewayv1.TLSRouteRule{{BackendRefs: []gatewayv1.BackendRef{{BackendObjectReference: backend}}}},
		}}
	}
	return resource[gatewayv1.HTTPRouteSpec]{gatewayVersion, "HTTPRoute", at, gatewayv1.HTTPRouteSpec{
		CommonRouteSpec: common, Hostnames: hostnames, Rules: httpRules(e.HTTP, backend, nil),
	}}
}

// parentListener names the listener too: a route without sectionName attaches to every listener that lets it.
func parentListener(gateway, listener string) gatewayv1.ParentReference {
	return gatewayv1.ParentReference{
		Group: pointer(gatewayv1.Group(gatewayapi.Group)), Kind: pointer(gatewayv1.Kind("Gateway")),
		Name: gatewayv1.ObjectName(gateway), SectionName: pointer(gatewayv1.SectionName(listener)),
	}
}

// httpRules sends every rule to one backend. Without rules everything goes there.
func httpRules(rules []controller.HTTPRule, backend gatewayv1.BackendObjectReference, filters []gatewayv1.HTTPRouteFilter) []gatewayv1.HTTPRouteRule {
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

// referenceGrant lets this route's namespace reach this Service and nothing else. v1 is served from Gateway API 1.5
// (CHANGELOG/1.5-CHANGELOG.md).
func referenceGrant(cluster controller.Cluster, e controller.Exposure, routeKind string) any {
	apiVersion := gatewayapi.Group + "/v1beta1"
	if crdsAtLeast(cluster, "1.5") {
		apiVersion = gatewayVersion
	}
	return resource[gatewayv1.ReferenceGrantSpec]{apiVersion, "ReferenceGrant", meta{Name: e.Name, Namespace: e.Service.Namespace}, gatewayv1.ReferenceGrantSpec{
		From: []gatewayv1.ReferenceGrantFrom{{
			Group: gatewayapi.Group, Kind: gatewayv1.Kind(routeKind), Namespace: gatewayv1.Namespace(e.GatewayNamespace),
		}},
		To: []gatewayv1.ReferenceGrantTo{{Kind: "Service", Name: pointer(gatewayv1.ObjectName(e.Service.Name))}},
	}}
}

// backendTLSPolicy names the host twice: Istio sends hostname as SNI and checks subjectAltNames only
// (pilot/pkg/config/kube/gateway/backend_policies.go, pilot/pkg/networking/core/cluster_tls.go setAutoSniAndAutoSanValidation).
func backendTLSPolicy(e controller.Exposure, configMap string) any {
	target := gatewayv1.LocalPolicyTargetReferenceWithSectionName{LocalPolicyTargetReference: gatewayv1.LocalPolicyTargetReference{
		Kind: "Service", Name: gatewayv1.ObjectName(e.Service.Name),
	}}
	if e.Service.PortName != "" {
		target.SectionName = pointer(gatewayv1.SectionName(e.Service.PortName))
	}
	return resource[gatewayv1.BackendTLSPolicySpec]{gatewayVersion, "BackendTLSPolicy", meta{Name: e.Name, Namespace: e.Service.Namespace}, gatewayv1.BackendTLSPolicySpec{
		TargetRefs: []gatewayv1.LocalPolicyTargetReferenceWithSectionName{target},
		Validation: gatewayv1.BackendTLSPolicyValidation{
			Hostname:          gatewayv1.PreciseHostname(e.Service.Hostname),
			CACertificateRefs: []gatewayv1.LocalObjectReference{{Kind: "ConfigMap", Name: gatewayv1.ObjectName(configMap)}},
			SubjectAltNames: []gatewayv1.SubjectAltName{{
				Type: gatewayv1.HostnameSubjectAltNameType, Hostname: gatewayv1.Hostname(e.Service.Hostname),
			}},
		},
	}}
}
