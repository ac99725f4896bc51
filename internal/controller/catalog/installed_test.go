package catalog_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

func TestInstalled(t *testing.T) {
	const helmRelease = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: eg, namespace: system}\n"
	release := func(chart, version, more string) string {
		return helmRelease + "spec: {chart: {spec: {chart: " + chart + ", version: \"" + version + "\"}}" + more + "}\n"
	}
	image := func(image string) string {
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c, namespace: system}\nspec: {template: {spec: {containers: [{name: c, image: \"" + image + "\"}]}}}\n"
	}
	application := func(source string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec: " + source + "\n"
	}
	const met, violated, nothing = posture.PrerequisiteMet, posture.PrerequisiteViolated, ""
	for name, c := range map[string]struct{ controller, version, text, want, field string }{
		"the version":            {"envoy-gateway", "1.9.1", release("gateway-helm", "v1.9.1", ""), met, "spec.chart.spec.version"},
		"a later patch":          {"envoy-gateway", "1.9.1", release("gateway-helm", "1.9.3", ""), met, "spec.chart.spec.version"},
		"an earlier patch":       {"envoy-gateway", "1.9.1", release("gateway-helm", "1.9.0", ""), violated, "spec.chart.spec.version"},
		"another minor":          {"envoy-gateway", "1.9.1", release("gateway-helm", "1.10.1", ""), violated, "spec.chart.spec.version"},
		"a minor is declared":    {"istio", "1.31", release("istiod", "1.31.2", ""), met, "spec.chart.spec.version"},
		"an older minor":         {"istio", "1.31", release("istiod", "1.28.2", ""), violated, "spec.chart.spec.version"},
		"a range":                {"envoy-gateway", "1.9.1", release("gateway-helm", "1.x", ""), nothing, ""},
		"another chart":          {"envoy-gateway", "1.9.1", release("istiod", "1.5.0", ""), nothing, ""},
		"a chart of its own":     {"traefik", "3.7.11", release("traefik", "41.3.0", ""), nothing, ""},
		"a tag in the values":    {"istio", "1.31", release("istiod", "1.28.0", ", values: {global: {tag: 1.31.0}}"), nothing, ""},
		"values from elsewhere":  {"istio", "1.31", release("istiod", "1.28.0", ", valuesFrom: [{kind: ConfigMap, name: v}]"), nothing, ""},
		"a revision beside":      {"istio", "1.31", release("istiod", "1.28.0", "") + "---\n" + image("docker.io/istio/pilot:1.31.0-distroless"), met, "spec.template.spec.containers[0].image"},
		"an image":               {"traefik", "3.7.11", image("traefik:v3.5.0"), violated, "spec.template.spec.containers[0].image"},
		"a registry with a port": {"traefik", "3.7.11", image("registry.example.com:5000/traefik@sha256:00"), nothing, ""},
		"another image":          {"traefik", "3.7.11", image("example/nottraefik:v3.5.0"), nothing, ""},
		"Argo CD":                {"envoy-gateway", "1.9.1", application("{source: {chart: gateway-helm, targetRevision: v1.5.0}}"), violated, "spec.source.targetRevision"},
		"several sources":        {"envoy-gateway", "1.9.1", application("{sources: [{path: x}, {chart: gateway-helm, targetRevision: v1.9.1}]}"), met, "spec.sources[1].targetRevision"},
		"an OCI artifact": {"envoy-gateway", "1.9.1", helmRelease + "spec: {chartRef: {kind: OCIRepository, name: eg}}\n---\n" +
			"apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: eg, namespace: system}\nspec: {url: \"oci://docker.io/envoyproxy/gateway-helm\", ref: {tag: v1.6.0}}\n", violated, "spec.ref.tag"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := controller.Cluster{Name: "c"}
			cluster.Controller.Name, cluster.Controller.Version = c.controller, c.version
			got := catalog.Installed(cluster, objecttest.Set(t, c.text))
			switch {
			case got == nil && c.want != nothing:
				t.Errorf("got nothing, want %s", c.want)
			case got != nil && (got.State != c.want || got.By.Field != c.field):
				t.Errorf("got %s at %s (%s), want %q at %s", got.State, got.By.Field, got.Why, c.want, c.field)
			}
		})
	}
	managed := controller.Cluster{}
	managed.Controller.Name, managed.Controller.Version, managed.Controller.Distribution = "istio", "1.30", "aks-addon"
	if got := catalog.Installed(managed, objecttest.Set(t, release("istiod", "1.28.0", ""))); got != nil {
		t.Errorf("a managed installation: %v", got)
	}
}
