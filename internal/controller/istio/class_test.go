package istio

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/posture"
)

func TestProbe(t *testing.T) {
	const prefix = "service.beta.kubernetes.io/port_443_health-probe_"
	probe := func(t *testing.T, p posture.Posture) string { return fact(entry(t, p, "relay").Probe) }
	annotated := func(text string) []string {
		return []string{"  gatewayClassName: istio\n", "  gatewayClassName: istio\n  infrastructure: {annotations: {" + text + "}}\n"}
	}
	for _, tt := range []struct {
		name, cloud, distribution string
		edit                      []string
		want                      string
	}{
		{"by the port's protocol", "aks", "upstream", more("---"), "https by Gateway spec.listeners[0]"},
		{"at the status port", "aks", "upstream", annotated(prefix + "port: \"15021\", " + prefix + "protocol: Http"), " by Gateway spec.listeners[0]"},
		{"by TCP", "aks", "upstream", annotated(prefix + "protocol: Tcp"), " by Gateway spec.listeners[0]"},
		{"by an annotation", "aks", "upstream", annotated(prefix + "protocol: Https"), `https by Gateway spec.infrastructure.annotations["` + prefix + `protocol"]`},
		{"managed by AKS", "aks", aksAddon, more("---"), " by Gateway spec.listeners[0]"},
		{"managed by AKS, and overruled", "aks", aksAddon, annotated(prefix + "protocol: Https"), `https by Gateway spec.infrastructure.annotations["` + prefix + `protocol"]`},
		{"by the defaults of its class", "aks", "upstream", classDefault("metadata: {annotations: {" + prefix + "protocol: Https}}"), "https by ConfigMap data.service"},
		{"nodes that answer for themselves, by the defaults", "aks", "upstream", classDefault("spec: {externalTrafficPolicy: Local}"), " by Gateway spec.listeners[0]"},
		{"another cloud", "eks", "upstream", more("---"), " by Gateway spec.listeners[0]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster(tt.distribution, "1.31", "1.6")
			c.Cloud = tt.cloud
			if got := probe(t, readEdited(t, provider, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// classDefault is a ConfigMap that lies over the Service of every Gateway of class istio.
func classDefault(service string) []string {
	return more("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: defaults, namespace: istio-system, labels: {gateway.istio.io/defaults-for-class: istio}}\ndata:\n  service: \"" + service + "\"\n")
}

func TestClassDefaults(t *testing.T) {
	const internal = "service.beta.kubernetes.io/azure-load-balancer-internal"
	scheme := func(t *testing.T, p posture.Posture) string { return fact(entry(t, p, "relay").Scheme) }
	own := "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: own, namespace: edge}\ndata: {service: \"metadata: {annotations: {" + internal + ": null}}\"}\n"
	ref := func(text string) string {
		return "  gatewayClassName: istio\n  infrastructure: {parametersRef: {group: \"\", kind: ConfigMap, name: own}}\n" + text
	}
	byDefault := classDefault("metadata: {annotations: {" + internal + ": 'true'}}")[1]
	for _, tt := range []struct {
		name, base string
		edit       []string
		look       func(*testing.T, posture.Posture) string
		want       string
	}{
		{"a private load balancer", provider, []string{"", byDefault}, scheme, "internal by ConfigMap data.service"},
		{"its own parameters take it away", provider + byDefault + own, []string{"  gatewayClassName: istio\n", ref("")}, func(t *testing.T, p posture.Posture) string {
			return entry(t, p, "relay").Scheme.Value
		}, "internet-facing"},
		{"of another class", provider, []string{"", strings.Replace(byDefault, "for-class: istio", "for-class: other", 1)}, scheme, "internet-facing by Gateway spec"},
		{"two of one class", provider + byDefault, []string{"", strings.Replace(byDefault, "name: defaults", "name: more", 1)}, unknowns, `value ConfigMap metadata.labels["gateway.istio.io/defaults-for-class"]`},
		{"what the proxies need", provider, []string{"", strings.Replace(byDefault, "  service:", "  deployment: \"spec: {replicas: 3, template: {spec: {nodeSelector: {a: b}, containers: [{name: istio-proxy, resources: {limits: {cpu: 1}}}]}}}\"\n  service:", 1)}, hatches, ""},
		{"another image", provider, []string{"", strings.Replace(byDefault, "  service:", "  deployment: \"spec: {template: {spec: {containers: [{name: istio-proxy, image: x}]}}}\"\n  service:", 1)}, hatches, "ConfigMap defaults"},
		{"the proxies' Deployment", provider, []string{"", strings.Replace(byDefault, "  service:", "  deployment: \"spec: {template: {spec: {hostNetwork: true}}}\"\n  service:", 1)}, hatches, "ConfigMap defaults"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.look(t, readEdited(t, tt.base, tt.edit, cluster("upstream", "1.31", "1.6"))); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
