package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// clusters is one of each controller.
func clusters() []controller.Cluster {
	var out []controller.Cluster
	for _, c := range catalog.All() {
		p := c.Profile()
		cluster := controller.Cluster{Name: p.Name}
		cluster.Controller.Name, cluster.Controller.Distribution, cluster.Controller.DataPlaneNamespace = p.Name, "upstream", "proxies"
		for _, v := range p.Versions {
			if v.Distribution == "upstream" {
				cluster.Controller.Version = v.From
			}
		}
		if p.Name == "istio" {
			cluster.Controller.DataPlaneNamespace = ""
		}
		out = append(out, cluster)
	}
	return out
}

// objectsOf decodes as many documents of a stream as are objects.
func objectsOf(stream string) []*object.Object {
	var out []*object.Object
	for _, document := range strings.Split("\n"+stream, "\n---\n") {
		raw, err := yaml.YAMLToJSON([]byte(document))
		var data map[string]any
		if err != nil || kjson.UnmarshalCaseSensitivePreserveInts(raw, &data) != nil {
			continue
		}
		if o, err := object.New(data, object.Origin{Overlay: "overlays/a"}); err == nil {
			out = append(out, o)
		}
	}
	return out
}

// readAll is what a cluster comes to, with what its controller needs installed, as JSON.
func readAll(t *testing.T, cluster controller.Cluster, all []*object.Object) (posture.Posture, []byte) {
	t.Helper()
	set := object.NewSet(all)
	p := catalog.Read(cluster, set)
	if found := catalog.Installed(cluster, set); found != nil {
		p.Prerequisites = append(p.Prerequisites, *found)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return p, raw
}

// FuzzRead feeds the objects of a cluster to every controller's reader. Nothing may panic, the order of the objects does not count, and a
// setting that holds says who holds it.
func FuzzRead(f *testing.F) {
	overlays, err := filepath.Glob("../../../testdata/fleets/*/overlays/*/*/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	committed, err := filepath.Glob("../../../overlays/*/*/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	seeds := 0
	for _, name := range append(overlays, committed...) {
		if filepath.Base(name) == "kustomization.yaml" {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(seeds), string(raw))
		seeds++
	}
	if seeds == 0 {
		f.Fatal("there is no overlay to begin with")
	}
	for _, seed := range settings("x") {
		f.Add(uint8(0), seed.text)
	}
	every := clusters()
	f.Fuzz(func(t *testing.T, which uint8, stream string) {
		all := objectsOf(stream)
		cluster := every[int(which)%len(every)]
		p, first := readAll(t, cluster, all)
		slices.Reverse(all)
		if _, second := readAll(t, cluster, all); !bytes.Equal(first, second) && !twice(all) {
			t.Errorf("the other way round:\n%s\n%s", first, second)
		}
		for _, e := range p.Entries {
			if e.ClientAuth.Value == posture.ClientRequired && e.ClientAuth.Enforcer == "" {
				t.Errorf("nobody holds %v", e.Subject)
			}
		}
	})
}

// twice reports whether two objects are one to the API server; the last one of them counts.
func twice(all []*object.Object) bool { return len(object.NewSet(all).Duplicates()) > 0 }

// setting is a place in Git where text configures a controller.
type setting struct {
	name, controller string
	text             string // the object, with the text in it
	decode           func([]byte) error
}

// settings are the objects whose fields hold a file, a list or an expression in a language of its own.
func settings(text string) []setting {
	quoted := func(s string) string { raw, _ := json.Marshal(s); return string(raw) } // of a string: no error
	config := func(name, namespace, key string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: " + namespace + "}\ndata: {" + quoted(key) + ": " + quoted(text) + "}\n"
	}
	asYAML := func(raw []byte) error { var v map[string]any; return yaml.Unmarshal(raw, &v) }
	helm := func(chart string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec:\n  source: {chart: " + chart + ", repoURL: x, targetRevision: '1', helm: {values: " + quoted(text) + "}}\n  destination: {namespace: proxies}\n"
	}
	return []setting{
		{"Traefik's file", "traefik", config("t", "proxies", "traefik.yml"), asYAML},
		{"Traefik's TOML", "traefik", config("t", "proxies", "traefik.toml"), nil},
		{"Traefik's arguments", "traefik", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: t, namespace: proxies}\nspec: {template: {spec: {containers: [{name: t, image: 'traefik:v3', args: [" + quoted(text) + ", --entryPoints.a.address=:443]}]}}}\n", nil},
		{"Traefik's chart", "traefik", helm("traefik"), asYAML},
		{"a mesh", "istio", config("istio", "istio-system", "mesh"), asYAML},
		{"Istio's chart", "istio", helm("istiod"), asYAML},
		{"Envoy Gateway's file", "envoy-gateway", config("envoy-gateway-config", "envoy-gateway-system", "envoy-gateway.yaml"), asYAML},
		{"Envoy Gateway's chart", "envoy-gateway", helm("gateway-helm"), asYAML},
		{"source ranges", "aws-lb", "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: edge, annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: " + quoted(text) + "}}\nspec: {type: LoadBalancer, loadBalancerSourceRanges: [" + quoted(text) + "], ports: [{port: 443}], selector: {a: b}}\n", nil},
		{"an address range", "nginx", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n, namespace: edge}\nspec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: " + quoted(text) + ", except: [" + quoted(text) + "]}}]}]}\n", nil},
		{"an identity", "istio", "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: a, namespace: edge}\nspec: {action: ALLOW, rules: [{from: [{source: {principals: [" + quoted(text) + "], namespaces: [" + quoted(text) + "]}}], to: [{operation: {hosts: [" + quoted(text) + "], ports: [" + quoted(text) + "]}}]}]}\n", nil},
		{"a name that clients must have", "envoy-gateway", "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata: {name: a, namespace: edge}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}], tls: {clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: x, group: ''}], subjectAltNames: {uris: [{type: RegularExpression, value: " + quoted(text) + "}]}}}}\n", nil},
		{"a rule of Traefik", "traefik", "apiVersion: traefik.io/v1alpha1\nkind: IngressRouteTCP\nmetadata: {name: a, namespace: edge}\nspec: {routes: [{match: " + quoted(text) + ", services: [{name: s, port: 1}]}]}\n", nil},
		{"a Secret", "traefik", "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: edge}\nstringData: {tls.key: " + quoted(text) + ", ca.crt: " + quoted(text) + "}\n", nil},
		{"a snippet", "nginx", "apiVersion: gateway.nginx.org/v1alpha1\nkind: SnippetsFilter\nmetadata: {name: a, namespace: edge}\nspec: {snippets: [{context: http, value: " + quoted(text) + "}]}\n", nil},
		{"an annotation of Istio", "istio", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: edge}\nspec: {template: {metadata: {annotations: {proxy.istio.io/config: " + quoted(text) + "}}, spec: {containers: [{name: a}]}}}\n", nil},
		{"a selector of a route", "istio", "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: edge}\nspec: {parentRefs: [{name: edge}], hostnames: [" + quoted(text) + "], rules: [{matches: [{path: {type: RegularExpression, value: " + quoted(text) + "}}]}]}\n", nil},
	}
}

// FuzzSettings puts text where a controller's own language is expected: nothing may panic, and a file that is not in that language is never
// the configuration that a cluster is judged by in silence.
func FuzzSettings(f *testing.F) {
	for _, seed := range []string{
		"", "a", "{}", "[]", "- a", "a: &a [*a]", "a: b: c", "\t", "\xff", "null", "~", "1", "\"", "0.0.0.0/0", "10.0.0.0/33", "::/0", "10.0.0.1, 10.0.0.0/8", "spiffe://a/ns/b/sa/c", "*", "*a", "a*", "(", "a|b", "^.*$", "[", "(?i)x",
		"meshMTLS: {minProtocolVersion: TLSV1_3}", "tlsDefaults: {minProtocolVersion: []}", "[entryPoints.a]\naddress = \":443\"", "entryPoints: {a: {address: ':443', http: {tls: {}}}}", "--entryPoints.a.address=", "--=", "--a",
		"provider: {type: Kubernetes}\nextensionApis: {enableEnvoyPatchPolicy: true}", "Host(`a`) && HostSNI(`*`)", "HostSNI(`", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "ssl_verify_client off;", "config: {envoyGateway: 1}", "additionalArguments: [--a=b, 1]",
	} {
		for i := range settings("") {
			f.Add(uint8(i), seed)
		}
	}
	every := clusters()
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		all := settings(text)
		s := all[int(which)%len(all)]
		objects := objectsOf(s.text)
		cluster := every[slices.IndexFunc(every, func(c controller.Cluster) bool { return c.Name == s.controller })]
		p, _ := readAll(t, cluster, objects)
		if s.decode == nil || s.decode([]byte(text)) == nil || len(objects) == 0 {
			return
		}
		unmet := slices.ContainsFunc(p.Prerequisites, func(x posture.Prerequisite) bool { return x.State != posture.PrerequisiteMet })
		needs := catalog.Needs(cluster, []controller.AbilityID{controller.EntryTerminate, controller.EntryFloor}, object.NewSet(objects))
		for _, need := range needs {
			unmet = unmet || need.Found.State != posture.PrerequisiteMet
		}
		if len(p.Unknowns) == 0 && len(p.Hatches) == 0 && len(needs) > 0 && !unmet {
			t.Errorf("%s is not readable, and everything is as it should be: %q", s.name, text)
		}
	})
}
