package gatewayapi_test

import (
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
)

// TestBackendOfTheCoreGroup: a Service by the group "core" is the Service, so that a route to it is a way to it.
func TestBackendOfTheCoreGroup(t *testing.T) {
	for group, want := range map[gatewayv1.Group]string{"": "", "core": "", "example.com": "example.com"} {
		ref := gatewayv1.BackendObjectReference{Group: &group, Name: "relay"}
		if got := gatewayapi.BackendID(ref, "shop"); got != (object.ID{Group: want, Kind: "Service", Namespace: "shop", Name: "relay"}) {
			t.Errorf("%q is %+v", group, got)
		}
	}
}
