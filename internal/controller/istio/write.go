package istio

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeGateway writes the Gateway, the policy that tells clients apart, and what they refer to. The lowest TLS version is no field of
// any of them: it is mesh configuration, which is checked (mesh.go) and never written.
func writeGateway(cluster controller.Cluster, g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	ca := g.TrustDomain.ConfigMap
	if g.TrustDomain.Written() {
		ca = g.Name + "-client-ca"
	}
	spec := gatewayv1.GatewaySpec{
		GatewayClassName: gatewayClass(cluster, g.ClassName),
		Infrastructure:   infrastructure(cluster, g),
	}
	terminates := false
	sets := gatewayapi.Listen(&spec, g, func(l controller.Listener) gatewayv1.Listener {
		terminates = terminates || l.Mode != gatewayapi.Passthrough
		return providerListener(cluster, g.Port, l)
	})
	frontend := frontendWritten(cluster)
	if terminates && frontend {
		// One reference, and a ConfigMap: a Secret would not do before 1.31 (releasenotes/notes/cacert-secret-sds-auth.yaml).
		spec.TLS = gatewayapi.FrontendTLS(ca)
	}
	objects := append([]any{gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, spec)}, sets...)
	policy, err := clientPolicy(g)
	if err != nil {
		return nil, err
	}
	if policy != nil {
		objects = append(objects, policy)
	}
	tokens, err := requestAuthentication(g)
	if err != nil {
		return nil, err
	}
	objects = appendObject(objects, tokens)
	if g.Observability.AccessLogs {
		objects = append(objects, accessLogs(g))
	}
	if p := parameters(cluster, g); p != nil {
		objects = append(objects, p)
	}
	bundled := map[string]bool{}
	for _, l := range g.Listeners {
		objects = appendObject(objects, kubernetes.Certificate(l.Certificate, l.Certificate.Secret))
		if !frontend && l.Mode != gatewayapi.Passthrough && g.TrustDomain.Written() && !bundled[l.Certificate.Secret] {
			bundled[l.Certificate.Secret] = true
			objects = append(objects, caSecret(l.Certificate.Secret, g.Namespace, g.TrustDomain.PEM))
		}
	}
	if g.TrustDomain.Written() && terminates && frontend {
		objects = append(objects, kubernetes.CABundle(ca, g.Namespace, g.TrustDomain.PEM))
	}
	if g.Observability.Metrics {
		proxies := kubernetes.GatewayPods{Namespace: g.Namespace, Labels: gatewayPodLabels(g.Name)}
		objects = append(objects, kubernetes.PodMonitor(g, proxies, "http-envoy-prom", "/stats/prometheus"))
	}
	return objects, nil
}

func gatewayClass(cluster controller.Cluster, own string) gatewayv1.ObjectName {
	const standard = "istio" // pilot/pkg/features/pilot.go, PILOT_GATEWAY_API_DEFAULT_GATEWAYCLASS_NAME
	return gatewayv1.ObjectName(cmp.Or(own, cluster.Controller.GatewayClassName, standard))
}

// frontendWritten reports whether spec.tls.frontend is there and read. The standard CRDs have it from Gateway API 1.5; Istio reads it
// from 1.28 (releasenotes/notes/57183.yaml) and claims conformance from 1.31 (pilot/pkg/config/kube/gateway/supported_features.go).
func frontendWritten(c controller.Cluster) bool {
	return c.ServesGatewayAPI("1.5") && atLeast(c, "1.28")
}

// modeOption reports whether the listener also says MUTUAL by option: alone where spec.tls.frontend does not reach Istio, and beside it
// before the version that claims conformance, so that a version that ignores the field still asks for a certificate. With both, the CA
// is the one of spec.tls.frontend (conversion.go buildTLS).
func modeOption(c controller.Cluster) bool {
	return !frontendWritten(c) || !atLeast(c, "1.31")
}

// providerListener adds to a listener what Istio needs to ask for certificates.
func providerListener(cluster controller.Cluster, port int, l controller.Listener) gatewayv1.Listener {
	out := gatewayapi.ProviderListener(port, l)
	if l.Mode != gatewayapi.Passthrough && modeOption(cluster) {
		out.TLS.Options = map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{optionMode: modeMutual}
	}
	return out
}

// clientPolicy admits the identities of each listener, by the host that clients name. One policy holds all rules: an ALLOW policy for
// one listener closes every other listener of the Gateway, so each terminating listener has a rule of its own. Without pinned
// identities a listener's rule names no client. The token that a listener asks for is in the same rule, because two policies would be
// alternatives. A TLSRoute has no request to rule on, only the name of its TLS handshake
// (pilot/pkg/security/authz/model/model.go, connection.sni).
func clientPolicy(g controller.Gateway) (any, error) {
	narrows := false
	var rules []authorizationRule
	for _, l := range g.Listeners {
		rule := authorizationRule{To: []ruleTo{{Operation: &ruleOperation{Hosts: []string{l.Hostname, l.Hostname + ":*"}}}}}
		if gatewayapi.RouteKind(l.Mode, l.Protocol) == "TLSRoute" {
			rule = authorizationRule{When: []ruleCondition{{Key: "connection.sni", Values: []string{l.Hostname}}}}
		}
		if l.Mode == gatewayapi.Passthrough {
			rules = append(rules, rule)
			continue
		}
		if l.PinIdentities {
			narrows = true
			source := &ruleSource{}
			for _, id := range l.Identities {
				principal, ok := strings.CutPrefix(id.URI, "spiffe://")
				if !ok {
					return nil, fmt.Errorf("listener %s: Istio cannot pin identity %q: it tells clients apart by spiffe URIs only", l.Name, id.URI+id.DNS)
				}
				source.Principals = append(source.Principals, principal)
			}
			if len(source.Principals) == 0 {
				return nil, fmt.Errorf("listener %s pins identities and names none", l.Name)
			}
			rule.From = []ruleFrom{{Source: source}}
		}
		if l.JWT != nil {
			narrows = true
			askForToken(&rule, l.JWT)
		}
		rules = append(rules, rule)
	}
	if !narrows {
		return nil, nil
	}
	return gatewayapi.Make(securityVersion, kindAuthorizationPolicy, gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, authorizationPolicySpec{
		policyTarget: targetGateway(g.Name), Action: "ALLOW", Rules: rules,
	}), nil
}

func targetGateway(name string) policyTarget {
	return policyTarget{TargetRefs: []policyTargetReference{{Group: gatewayapi.Group, Kind: "Gateway", Name: name}}}
}

// statusPort is where the proxies, and their Service, tell whether they are ready (deploymentcontroller.go extractServicePorts).
const statusPort = 15021

// infrastructure is the load balancer. Istio copies annotations to everything that it makes for the Gateway
// (manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml).
func infrastructure(cluster controller.Cluster, g controller.Gateway) *gatewayv1.GatewayInfrastructure {
	annotations := kubernetes.LoadBalancerAnnotations(cluster.Cloud, g, kubernetes.HealthProbe{
		Port: statusPort, Path: "/healthz/ready", Nodes: len(kubernetes.SourceRanges(g.Listeners)) > 0,
	})
	maps.Copy(annotations, kubernetes.LoadBalancerType(cluster.Cloud))
	maps.Copy(annotations, g.Annotations)
	out := &gatewayv1.GatewayInfrastructure{}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		if out.Annotations == nil {
			out.Annotations = map[gatewayv1.AnnotationKey]gatewayv1.AnnotationValue{}
		}
		out.Annotations[gatewayv1.AnnotationKey(key)] = gatewayv1.AnnotationValue(annotations[key])
	}
	if parameters(cluster, g) != nil {
		out.ParametersRef = &gatewayv1.LocalParametersReference{Kind: "ConfigMap", Name: g.Name + "-parameters"}
	}
	return out
}

// parameters is what only the Service and the Deployment have fields for: source ranges and replicas. Istio lays them over what it
// makes (pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go). The add-on of AKS has probes in the defaults of its class, which
// must go with externalTrafficPolicy Local (AKS articles/aks/istio-gateway-api.md, Service customization).
func parameters(cluster controller.Cluster, g controller.Gateway) any {
	data := map[string]string{}
	if ranges := kubernetes.SourceRanges(g.Listeners); len(ranges) > 0 {
		service := map[string]any{"spec": map[string]any{"externalTrafficPolicy": "Local", "loadBalancerSourceRanges": ranges}}
		if cluster.Controller.Distribution == aksAddon {
			service["metadata"] = map[string]any{"annotations": kubernetes.NoProbe(g.Port)}
		}
		data["service"] = overlay(service)
	}
	if g.Replicas > 0 {
		data["deployment"] = overlay(map[string]any{"spec": map[string]any{"replicas": g.Replicas}})
	}
	if len(data) == 0 {
		return nil
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": g.Name + "-parameters", "namespace": g.Namespace}, "data": data,
	}
}

func overlay(value map[string]any) string {
	raw, err := yaml.Marshal(value)
	if err != nil {
		panic(err) // maps of strings and numbers always marshal
	}
	return string(raw)
}

// accessLogs has the proxies of one Gateway log requests by the provider that every mesh has (pkg/config/mesh/mesh.go).
func accessLogs(g controller.Gateway) any {
	return gatewayapi.Make(telemetryGroup+"/v1", "Telemetry", gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, telemetrySpec{
		TargetRefs:    targetGateway(g.Name).TargetRefs,
		AccessLogging: []any{map[string]any{"providers": []any{map[string]any{"name": "envoy"}}}},
	})
}

// caSecret holds the roots that go with a Secret: Istio takes the CA of credential X from Secret X-cacert, and only without one from
// the key ca.crt of X itself (pilot/pkg/credentials/kube/secrets.go, GetCaCert). It holds certificates, nothing that is secret, and
// so the roots are known in Git whatever makes X.
func caSecret(secret, namespace, pem string) any {
	return map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
		"metadata":   map[string]any{"name": secret + caSuffix, "namespace": namespace},
		"stringData": map[string]any{"ca.crt": pem},
	}
}

const caSuffix = "-cacert" // pilot/pkg/model/credentials/resource.go, SdsCaSuffix

func appendObject(objects []any, o any) []any {
	if o == nil {
		return objects
	}
	return append(objects, o)
}

// claims are the Services of Gateways, which have the names of Gateway and class in theirs (pilot/pkg/config/kube/gatewaycommon/gateway_utils.go
// GetDefaultName).
func claims(cluster controller.Cluster, intent any) []controller.Claim {
	return controller.GatewayServices("Istio", intent, func(gateway, own string) string {
		return fmt.Sprintf("%s-%s", gateway, gatewayClass(cluster, own))
	})
}
