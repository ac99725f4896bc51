package envoygateway

import (
	"cmp"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// prerequisites are what an installation of Envoy Gateway must have for what is written to mean what it should.
func prerequisites() []controller.Prerequisite {
	return []controller.Prerequisite{
		{
			ID:     "gateway-class",
			Text:   "the cluster has the GatewayClass that the gateways name, of controller gateway.envoyproxy.io/gatewayclass-controller",
			How:    "apply a GatewayClass; the chart gateway-helm makes none",
			Source: "site/content/en/latest/install/install-helm.md, internal/provider/kubernetes/controller.go",
			Look:   lookClass,
		},
		{
			ID: "enable-backend", For: []controller.AbilityID{controller.ExitGateway},
			Text:   "the controller's configuration enables Backend: without it every route of an egress gateway answers 500",
			How:    "config.envoyGateway.extensionApis.enableBackend: true in the values of the chart gateway-helm",
			Source: "api/v1alpha1/envoygateway_types.go ExtensionAPISettings",
			Look:   lookBackend,
		},
		kubernetes.PrometheusOperator(),
	}
}

// lookClass looks for the class of the cluster; one that another controller owns is none of this one.
func lookClass(c controller.Cluster, set *object.Set) posture.Prerequisite {
	name := cmp.Or(c.Controller.GatewayClassName, "eg")
	o := set.Find(gatewayapi.Group, "GatewayClass", "", name)
	if o == nil {
		return unseen("GatewayClass " + name + " is not in Git")
	}
	owner := o.Text("spec.controllerName")
	for _, known := range profile().ControllerNames {
		if owner == known {
			return posture.Prerequisite{State: posture.PrerequisiteMet, Subject: gatewayapi.SubjectOf(o), By: gatewayapi.RefOf(o, "spec.controllerName"), Why: "GatewayClass " + name + " is Envoy Gateway's"}
		}
	}
	return posture.Prerequisite{
		State: posture.PrerequisiteViolated, Subject: gatewayapi.SubjectOf(o), By: gatewayapi.Nearest(o, "spec.controllerName"),
		Why: fmt.Sprintf("GatewayClass %s is of controller %q", name, owner),
	}
}

// configuration is one place in Git that configures the controller.
type configuration struct {
	object *object.Object
	field  string
	values map[string]any // an EnvoyGateway
	broken bool           // cannot be read
}

// configurations are the ConfigMap that the controller reads, and the values of the chart that writes it, for Flux and for Argo CD
// (charts/gateway-helm/templates/envoy-gateway-config.yaml).
func configurations(set *object.Set) []configuration {
	var out []configuration
	parsed := func(o *object.Object, field, text string, path ...string) {
		var values map[string]any
		err := yaml.Unmarshal([]byte(text), &values)
		out = append(out, configuration{o, field, below(values, path...), err != nil})
	}
	for _, o := range set.Kind("", "ConfigMap") {
		if o.Name == "envoy-gateway-config" {
			field := object.Key("data", "envoy-gateway.yaml")
			parsed(o, field, o.Text(field))
		}
	}
	for _, o := range set.Kind("helm.toolkit.fluxcd.io", "HelmRelease") {
		if o.Text("spec.chart.spec.chart") == chart {
			values, _ := o.Get("spec.values").(map[string]any)
			out = append(out, configuration{o, "spec.values", below(values, "config", "envoyGateway"), false})
		}
	}
	for _, o := range set.Kind("argoproj.io", "Application") {
		places := []string{"spec.source"}
		list, _ := o.Get("spec.sources").([]any)
		for i := range list {
			places = append(places, object.Item("spec.sources", i))
		}
		for _, at := range places {
			if o.Text(at+".chart") != chart {
				continue
			}
			if values, ok := o.Get(at + ".helm.valuesObject").(map[string]any); ok {
				out = append(out, configuration{o, at + ".helm.valuesObject", below(values, "config", "envoyGateway"), false})
				continue
			}
			parsed(o, at+".helm.values", o.Text(at+".helm.values"), "config", "envoyGateway")
		}
	}
	return out
}

const chart = "gateway-helm" // charts/gateway-helm/Chart.yaml

func below(values map[string]any, path ...string) map[string]any {
	for _, key := range path {
		values, _ = values[key].(map[string]any)
	}
	return values
}

// lookBackend: of several places each must enable it, because Git does not tell which counts. A chart whose inline values say nothing of it
// may have them from elsewhere.
func lookBackend(_ controller.Cluster, set *object.Set) posture.Prerequisite {
	out := unseen("the controller's configuration is not in Git")
	for _, c := range configurations(set) {
		found := posture.Prerequisite{Subject: gatewayapi.SubjectOf(c.object), By: gatewayapi.Nearest(c.object, c.field)}
		switch value, said := below(c.values, "extensionApis")["enableBackend"]; {
		case value == true:
			found.State, found.Why = posture.PrerequisiteMet, "extensionApis.enableBackend is true"
		case c.broken:
			found.State, found.Why = posture.PrerequisiteViolated, "the configuration cannot be read"
			return found
		case said || c.object.Kind == "ConfigMap":
			found.State, found.Why = posture.PrerequisiteViolated, "extensionApis.enableBackend is not true"
			return found
		default:
			continue
		}
		out = found
	}
	return out
}

func unseen(why string) posture.Prerequisite {
	return posture.Prerequisite{State: posture.PrerequisiteUnseen, Subject: posture.Subject{Kind: "Controller", Name: "envoy-gateway"}, Why: why}
}
