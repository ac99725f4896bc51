package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// coreVersions are the versions of Gateway API kinds beside v1 that some release served: config/crd of sigs.k8s.io/gateway-api from
// v1.0 to v1.6, both channels.
var coreVersions = map[string][]string{
	"Gateway": {"v1beta1"}, "GatewayClass": {"v1beta1"}, "HTTPRoute": {"v1beta1"}, "ReferenceGrant": {"v1beta1", "v1alpha2"},
	"GRPCRoute": {"v1alpha2"}, "TLSRoute": {"v1alpha2", "v1alpha3"}, "TCPRoute": {"v1alpha2"}, "UDPRoute": {"v1alpha2"},
	"BackendTLSPolicy": {"v1alpha2", "v1alpha3"},
}

// served separates the objects that the API server takes from those in a version that it does not know. It refuses the latter, so they
// protect nothing; what they were meant to say is not in force.
func served(objects *object.Set, profiles []controller.Profile) (*object.Set, []posture.Unknown) {
	var taken []*object.Object
	var refused []posture.Unknown
	for _, o := range objects.All() {
		versions, known := versionsOf(o, profiles)
		if !known || slices.Contains(versions, o.Version()) {
			taken = append(taken, o)
			continue
		}
		refused = append(refused, posture.Unknown{
			Rule: "kind", Subject: gatewayapi.SubjectOf(o), By: gatewayapi.RefOf(o, "apiVersion"),
			Why: fmt.Sprintf("there is no %s in %s, only in %s, so the API server refuses it", o.Kind, o.APIVersion, strings.Join(versions, ", ")),
		})
	}
	if len(refused) == 0 {
		return objects, nil
	}
	return object.NewSet(taken), refused
}

func versionsOf(o *object.Object, profiles []controller.Profile) (versions []string, known bool) {
	if o.Group() == gatewayapi.Group {
		if !slices.Contains(coreKinds, o.Kind) {
			return nil, false // unknownKinds tells of it
		}
		return append([]string{"v1"}, coreVersions[o.Kind]...), true
	}
	for _, p := range profiles {
		if versions, ok := p.APIVersions[o.Group()]; ok {
			return versions, true
		}
	}
	return nil, false
}
