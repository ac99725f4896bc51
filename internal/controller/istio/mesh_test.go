package istio

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/posture"
)

// TestControlPlane: configuration of istiod that is not in a ConfigMap: the values of its chart, and its compliance policy.
func TestControlPlane(t *testing.T) {
	bare := provider[strings.Index(provider, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"):]
	chart := func(spec string) []string {
		return more("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: istio-system}\nspec:\n  chart: {spec: {chart: istiod}}\n" + spec)
	}
	argo := func(helm string) []string {
		return more("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: istiod, namespace: argocd}\nspec: {source: {chart: istiod, repoURL: x, targetRevision: 1.31.0, helm: {" + helm + "}}}\n")
	}
	deployment := func(policy string) []string {
		return more("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}\nspec: {template: {spec: {containers: [{name: discovery, env: [{name: COMPLIANCE_POLICY, value: " + policy + "}]}]}}}\n")
	}
	versions := func(t *testing.T, p posture.Posture) string {
		e := entry(t, p, "relay")
		return e.MinTLS.Value + "-" + e.MaxTLS.Value + " " + e.MinTLS.By.Kind + " " + e.MinTLS.By.Field
	}
	const env = "spec.template.spec.containers[0].env[0].value"
	for _, tt := range []struct {
		name, base string
		edit       []string
		look       func(*testing.T, posture.Posture) string
		want       string
	}{
		{"the chart's values", bare, chart("  values: {meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}}\n"), versions, "1.3-1.3 HelmRelease spec.values.meshConfig"},
		{"which say nothing", bare, chart("  values: {meshConfig: {accessLogFile: /dev/stdout}}\n"), versions, "1.2-1.3 HelmRelease spec.values.meshConfig"},
		{"a release that is changed afterwards", bare, chart("  postRenderers: [{kustomize: {patches: []}}]\n  values: {meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}}\n"), versions, "1.2-1.3 Gateway spec.gatewayClassName"},
		{"a chart that writes no configuration", bare, chart("  values: {configMap: false, meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}}\n"), versions, "1.2-1.3 Gateway spec.gatewayClassName"},
		{"by Argo CD", bare, argo("valuesObject: {meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}}"), versions, "1.3-1.3 Application spec.source.helm.valuesObject.meshConfig"},
		{"by Argo CD, as text", bare, argo("values: \"meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}\""), versions, "1.3-1.3 Application spec.source.helm.values"},
		{"by Argo CD, with parameters", bare, argo("parameters: [{name: a, value: b}], valuesObject: {meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}}"), versions, "1.2-1.3 Gateway spec.gatewayClassName"},
		{"a tag of the chart", strings.Replace(bare, "metadata: {name: edge, namespace: edge}\nspec:\n  gatewayClassName", "metadata: {name: edge, namespace: edge, labels: {istio.io/rev: prod}}\nspec:\n  gatewayClassName", 1),
			chart("  values: {revision: 1-31, revisionTags: [prod], meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}}}\n"), versions, "1.3-1.3 HelmRelease spec.values.meshConfig"},
		{"a ConfigMap out-ranks the chart", provider, chart("  values: {meshConfig: {}}\n"), versions, "1.3-1.3 ConfigMap data.mesh"},
		{"FIPS 140-2 caps at 1.2", provider, deployment("fips-140-2"), versions, "1.2-1.2 Deployment " + env},
		{"FIPS 140-3 takes the floor away", provider, deployment("fips-140-3"), versions, "1.2-1.3 Deployment " + env},
		{"post-quantum has 1.3 alone", bare, deployment("pqc"), versions, "1.3-1.3 Deployment " + env},
		{"and so have calls", consumer, deployment("pqc"), func(_ *testing.T, p posture.Posture) string { return fact(p.Exits[0].MinTLS) }, "1.3 by Deployment " + env},
		{"calls without a policy", consumer, more("---"), func(_ *testing.T, p posture.Posture) string { return p.Exits[0].MinTLS.Value }, "1.2"},
		{"by the chart", bare, chart("  values: {env: {COMPLIANCE_POLICY: pqc}}\n"), versions, "1.3-1.3 HelmRelease spec.values.env.COMPLIANCE_POLICY"},
		{"one of two control planes", bare, []string{"", deployment("pqc")[1] + chart("  values: {}\n")[1]}, versions, "1.2-1.3 HelmRelease spec.values"},
		{"a policy of no name", provider, deployment("fips"), unknowns, "value Deployment " + env},
		{"the mesh lets no call out", provider, []string{"", "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-x, namespace: istio-system}\ndata: {mesh: \"outboundTrafficPolicy: {mode: REGISTRY_ONLY}\"}\n---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: out, namespace: orders}\nspec: {outboundTrafficPolicy: {mode: ALLOW_ANY}}\n"}, hatches, "Sidecar out"},
		{"and so does the Sidecar", provider, []string{"", "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-x, namespace: istio-system}\ndata: {mesh: \"outboundTrafficPolicy: {mode: REGISTRY_ONLY}\"}\n---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: out, namespace: orders}\nspec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}\n"}, hatches, ""},
		{"a Sidecar says what the mesh says", provider, more("apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: out, namespace: orders}\nspec: {outboundTrafficPolicy: {mode: ALLOW_ANY}, egress: [{hosts: [./*]}]}\n"), hatches, ""},
		{"variables of the proxies", provider, more("apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: {name: env, namespace: edge}\nspec: {selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}, environmentVariables: {ISTIO_META_X: y}}\n"), hatches, "ProxyConfig env"},
		{"concurrency of the proxies", provider, more("apiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: {name: env, namespace: edge}\nspec: {concurrency: 2}\n"), hatches, ""},
		{"telemetry", provider, more("apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: all, namespace: istio-system}\nspec: {accessLogging: [{providers: [{name: envoy}]}]}\n"), unknowns, ""},
		{"telemetry of another kind", provider, more("apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: all, namespace: istio-system}\nspec: {capture: all}\n"), unknowns, "field Telemetry spec.capture"},
		{"U119 an address that is no pod", provider, more("apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: foreign, namespace: edge}\nspec: {address: 203.0.113.9, labels: {app: relay, v: x}}\n"), waysOf, "endpoints WorkloadEntry foreign to relay"},
		{"an address of another Service", provider, more("apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm, namespace: edge}\nspec: {address: 203.0.113.9, labels: {app: vm}}\n"), waysOf, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster("upstream", "1.31", "1.6")
			c.Controller.MinTLS = ""
			if got := tt.look(t, readEdited(t, tt.base, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func waysOf(_ *testing.T, p posture.Posture) string {
	var out []string
	for _, w := range p.Ways {
		out = append(out, w.Via+" "+w.Subject.Kind+" "+w.Subject.Name+" to "+w.Service.Name)
	}
	return strings.Join(out, ", ")
}

// TestPeerAuthentications: port over workload over namespace over mesh, UNSET falls back, and of rivals the weakest counts.
func TestPeerAuthentications(t *testing.T) {
	mesh := func(name, spec string) string {
		return strings.Replace(peer(name, spec), "namespace: edge", "namespace: istio-system", 1)
	}
	const (
		strict = "{mtls: {mode: STRICT}}"
		open   = "{mtls: {mode: PERMISSIVE}}"
		relay  = "{selector: {matchLabels: {app: relay}}, mtls: {mode: "
	)
	for _, tt := range []struct{ name, policies, want string }{
		{"the mesh's", mesh("default", strict), "mesh spec.mtls.mode"},
		{"the namespace's over the mesh's", mesh("default", strict) + peer("default", open), "none spec.mtls.mode"},
		{"UNSET falls back to the mesh's", mesh("default", strict) + peer("default", "{mtls: {mode: UNSET}}"), "mesh spec.mtls.mode"},
		{"nothing said falls back too", mesh("default", strict) + peer("default", "{}"), "mesh spec.mtls.mode"},
		{"two of one namespace", peer("a", open) + peer("b", strict), "none spec.mtls.mode"},
		{"two of one namespace, the other way round", peer("a", strict) + peer("b", open), "none spec.mtls.mode"},
		{"two of one namespace, one says nothing", mesh("default", strict) + peer("a", "{}") + peer("b", open), "none spec.mtls.mode"},
		{"two of one workload", peer("a", relay+"DISABLE}}") + peer("b", relay+"STRICT}}"), "none spec.mtls.mode"},
		{"a port that says nothing has the workload's", peer("default", strict) + peer("relay", relay+"PERMISSIVE}, portLevelMtls: {\"8443\": {mode: UNSET}}}"), "none spec.mtls.mode"},
		{"another port", peer("relay", relay+"STRICT}, portLevelMtls: {\"9443\": {mode: DISABLE}}}"), "mesh spec.mtls.mode"},
		{"a stricter port", peer("relay", relay+"DISABLE}, portLevelMtls: {\"8443\": {mode: STRICT}}}"), "mesh spec.portLevelMtls.8443.mode"},
		{"an empty selector is the namespace", peer("default", "{selector: {matchLabels: {}}, mtls: {mode: STRICT}}"), "mesh spec.mtls.mode"},
		{"a workload's in the root namespace is none", mesh("default", strict) + mesh("relay", relay+"DISABLE}}"), "mesh spec.mtls.mode"},
		{"what may be the pods' is not counted on", peer("default", open) + peer("relay", "{selector: {matchLabels: {tier: backend}}, mtls: {mode: STRICT}}"), "none spec.mtls.mode"},
		{"what may be the pods' may be weaker", peer("default", strict) + peer("relay", "{selector: {matchLabels: {tier: backend}}, mtls: {mode: DISABLE}}"), "none spec.mtls.mode"},
		{"a mode of no name", peer("default", "{mtls: {mode: strict}}"), "none spec.mtls.mode"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := readEdited(t, provider, noPolicy(tt.policies), cluster("upstream", "1.31", "1.6"))
			b := entry(t, p, "relay").Routes[0].Backends[0]
			if got := b.TLS.Value + " " + b.TLS.By.Field; got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
