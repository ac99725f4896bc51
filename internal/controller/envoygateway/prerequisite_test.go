package envoygateway

import (
	"testing"

	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

func TestPrerequisites(t *testing.T) {
	class := func(name, owner string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: " + name + "}\nspec: {controllerName: " + owner + "}\n"
	}
	config := func(text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: envoy-gateway-config, namespace: envoy-gateway-system}\ndata:\n  envoy-gateway.yaml: |\n    " + text + "\n"
	}
	flux := func(values string) string {
		return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: eg, namespace: flux-system}\nspec: {chart: {spec: {chart: gateway-helm}}, values: " + values + "}\n"
	}
	argo := func(helm string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: eg, namespace: argocd}\nspec: {source: {chart: gateway-helm, helm: " + helm + "}}\n"
	}
	const on, off = "{config: {envoyGateway: {extensionApis: {enableBackend: true}}}}", "{config: {envoyGateway: {extensionApis: {enableBackend: false}}}}"
	for name, c := range map[string]struct{ id, text, want string }{
		"a class":                          {"gateway-class", class("eg", "gateway.envoyproxy.io/gatewayclass-controller"), posture.PrerequisiteMet},
		"a class of another controller":    {"gateway-class", class("eg", "istio.io/gateway-controller"), posture.PrerequisiteViolated},
		"another class":                    {"gateway-class", class("other", "gateway.envoyproxy.io/gatewayclass-controller"), posture.PrerequisiteUnseen},
		"enabled":                          {"enable-backend", config("extensionApis: {enableBackend: true}"), posture.PrerequisiteMet},
		"not enabled":                      {"enable-backend", config("extensionApis: {}"), posture.PrerequisiteViolated},
		"not readable":                     {"enable-backend", config("extensionApis: ["), posture.PrerequisiteViolated},
		"enabled by Flux":                  {"enable-backend", flux(on), posture.PrerequisiteMet},
		"switched off by Flux":             {"enable-backend", flux(off), posture.PrerequisiteViolated},
		"Flux has the values elsewhere":    {"enable-backend", flux("{}"), posture.PrerequisiteUnseen},
		"enabled by Argo CD":               {"enable-backend", argo("{valuesObject: " + on + "}"), posture.PrerequisiteMet},
		"enabled by Argo CD, as text":      {"enable-backend", argo("{values: '" + on + "'}"), posture.PrerequisiteMet},
		"two places that do not agree":     {"enable-backend", flux(on) + "---\n" + config("extensionApis: {}"), posture.PrerequisiteViolated},
		"nothing of the controller in Git": {"enable-backend", class("eg", "x"), posture.PrerequisiteUnseen},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range profile().Prerequisites {
				if p.ID != c.id {
					continue
				}
				if got := p.Look(testCluster("1.9.1"), objecttest.Set(t, c.text)); got.State != c.want {
					t.Errorf("got %s: %s, want %s", got.State, got.Why, c.want)
				}
			}
		})
	}
}
