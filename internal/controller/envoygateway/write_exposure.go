package envoygateway

import (
	"reflect"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeExposure writes the way from a listener to the pods: the route beside the Gateway, and with the Service the grant that
// names it, the TLS of the hop and the pods' NetworkPolicy.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	proxies := kubernetes.GatewayPods{
		Namespace: dataPlaneNamespace(cluster, e.GatewayNamespace), Labels: proxyLabels(e.GatewayNamespace, e.GatewayName),
	}
	return append(kubernetes.WriteExposure(cluster, e, proxies, false), retries(e)...), nil
}

// retries are policies of the route: one where all rules try again alike, otherwise one for each rule that does.
func retries(e controller.Exposure) []any {
	if gatewayapi.RouteKind(e.Mode, e.Protocol) != "HTTPRoute" {
		return nil
	}
	var out []any
	write := func(name string, section *gatewayv1.SectionName, r *controller.Retries) {
		out = append(out, gatewayapi.Make(version, kindBackendTrafficPolicy, gatewayapi.Meta{Name: name, Namespace: e.GatewayNamespace}, backendTrafficPolicySpec{
			policyTargets: policyTargets{TargetRefs: []gatewayv1.LocalPolicyTargetReferenceWithSectionName{{
				LocalPolicyTargetReference: gatewayv1.LocalPolicyTargetReference{Group: gatewayapi.Group, Kind: "HTTPRoute", Name: gatewayv1.ObjectName(e.Name)},
				SectionName:                section,
			}}},
			Retry: retry(r),
		}))
	}
	if len(e.HTTP) > 0 && !slices.ContainsFunc(e.HTTP, func(r controller.HTTPRule) bool { return !reflect.DeepEqual(r.Retries, e.HTTP[0].Retries) }) {
		if r := e.HTTP[0].Retries; r != nil {
			write(e.Name, nil, r)
		}
		return out
	}
	for i, r := range e.HTTP {
		if r.Retries != nil {
			section := gatewayapi.RuleName(i)
			write(e.Name+"-"+string(section), &section, r.Retries)
		}
	}
	return out
}

// retry is spec.retry. With status codes, what is tried again without any must be said as well (api/v1alpha1/retry_types.go).
func retry(r *controller.Retries) any {
	out := map[string]any{"numRetries": r.Attempts}
	if len(r.Codes) > 0 {
		out["retryOn"] = map[string]any{
			"triggers": []string{"connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes"}, "httpStatusCodes": r.Codes,
		}
	}
	if r.Backoff != "" {
		out["perRetry"] = map[string]any{"backOff": map[string]any{"baseInterval": r.Backoff}}
	}
	return out
}

// proxyLabels select the proxies of one Gateway. Source: internal/gatewayapi/translator.go OwningGateway…Label.
func proxyLabels(namespace, name string) map[string]string {
	return map[string]string{
		"gateway.envoyproxy.io/owning-gateway-name":      name,
		"gateway.envoyproxy.io/owning-gateway-namespace": namespace,
	}
}

// dataPlaneNamespace is where the proxies of a Gateway run: the controller's namespace, or in gateway namespace mode the Gateway's.
func dataPlaneNamespace(c controller.Cluster, gatewayNamespace string) string {
	if c.Controller.DataPlaneNamespace != "" {
		return c.Controller.DataPlaneNamespace
	}
	return gatewayNamespace
}
