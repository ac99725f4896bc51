package istio

import (
	"fmt"
	"maps"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// podLabels are the labels of a Gateway's proxies (manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml).
func podLabels(g *gatewayapi.Gateway) map[string]string {
	name, class := g.Object.Name, string(g.Spec.GatewayClassName)
	out := map[string]string{
		"sidecar.istio.io/inject": "false", labelCanonicalName: name + "-" + class, "service.istio.io/canonical-revision": "latest",
	}
	if i := g.Spec.Infrastructure; i != nil && i.Labels != nil {
		for k, v := range i.Labels {
			out[string(k)] = string(v)
		}
	} else {
		maps.Copy(out, g.Object.Labels) // deploymentcontroller.go extractInfrastructureMetadata
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
		LoadBalancerClass        string   `json:"loadBalancerClass"`
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
	r.loadBalancer(l.Gateway).Apply(e)
}

// loadBalancer is the Service that Istio makes for the proxies (deploymentcontroller.go: the type by annotation, otherwise the class's
// default), with what the parameters lay over it.
func (r *reader) loadBalancer(g *gatewayapi.Gateway) kubernetes.LoadBalancer {
	service, parameters := r.parameters(g)
	out := kubernetes.LoadBalancer{
		Cloud: r.Cluster.Cloud, Type: "LoadBalancer", Annotations: infrastructureAnnotations(g), By: gatewayapi.Nearest(g.Object, "spec.infrastructure.annotations"),
		// extractServicePorts; the managed control planes of AKS bring annotations for probes (AKS articles/aks/istio-gateway-api.md).
		AppProtocol: !r.managed(),
	}
	if kind := g.Object.Annotations[annotationServiceType]; kind != "" {
		out.Type, out.By = kind, gatewayapi.RefOf(g.Object, object.Key("metadata.annotations", annotationServiceType))
	}
	if parameters == nil {
		return out
	}
	at := gatewayapi.RefOf(parameters, "data.service")
	if service.Spec.Type != "" {
		out.Type, out.By = service.Spec.Type, at
	}
	for key, value := range service.Metadata.Annotations {
		out.Annotations[key] = kubernetes.Annotation{Value: value, By: at}
	}
	out.Class, out.ClassBy = service.Spec.LoadBalancerClass, at
	out.SourceRanges, out.SourceRangesBy = service.Spec.LoadBalancerSourceRanges, at
	out.TrafficPolicy = service.Spec.ExternalTrafficPolicy
	out.ExternalIPs = len(service.Spec.ExternalIPs) > 0
	return out
}

// infrastructureAnnotations are what Istio writes on everything that it makes for a Gateway: those of spec.infrastructure, or without any
// the Gateway's own (deploymentcontroller.go extractInfrastructureMetadata).
func infrastructureAnnotations(g *gatewayapi.Gateway) map[string]kubernetes.Annotation {
	out := map[string]kubernetes.Annotation{}
	if i := g.Spec.Infrastructure; i != nil && i.Annotations != nil {
		for k, v := range i.Annotations {
			out[string(k)] = kubernetes.Annotation{Value: string(v), By: gatewayapi.RefOf(g.Object, object.Key("spec.infrastructure.annotations", string(k)))}
		}
		return out
	}
	for k, v := range g.Object.Annotations {
		out[k] = kubernetes.Annotation{Value: v, By: gatewayapi.RefOf(g.Object, object.Key("metadata.annotations", k))}
	}
	return out
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
			details, at = v, m.at()
		}
	}
	if a, ok := infrastructureAnnotations(l.Gateway)[annotationProxyConfig]; ok {
		if err := yaml.Unmarshal([]byte(a.Value), &proxy); err != nil {
			r.Unknown(l.Gateway.Object, "value", a.By.Field, "the proxy configuration cannot be read")
		} else if v := proxy.GatewayTopology.ForwardClientCertDetails; v != "" {
			details, at = v, a.By
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
