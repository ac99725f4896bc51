package traefik

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// as a release, a file and arguments: the same installation, as both ends need it.
const (
	values = `providers:
  kubernetesCRD: {allowExternalNameServices: true, crossProviderNamespaces: [edge], defaultTLSResourcesNamespace: edge, safeNaming: true, namespaces: [edge, traefik]}
  kubernetesGateway: {enabled: true, crossProviderNamespaces: [edge]}
  kubernetesIngress: {enabled: false}
core: {strictTLSOptions: true}
service: {spec: {type: ClusterIP}}
`
	file = `providers:
  kubernetesCRD: {allowExternalNameServices: true, crossProviderNamespaces: [], defaultTLSResourcesNamespace: edge, safeNaming: true}
  kubernetesGateway: {crossProviderNamespaces: []}
core: {strictTLSOptions: true}
entryPoints: {websecure: {address: ":8443"}}
`
	tomlFile = `[core]
strictTLSOptions = true
[providers.kubernetesCRD]
allowExternalNameServices = true
crossProviderNamespaces = []
defaultTLSResourcesNamespace = "edge"
safeNaming = true
[providers.kubernetesGateway]
crossProviderNamespaces = []
[entryPoints.websecure]
address = ":8443/tcp"
`
	arguments = `--providers.kubernetescrd
--providers.kubernetesCRD.allowExternalNameServices
--providers.kubernetescrd.crossProviderNamespaces=edge
--providers.kubernetescrd.defaultTLSResourcesNamespace
edge
--providers.kubernetescrd.safeNaming=true
--providers.kubernetesgateway=true
--providers.kubernetesgateway.crossprovidernamespaces=edge
--core.strictTLSOptions=true
--entryPoints.websecure.address=:8443/tcp
`
	variables = `PROVIDERS_KUBERNETESCRD: "true"
PROVIDERS_KUBERNETESCRD_ALLOWEXTERNALNAMESERVICES: "true"
PROVIDERS_KUBERNETESCRD_CROSSPROVIDERNAMESPACES: edge
PROVIDERS_KUBERNETESCRD_DEFAULTTLSRESOURCESNAMESPACE: edge
PROVIDERS_KUBERNETESCRD_SAFENAMING: "true"
PROVIDERS_KUBERNETESGATEWAY: "true"
PROVIDERS_KUBERNETESGATEWAY_CROSSPROVIDERNAMESPACES: edge
CORE_STRICTTLSOPTIONS: "true"
ENTRYPOINTS_WEBSECURE_ADDRESS: ":8443"
`
)

func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by) + "\n"
}

var written = map[string]func(string) string{
	"flux": func(text string) string {
		return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: t, namespace: traefik}\nspec:\n  chart: {spec: {chart: traefik}}\n  values:\n" + indented(text, "    ")
	},
	"oci": func(text string) string {
		return "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: t, namespace: traefik}\nspec: {url: 'oci://ghcr.io/traefik/helm/traefik'}\n---\n" +
			"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: t, namespace: traefik}\nspec:\n  chartRef: {kind: OCIRepository, name: t}\n  values:\n" + indented(text, "    ")
	},
	"argo": func(text string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: t, namespace: argocd}\nspec:\n  source:\n    chart: traefik\n    helm:\n      valuesObject:\n" + indented(text, "        ")
	},
	"argo's text": func(text string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: t, namespace: argocd}\nspec:\n  sources:\n  - chart: traefik\n    helm:\n      values: |\n" + indented(text, "        ")
	},
	"file": func(text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t, namespace: traefik}\ndata:\n  traefik.yml: |\n" + indented(text, "    ")
	},
	"toml": func(text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t, namespace: traefik}\ndata:\n  traefik.toml: |\n" + indented(text, "    ")
	},
	"environment": func(text string) string {
		list := ""
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			list += "        - {name: TRAEFIK_" + name + ", value: " + value + "}\n"
		}
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: t, namespace: traefik}\nspec:\n  template:\n    spec:\n      containers:\n      - name: t\n        image: docker.io/traefik:v3.7.13\n        env:\n" + list
	},
	"arguments": func(text string) string {
		list := ""
		for line := range strings.Lines(text) {
			list += "        - '" + strings.TrimSpace(line) + "'\n"
		}
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: t, namespace: traefik}\nspec:\n  template:\n    spec:\n      containers:\n      - name: t\n        image: docker.io/traefik:v3.7.13\n        args:\n" + list
	},
}

// looks are the states of all prerequisites that something in Git can tell, for the Gateway of edge.
func looks(t *testing.T, text string) map[string]posture.Prerequisite {
	t.Helper()
	out := map[string]posture.Prerequisite{}
	for _, p := range prerequisites() {
		if p.Look != nil {
			out[p.ID] = p.Look(cluster(), objecttest.Set(t, edge+"---\n"+text))
		}
	}
	return out
}

// TestLooksMeet: however it is written, an installation that is as it should be is seen to be.
func TestLooksMeet(t *testing.T) {
	for form, text := range map[string]string{"flux": values, "oci": values, "argo": values, "argo's text": values, "file": file, "toml": tomlFile, "arguments": arguments, "environment": variables} {
		for id, p := range looks(t, written[form](text)) {
			want := posture.PrerequisiteMet
			if id == "traefik-cluster-service" && text != values {
				want = posture.PrerequisiteUnseen // of others the Service itself is read
			}
			if p.State != want || want == posture.PrerequisiteMet && (p.Subject.Name != "t" || p.By.Kind == "") {
				t.Errorf("%s: %s: %+v", form, id, p)
			}
		}
	}
	for id, p := range looks(t, "") {
		if p.State != posture.PrerequisiteUnseen {
			t.Errorf("nothing in Git: %s: %+v", id, p)
		}
	}
}

// TestLooksViolated: each way to leave one of them out, what it violates and nothing else does, and where.
func TestLooksViolated(t *testing.T) {
	for name, row := range map[string]struct{ form, text, old, new, id, field string }{
		"the CRDs are off":              {"flux", values, "kubernetesCRD: {", "kubernetesCRD: {enabled: false, ", "traefik-crd-provider", "spec.values.providers.kubernetesCRD.enabled"},
		"no CRDs":                       {"arguments", arguments, "kubernetescrd\n", "kubernetescrd=false\n", "traefik-crd-provider", "spec.template.spec.containers[0].args[0]"},
		"null is off":                   {"file", "providers:\n  kubernetesGateway: {crossProviderNamespaces: []}\n  kubernetesCRD:\n", "", "", "traefik-crd-provider", `data["traefik.yml"]`},
		"a namespace is left out":       {"flux", values, "namespaces: [edge, traefik]", "namespaces: [traefik]", "traefik-crd-provider", "spec.values.providers.kubernetesCRD.namespaces"},
		"a selector leaves it out":      {"flux", values, "safeNaming: true", "safeNaming: true, labelSelector: a=b", "traefik-crd-provider", "spec.values.providers.kubernetesCRD.labelSelector"},
		"default from anywhere":         {"flux", values, "defaultTLSResourcesNamespace: edge", "nativeLBByDefault: true", "traefik-default-options", "spec.values"},
		"default from elsewhere":        {"arguments", arguments, "defaultTLSResourcesNamespace\nedge", "defaultTLSResourcesNamespace\ntraefik", "traefik-default-options", "spec.template.spec.containers[0].args[3]"},
		"default of the release":        {"flux", values, "core:", "tlsOptions: {default: {minVersion: VersionTLS12}}\ncore:", "traefik-default-options", "spec.values.tlsOptions.default.minVersion"},
		"default in a file":             {"flux", values, "core:", "  file: {enabled: true, content: {tls: {options: {default: {minVersion: VersionTLS12}}}}}\ncore:", "traefik-default-options", "spec.values.providers.file.content.tls.options.default.minVersion"},
		"conflicts fall back":           {"flux", values, "strictTLSOptions: true", "strictTLSOptions: false", "traefik-strict-options", "spec.values"},
		"conflicts fall back, unsaid":   {"arguments", arguments, "--core.strictTLSOptions=true\n", "", "traefik-strict-options", "spec.template.spec.containers[0].args"},
		"no Gateway API":                {"flux", values, "kubernetesGateway: {enabled: true", "kubernetesGateway: {enabled: false", "traefik-gateway-provider", "spec.values.providers.kubernetesGateway.enabled"},
		"experimental":                  {"flux", values, "kubernetesGateway: {enabled: true", "kubernetesGateway: {enabled: true, experimentalChannel: true", "traefik-gateway-provider", "spec.values.providers.kubernetesGateway.experimentalChannel"},
		"experimental, as an argument":  {"flux", values, "core:", "additionalArguments: [--providers.kubernetesGateway.experimentalChannel=true]\ncore:", "traefik-gateway-provider", "spec.values.additionalArguments[0]"},
		"another port":                  {"flux", values, "core:", "ports: {websecure: {port: 443}}\ncore:", "traefik-ports", "spec.values"},
		"no such port":                  {"flux", values, "core:", "ports: {websecure: null}\ncore:", "traefik-ports", "spec.values"},
		"headers of everybody":          {"flux", values, "core:", "ports: {websecure: {forwardedHeaders: {insecure: true}}}\ncore:", "traefik-forwarded-headers", "spec.values.ports.websecure.forwardedHeaders.insecure"},
		"headers of everybody, as file": {"file", file, `address: ":8443"`, `address: ":8443", forwardedHeaders: {insecure: true}`, "traefik-forwarded-headers", `data["traefik.yml"]`},
		"a plugin":                      {"flux", values, "core:", "experimental: {plugins: {p: {moduleName: example.com/p, version: v1}}}\ncore:", "traefik-nothing-between", "spec.values.experimental.plugins.p.moduleName"},
		"for every request":             {"toml", tomlFile, "\n[entryPoints.websecure]", "\n[entryPoints.websecure.http]\nmiddlewares = [\"x@file\"]\n[entryPoints.websecure]", "traefik-nothing-between", `data["traefik.toml"]`},
		"configured by anybody":         {"arguments", arguments, "--core", "--providers.rest.insecure=true\n--core", "traefik-nothing-between", "spec.template.spec.containers[0].args[8]"},
		"no aliases":                    {"flux", values, "allowExternalNameServices: true, ", "", "traefik-external-names", "spec.values"},
		"across namespaces":             {"flux", values, "safeNaming: true", "safeNaming: true, allowCrossNamespace: true", "traefik-own-transports", "spec.values.providers.kubernetesCRD.allowCrossNamespace"},
		"by anybody":                    {"flux", values, "enabled: true, crossProviderNamespaces: [edge]", "enabled: true", "traefik-own-transports", "spec.values"},
		"by a stranger":                 {"flux", values, "enabled: true, crossProviderNamespaces: [edge]", "enabled: true, crossProviderNamespaces: [edge, shop]", "traefik-own-transports", "spec.values.providers.kubernetesGateway.crossProviderNamespaces"},
		"by an Ingress":                 {"flux", values, "kubernetesIngress: {enabled: false}", "kubernetesIngress: {enabled: true}", "traefik-own-transports", "spec.values"},
		"by an Ingress, by default":     {"flux", values, "  kubernetesIngress: {enabled: false}\n", "", "traefik-own-transports", "spec.values"},
		"a variable":                    {"environment", variables, "SAFENAMING: \"true\"", "SAFENAMING: \"false\"", "traefik-safe-naming", "spec.template.spec.containers[0].env[4].value"},
		"names that are joined":         {"file", file, "safeNaming: true", "safeNaming: false", "traefik-safe-naming", `data["traefik.yml"]`},
		"a load balancer":               {"flux", values, "service: {spec: {type: ClusterIP}}", "service: {enabled: true}", "traefik-cluster-service", "spec.values"},
	} {
		text := row.text
		if row.old != "" {
			if text = strings.Replace(text, row.old, row.new, 1); text == row.text {
				t.Fatalf("%s changes nothing", name)
			}
		}
		for id, p := range looks(t, written[row.form](text)) {
			switch {
			case id == row.id:
				if p.State != posture.PrerequisiteViolated || p.By.Field != row.field || p.Why == "" {
					t.Errorf("%s: %s: %+v", name, id, p)
				}
			case row.old != "" && p.State == posture.PrerequisiteViolated:
				t.Errorf("%s violates %s too: %+v", name, id, p)
			}
		}
	}
}

// TestLooksUnseen: what may be set elsewhere, and what is no Traefik's, tells nothing; a second place must say it as well.
func TestLooksUnseen(t *testing.T) {
	partly := strings.Replace(written["flux"]("core: {strictTLSOptions: true}\n"), "  values:", "  valuesFrom: [{kind: ConfigMap, name: more}]\n  values:", 1)
	for id, p := range looks(t, partly) {
		if want := map[bool]string{true: posture.PrerequisiteMet, false: posture.PrerequisiteUnseen}[id == "traefik-strict-options"]; p.State != want {
			t.Errorf("values from elsewhere: %s: %+v", id, p)
		}
	}
	for name, text := range map[string]string{
		"another chart":        strings.Replace(written["flux"](values), "chart: traefik", "chart: other", 1),
		"another namespace":    strings.Replace(written["file"](file), "namespace: traefik", "namespace: other", 1),
		"a release elsewhere":  strings.Replace(written["flux"](values), "namespace: traefik}", "namespace: other}", 1),
		"its target elsewhere": strings.Replace(written["flux"](values), "spec:\n  chart:", "spec:\n  targetNamespace: other\n  chart:", 1),
		"an Application's":     strings.Replace(written["argo"](values), "spec:\n", "spec:\n  destination: {namespace: other}\n", 1),
		"pods elsewhere":       strings.Replace(written["arguments"](arguments), "namespace: traefik", "namespace: other", 1),
		"a dynamic file":       written["file"]("http: {routers: {}}\n"),
		"another image":        strings.Replace(written["arguments"](arguments), "docker.io/traefik:", "docker.io/other:", 1),
	} {
		for id, p := range looks(t, text) {
			if p.State != posture.PrerequisiteUnseen {
				t.Errorf("%s: %s: %+v", name, id, p)
			}
		}
	}
	for name, text := range map[string]string{
		"by its digest":   strings.Replace(written["arguments"](arguments), "traefik:v3.7.13", "traefik@sha256:00", 1),
		"as its command":  strings.Replace(written["arguments"](arguments), "        args:", "        command:", 1),
		"into its target": strings.Replace(strings.Replace(written["flux"](values), "namespace: traefik}", "namespace: flux-system}", 1), "spec:\n  chart:", "spec:\n  targetNamespace: traefik\n  chart:", 1),
	} {
		if p := looks(t, text)["traefik-strict-options"]; p.State != posture.PrerequisiteMet {
			t.Errorf("%s: %+v", name, p)
		}
	}
	notIngress := strings.Replace(written["flux"](strings.Replace(values, "  kubernetesIngress: {enabled: false}\n", "", 1)), "  values:", "  valuesFrom: [{kind: ConfigMap, name: more}]\n  values:", 1)
	if p := looks(t, notIngress)["traefik-own-transports"]; p.State != posture.PrerequisiteUnseen {
		t.Errorf("an Ingress provider that may be on: %+v", p)
	}
	for id, p := range looks(t, written["flux"](values)+"---\n"+written["arguments"]("--providers.kubernetesgateway=true\n")) {
		if id == "traefik-strict-options" && p.State != posture.PrerequisiteViolated {
			t.Errorf("one of two: %+v", p)
		}
	}
	for id, p := range looks(t, written["file"]("a: [")) {
		if p.State != posture.PrerequisiteViolated || !strings.Contains(p.Why, "cannot be read") {
			t.Errorf("broken: %s: %+v", id, p)
		}
	}
	if p := lookOf("traefik-forwarded-headers")(cluster(), objecttest.Set(t, edge+"---\n"+written["flux"](values+"ports: {websecure: {forwardedHeaders: {trustedIPs: [10.0.0.0/8]}}}\n"))); p.State != posture.PrerequisiteUnseen || !strings.Contains(p.Why, "10.0.0.0/8") {
		t.Errorf("trusted proxies: %+v", p)
	}
}

// TestUndone: what takes a listener's protection away is found without exposures too; what they alone need is not.
func TestUndone(t *testing.T) {
	for name, row := range map[string]struct{ text, field string }{
		"as it should be":       {arguments, ""},
		"an open API":           {arguments + "--api.insecure\n", ""},
		"no aliases":            {strings.Replace(arguments, "--providers.kubernetesCRD.allowExternalNameServices\n", "", 1), ""},
		"no CRDs":               {strings.Replace(arguments, "kubernetescrd\n", "kubernetescrd=false\n", 1), "spec.template.spec.containers[0].args[0]"},
		"headers of everybody":  {arguments + "--entrypoints.websecure.forwardedheaders.insecure\n", "spec.template.spec.containers[0].args[10]"},
		"configured by anybody": {arguments + "--providers.rest.insecure\n", "spec.template.spec.containers[0].args[10]"},
		"of another entryPoint": {arguments + "--entrypoints.web.address=:8000\n--entrypoints.web.forwardedheaders.insecure\n", ""},
	} {
		_, p := entry(t, edge+"---\n"+written["arguments"](row.text))
		field := ""
		for _, h := range p.Hatches {
			field += h.By.Field
		}
		if field != row.field {
			t.Errorf("%s: %+v", name, p.Hatches)
		}
	}
}

func lookOf(id string) func(controller.Cluster, *object.Set) posture.Prerequisite {
	for _, p := range prerequisites() {
		if p.ID == id {
			return p.Look
		}
	}
	return nil
}

// TestLooksAtVariablesFromElsewhere: what a variable says that Git does not have is not known, and beside arguments no variable counts.
func TestLooksAtVariablesFromElsewhere(t *testing.T) {
	const id = "traefik-safe-naming"
	whole := written["environment"](variables)
	for name, c := range map[string]struct{ text, want string }{
		"from a Secret":    {strings.Replace(whole, "        - {name: TRAEFIK_PROVIDERS_KUBERNETESCRD_SAFENAMING, value: \"true\"}\n", "        - {name: TRAEFIK_PROVIDERS_KUBERNETESCRD_SAFENAMING, valueFrom: {secretKeyRef: {name: s, key: k}}}\n", 1), posture.PrerequisiteUnseen},
		"from a ConfigMap": {strings.Replace(whole, "        - {name: TRAEFIK_PROVIDERS_KUBERNETESCRD_SAFENAMING, value: \"true\"}\n", "", 1) + "        envFrom: [{configMapRef: {name: c}}]\n", posture.PrerequisiteUnseen},
		"left out":         {strings.Replace(whole, "        - {name: TRAEFIK_PROVIDERS_KUBERNETESCRD_SAFENAMING, value: \"true\"}\n", "", 1), posture.PrerequisiteViolated},
		"beside a command": {whole + "        command: [traefik]\n", posture.PrerequisiteMet},
		"not so beside it": {strings.Replace(whole, "SAFENAMING, value: \"true\"", "SAFENAMING, value: \"false\"", 1) + "        command: [/usr/local/bin/traefik]\n", posture.PrerequisiteViolated},
		"beside arguments": {whole + "        args: ['--providers.kubernetescrd']\n", posture.PrerequisiteViolated},
	} {
		if p := looks(t, c.text)[id]; p.State != c.want {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
