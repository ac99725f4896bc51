package catalog

import (
	"cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Need is one prerequisite of a cluster, and whether it is so as far as Git shows.
type Need struct {
	controller.Prerequisite
	Found posture.Prerequisite
}

// Needs are what the installation of a cluster's controller must have for what exposures use of it, in the profile's order. Nothing is needed
// where nothing is used.
func Needs(cluster controller.Cluster, uses []controller.AbilityID, objects *object.Set) []Need {
	known, ok := ByName(cluster.Controller.Name)
	if !ok || len(uses) == 0 {
		return nil
	}
	var out []Need
	for _, p := range known.Profile().Prerequisites {
		if !p.Needed(cluster.Controller.Distribution, cluster.Controller.Version, uses) {
			continue
		}
		found := posture.Prerequisite{State: posture.PrerequisiteUnseen, Why: "it is no part of what is in Git"}
		if p.Look != nil {
			found = p.Look(cluster, objects)
		}
		found.ID = p.ID
		found.Subject.Kind = cmp.Or(found.Subject.Kind, "Controller")
		found.Subject.Name = cmp.Or(found.Subject.Name, cluster.Controller.Name)
		out = append(out, Need{p, found})
	}
	return out
}

// gatewayAPI is the first version of Gateway API that serves, in the standard channel, what an ability is written with.
// Source: CHANGELOG/1.4-CHANGELOG.md and 1.5-CHANGELOG.md of sigs.k8s.io/gateway-api, and config/crd/standard of v1.4.1 and v1.5.1.
var gatewayAPI = map[controller.AbilityID]string{
	controller.EntryBackendTLS: "1.4", // BackendTLSPolicy v1
	controller.EntryTCP:        "1.5", // TLSRoute v1
}

// GatewayAPI is the oldest version of the Gateway API's CRDs that has everything that exposures use.
func GatewayAPI(uses []controller.AbilityID) string {
	oldest := "1.4" // plan/needs.go: older ones are refused
	for _, id := range uses {
		if v := gatewayAPI[id]; v != "" && controller.CompareVersions(v, oldest) > 0 {
			oldest = v
		}
	}
	return oldest
}
