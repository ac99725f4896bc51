package istio

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// prerequisites are what an installation of Istio must have for what is written to mean what it should.
func prerequisites() []controller.Prerequisite {
	return []controller.Prerequisite{
		{
			ID: "mesh-floor", For: []controller.AbilityID{controller.EntryFloor},
			Text: "the mesh configuration of every control plane sets tlsDefaults.minProtocolVersion to TLSV1_3",
			How: "meshConfig.tlsDefaults.minProtocolVersion in the values of the chart istiod; with the add-on of AKS in the ConfigMap " +
				"aks-istio-system/istio-shared-configmap-<revision>, before the revision is installed",
			Source: "pilot/pkg/networking/core/listener.go applyDownstreamTLSDefaults, AKS articles/aks/istio-meshconfig.md",
			Look:   lookFloor,
		},
		{
			ID: "managed-gateway-api", Distributions: []string{aksAddon, approuting},
			Text:   "the cluster has the Gateway API's CRDs that AKS manages, of the standard channel",
			How:    "az aks update --enable-gateway-api",
			Source: "AKS articles/aks/managed-gateway-api.md",
		},
		{
			ID: "sidecars", For: []controller.AbilityID{controller.ExitClosed},
			Text:   "the pods of consumers have sidecars: the egress gateway takes mesh identities only",
			How:    "label their namespaces istio-injection: enabled, or istio.io/rev with a revision",
			Source: "manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml",
		},
		kubernetes.PrometheusOperator(),
	}
}

// lookFloor reads the mesh configurations alone.
func lookFloor(c controller.Cluster, set *object.Set) posture.Prerequisite {
	r := &reader{World: &gatewayapi.World{Cluster: c, Objects: set}}
	out := posture.Prerequisite{State: posture.PrerequisiteUnseen, Subject: posture.Subject{Kind: "Controller", Name: "istio"}, Why: "no mesh configuration is in Git"}
	for _, m := range r.readMeshes() {
		version := m.config.TLSDefaults.MinProtocolVersion
		if version != "TLSV1_3" {
			return posture.Prerequisite{
				State: posture.PrerequisiteViolated, Subject: gatewayapi.SubjectOf(m.object), By: m.at(),
				Why: fmt.Sprintf("tlsDefaults.minProtocolVersion is %q", version),
			}
		}
		out = posture.Prerequisite{
			State: posture.PrerequisiteMet, Subject: gatewayapi.SubjectOf(m.object), By: m.at(), Why: "tlsDefaults.minProtocolVersion is TLSV1_3",
		}
	}
	return out
}
