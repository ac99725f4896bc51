package nginx

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeGateway writes the Gateway with the validation of its clients and the floor of each listener, its NginxProxy, and what they refer to.
func writeGateway(cluster controller.Cluster, g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	name := class(cluster, g.ClassName)
	if _, err := resourceName(g.Name, name); err != nil {
		return nil, err
	}
	ca := g.TrustDomain.ConfigMap
	if g.TrustDomain.Written() {
		ca = g.Name + "-client-ca"
	}
	spec := gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(name), Infrastructure: parametersRef(g.Name)}
	for k, v := range kubernetes.LoadBalancerAnnotations(cluster.Cloud, g, kubernetes.HealthProbe{Nodes: true}) {
		if spec.Infrastructure.Annotations == nil {
			spec.Infrastructure.Annotations = map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{}
		}
		spec.Infrastructure.Annotations[gatewayv1.AnnotationKey(k)] = gatewayv1.AnnotationValue(v)
	}
	sets := gatewayapi.Listen(&spec, g, func(l controller.Listener) gatewayv1.Listener {
		listener := gatewayapi.ProviderListener(g.Port, l)
		if l.Mode != gatewayapi.Passthrough {
			listener.TLS.Options = floor()
			spec.TLS = gatewayapi.FrontendTLS(ca)
		}
		return listener
	})
	at := gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}
	objects := []any{
		gatewayapi.Make(proxyVersion, kindNginxProxy, at, providerProxy(cluster, g)),
		gatewayapi.Make(gatewayapi.Version, "Gateway", at, spec),
	}
	objects = append(objects, sets...)
	for _, l := range g.Listeners {
		objects = appendObject(objects, kubernetes.Certificate(l.Certificate, l.Certificate.Secret))
	}
	if g.TrustDomain.Written() {
		objects = append(objects, kubernetes.CABundle(ca, g.Namespace, g.TrustDomain.PEM))
	}
	if g.Observability.Metrics {
		proxies := kubernetes.GatewayPods{Namespace: g.Namespace, Labels: proxyLabels(g.Name)}
		objects = append(objects, kubernetes.PodMonitor(g, proxies, "metrics", "/metrics"))
	}
	return objects, nil
}

// floor is TLS 1.3 alone.
func floor() map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue {
	return map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{optionProtocols: "TLSv1.3"}
}

func parametersRef(name string) *gatewayv1.GatewayInfrastructure {
	return &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{Group: Group, Kind: kindNginxProxy, Name: name}}
}

// providerProxy makes the load balancer of the cloud. The check of SNI against Host is said though it is the default: the NginxProxy of the
// class may say otherwise, and loses to what is said here.
func providerProxy(cluster controller.Cluster, g controller.Gateway) nginxProxySpec {
	out := nginxProxySpec{
		DisableSNIHostValidation: pointer(false),
		Kubernetes: &proxyKubernetes{Service: &proxyService{
			Type:                     "LoadBalancer",
			ExternalTrafficPolicy:    "Local", // the proxies see the client's address
			LoadBalancerClass:        kubernetes.LoadBalancerClass(cluster.Cloud),
			LoadBalancerSourceRanges: kubernetes.SourceRanges(g.Listeners),
		}},
	}
	if g.Replicas > 0 {
		out.Kubernetes.Deployment = &proxyWorkload{Replicas: g.Replicas}
	}
	if g.Observability.AccessLogs {
		out.Logging = &proxyLogging{AccessLog: &accessLog{Escape: "json", Format: accessLogFormat}}
	}
	return out
}

// accessLogFormat is a line of JSON for each request, with who the client's certificate says it is. It has no single quote, which the
// controller refuses (nginx/config/validation/generic.go ValidateAccessLogFormatString).
const accessLogFormat = `{"time":"$time_iso8601","client":"$ssl_client_s_dn","address":"$remote_addr","host":"$host","tls":"$ssl_protocol",` +
	`"request":"$request","status":"$status","seconds":"$request_time"}`

func appendObject(objects []any, o any) []any {
	if o == nil {
		return objects
	}
	return append(objects, o)
}
