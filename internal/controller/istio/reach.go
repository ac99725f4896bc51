package istio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// podLabels are the labels of a Gateway's proxies (manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml).
func podLabels(g *gatewayapi.Gateway) map[string]string {
	name, class := g.Object.Name, string(g.Spec.GatewayClassName)
	out := map[string]string{
		"sidecar.istio.io/inject": "false", labelCanonicalName: name + "-" + class, "service.istio.io/canonical-revision": "latest",
	}
	if g.Spec.Infrastructure != nil {
		for k, v := range g.Spec.Infrastructure.Labels {
			out[string(k)] = string(v)
		}
	}
	out[labelGatewayName], out[labelGatewayClass], out[labelManaged] = name, class, "istio.io-gateway-controller"
	return out
}

// serviceOverlay is what spec.infrastructure.parametersRef lays over the Service that Istio makes.
type serviceOverlay struct {
	Metadata struct {
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Type                     string   `json:"type"`
		ExternalTrafficPolicy    string   `json:"externalTrafficPolicy"`
		LoadBalancerSourceRanges []string `json:"loadBalancerSourceRanges"`
		ExternalIPs              []string `json:"externalIPs"`
	} `json:"spec"`
}

// reach is where the Gateway can be reached from: the type of its Service, the annotations for the cloud's load balancer, source ranges.
func (r *reader) reach(l *gatewayapi.Listener, e *posture.Entry) {
	g := l.Gateway.Object
	if len(l.Gateway.Spec.Addresses) > 0 {
		e.Scheme = unheld(posture.SchemeUnknown, gatewayapi.RefOf(g, "spec.addresses"), "the Gateway uses a Service and proxies that others deploy")
		return
	}
	service, parameters := r.parameters(l.Gateway)
	at := gatewayapi.Nearest(g, object.Key("metadata.annotations", annotationServiceType))
	kind := cmp.Or(g.Annotations[annotationServiceType], "LoadBalancer") // deploymentcontroller.go: annotation, otherwise the class's default
	if service.Spec.Type != "" {
		kind, at = service.Spec.Type, gatewayapi.RefOf(parameters, "data.service")
	}
	why := "its Service is of type " + kind
	switch {
	case kind == "ClusterIP" && len(service.Spec.ExternalIPs) == 0:
		e.Scheme = posture.Setting[string]{Value: posture.SchemeCluster, Enforcer: posture.ByNetwork, By: at, Why: why}
	case kind == "LoadBalancer":
		e.Scheme = r.balancer(l.Gateway, service, parameters)
	default:
		e.Scheme = unheld(posture.SchemeUnknown, at, why)
	}
	if ranges := service.Spec.LoadBalancerSourceRanges; len(ranges) > 0 && kind == "LoadBalancer" {
		cidrs := slices.Clone(ranges)
		slices.Sort(cidrs)
		e.SourceCIDRs = posture.Setting[posture.SourceCIDRs]{
			Value: posture.SourceCIDRs{CIDRs: cidrs, Everybody: slices.Contains(cidrs, "0.0.0.0/0"), Trusted: true}, Enforcer: posture.ByNetwork,
			By: gatewayapi.RefOf(parameters, "data.service"), Why: "the load balancer admits loadBalancerSourceRanges",
		}
	}
}

// balancer is the scheme that a cloud's annotations ask for.
func (r *reader) balancer(g *gatewayapi.Gateway, service serviceOverlay, parameters *object.Object) posture.Setting[string] {
	annotation := func(key string) (string, posture.Ref) {
		if v, ok := service.Metadata.Annotations[key]; ok {
			return v, gatewayapi.RefOf(parameters, "data.service")
		}
		if g.Spec.Infrastructure != nil {
			for k, v := range g.Spec.Infrastructure.Annotations {
				if string(k) == key {
					return string(v), gatewayapi.RefOf(g.Object, object.Key("spec.infrastructure.annotations", key))
				}
			}
		}
		return "", gatewayapi.Nearest(g.Object, "spec.infrastructure.annotations")
	}
	network := func(value string, at posture.Ref, why string) posture.Setting[string] {
		return posture.Setting[string]{Value: value, Enforcer: posture.ByNetwork, By: at, Why: why}
	}
	value, at := annotation(azureInternal)
	switch {
	case strings.EqualFold(value, "true"):
		return network(posture.SchemeInternal, at, "the load balancer of Azure is internal")
	case r.Cluster.Cloud == "aks":
		return network(posture.SchemeInternetFacing, at, "nothing makes the load balancer of Azure internal")
	}
	switch value, at = annotation(awsScheme); value {
	case posture.SchemeInternetFacing, posture.SchemeInternal:
		return network(value, at, "the scheme of the load balancer of AWS is "+value)
	}
	return unheld(posture.SchemeUnknown, at, "no annotation tells the scheme of the load balancer")
}

// parameters reads the ConfigMap of infrastructure.parametersRef. What it lays over the proxies' Deployment, beside replicas, can change
// anything about them (deploymentcontroller.go).
func (r *reader) parameters(g *gatewayapi.Gateway) (serviceOverlay, *object.Object) {
	out, defaults := r.classDefaults(g)
	if g.Spec.Infrastructure == nil || g.Spec.Infrastructure.ParametersRef == nil {
		return out, defaults
	}
	ref := g.Spec.Infrastructure.ParametersRef
	const field = "spec.infrastructure.parametersRef"
	if ref.Group != "" || ref.Kind != "ConfigMap" {
		r.Unknown(g.Object, "value", field, "Istio takes parameters from a ConfigMap only")
		return out, defaults
	}
	r.Resolve(g.Object, field, object.ID{Kind: "ConfigMap", Namespace: g.Object.Namespace, Name: ref.Name}, closed)
	o := r.Objects.Find("", "ConfigMap", g.Object.Namespace, ref.Name)
	if o == nil {
		return out, defaults
	}
	r.overlay(g, o, &out)
	if o.Text("data.service") == "" && defaults != nil {
		return out, defaults
	}
	return out, o
}

// forwarding is what happens to x-forwarded-client-cert. A gateway sets it anew (pilot/pkg/networking/core/gateway.go, SANITIZE_SET)
// unless the topology in its proxy configuration says otherwise.
func (r *reader) forwarding(l *gatewayapi.Listener, e *posture.Entry) {
	e.Forwarding = by("sanitize", l.Ref(""), "a gateway of Istio sets x-forwarded-client-cert anew")
	var proxy struct {
		GatewayTopology struct {
			ForwardClientCertDetails string `json:"forwardClientCertDetails"`
		} `json:"gatewayTopology"`
	}
	details, at := "", l.Ref("")
	for _, m := range r.meshesOf(l.Gateway.Object.Labels) {
		if v := m.config.DefaultConfig.GatewayTopology.ForwardClientCertDetails; v != "" {
			details, at = v, gatewayapi.RefOf(m.object, meshKey)
		}
	}
	if g := l.Gateway; g.Spec.Infrastructure != nil {
		if text, ok := g.Spec.Infrastructure.Annotations[annotationProxyConfig]; ok {
			field := object.Key("spec.infrastructure.annotations", annotationProxyConfig)
			if err := yaml.Unmarshal([]byte(text), &proxy); err != nil {
				r.Unknown(g.Object, "value", field, "the proxy configuration cannot be read")
			} else if v := proxy.GatewayTopology.ForwardClientCertDetails; v != "" {
				details, at = v, gatewayapi.RefOf(g.Object, field)
			}
		}
	}
	why := "gatewayTopology.forwardClientCertDetails is " + details
	switch details {
	case "", "UNDEFINED":
	case "SANITIZE", "SANITIZE_SET":
		e.Forwarding = by("sanitize", at, why)
	case "APPEND_FORWARD":
		e.Forwarding = unheld("append", at, why)
	case "FORWARD_ONLY", "ALWAYS_FORWARD_ONLY":
		e.Forwarding = unheld("forward", at, why)
	default:
		e.Forwarding = unheld("forward", at, fmt.Sprintf("gatewayTopology.forwardClientCertDetails is %q, which is not known", details))
	}
}
