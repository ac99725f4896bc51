package awslb

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// maxWeight is the highest weight of a backend (pkg/gateway/routeutils/backend.go).
const maxWeight = 999

// writeExposure writes the way from a listener to the pods: the route beside the Gateway, what it asks of tokens, and with the Service
// the grant that names it, the protocol of its target groups and the pods' NetworkPolicy.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	for _, w := range e.Service.Weights {
		if w.Weight > maxWeight {
			return nil, fmt.Errorf("exposure %s: the weight of Service %s is %d, and the load balancer takes %d at most", e.Name, w.Name, w.Weight, maxWeight)
		}
	}
	objects := []any{writeRoute(e)}
	if e.JWT != nil {
		objects = append(objects, gatewayapi.Make(version, kindRule, gatewayapi.Meta{Name: e.Name, Namespace: e.GatewayNamespace}, validation(*e.JWT)))
	}
	if e.GatewayNamespace != e.Service.Namespace {
		objects = append(objects, gatewayapi.WriteGrant(cluster, e))
	}
	for _, service := range gatewayapi.Services(e) {
		name := e.Name
		if service != e.Service.Name {
			name += "-" + service
		}
		objects = append(objects, gatewayapi.Make(version, kindTargetGroup, gatewayapi.Meta{Name: name, Namespace: e.Service.Namespace}, targets(service)))
	}
	if e.NetworkPolicy {
		if len(e.GatewayCIDRs) == 0 {
			return nil, fmt.Errorf("exposure %s: the addresses of the load balancer are not known", e.Name)
		}
		objects = append(objects, kubernetes.BackendNetworkPolicyFrom(e, e.GatewayCIDRs))
	}
	return objects, nil
}

// targets configures the target groups of a Service: HTTPS to the pods themselves, and for TLSRoutes the bytes as they are. By default a
// TLSRoute would have a target group of TLS, which no TCP listener takes (model_build_target_group.go inferTargetGroupProtocolFromRoute).
// It says the same in every exposure of the Service, because one configuration counts for all of them.
func targets(service string) targetGroup {
	return targetGroup{
		TargetReference: &targetReference{Kind: pointer("Service"), Name: service},
		Default:         targetGroupProps{TargetType: "ip", Protocol: pointer("HTTPS")},
		Routes:          []routeProps{{Route: routeIdentifier{Kind: "TLSRoute"}, Props: targetGroupProps{TargetType: "ip", Protocol: pointer("TCP")}}},
	}
}

// validation asks for a token. The format is that of aud as one string.
func validation(jwt controller.JWT) listenerRule {
	return listenerRule{Actions: []action{{Type: "jwt-validation", JWTValidation: &jwtValidation{
		Issuer: jwt.Issuer, JWKSEndpoint: jwt.JWKSURI,
		AdditionalClaims: []jwtClaim{{Format: "single-string", Name: "aud", Values: jwt.Audiences}},
	}}}}
}

// writeRoute is gatewayapi's route, with a filter that asks for a token in every rule.
func writeRoute(e controller.Exposure) any {
	route := gatewayapi.WriteRoute(e)
	if e.JWT == nil {
		return route
	}
	ref := &gatewayv1.LocalObjectReference{Group: Group, Kind: kindRule, Name: gatewayv1.ObjectName(e.Name)}
	switch r := route.(type) {
	case gatewayapi.Resource[gatewayv1.HTTPRouteSpec]:
		for i := range r.Spec.Rules {
			r.Spec.Rules[i].Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterExtensionRef, ExtensionRef: ref}}
		}
		return r
	case gatewayapi.Resource[gatewayv1.GRPCRouteSpec]:
		for i := range r.Spec.Rules {
			r.Spec.Rules[i].Filters = []gatewayv1.GRPCRouteFilter{{Type: gatewayv1.GRPCRouteFilterExtensionRef, ExtensionRef: ref}}
		}
		return r
	}
	return route
}
