package nginx

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// demands are what the AuthenticationFilter that a filter refers to asks of requests: a password, a token, or a session (apis/v1alpha1). One
// that is not in Git asks nothing that anybody knows.
func (r *reader) demands(route *object.Object, ref gatewayv1.LocalObjectReference) []posture.Demand {
	if string(ref.Group) != Group || string(ref.Kind) != kindAuthenticationFilter {
		return nil
	}
	o := r.Objects.Find(Group, kindAuthenticationFilter, route.Namespace, string(ref.Name))
	if o == nil {
		return nil
	}
	return []posture.Demand{{By: gatewayapi.RefOf(o, "spec"), What: "authentication " + gatewayapi.JSON(o.Data["spec"])}}
}
