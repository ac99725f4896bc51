package envoygateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
)

// Rules that try again alike share a policy of the route; where they differ, each has its own, by the name of the rule.
func TestRetriesArePoliciesOfTheRoute(t *testing.T) {
	twice := &controller.Retries{Attempts: 2, Codes: []int{503}, Backoff: "50ms"}
	rule := func(path string, r *controller.Retries) controller.HTTPRule {
		return controller.HTTPRule{Matches: []controller.HTTPMatch{{PathType: "PathPrefix", Path: path}}, Retries: r}
	}
	for name, c := range map[string]struct {
		rules []controller.HTTPRule
		want  []string
	}{
		"none":      {[]controller.HTTPRule{rule("/a", nil)}, nil},
		"one":       {[]controller.HTTPRule{rule("/a", twice)}, []string{"relay HTTPRoute relay "}},
		"alike":     {[]controller.HTTPRule{rule("/a", twice), rule("/b", &controller.Retries{Attempts: 2, Codes: []int{503}, Backoff: "50ms"})}, []string{"relay HTTPRoute relay "}},
		"different": {[]controller.HTTPRule{rule("/a", nil), rule("/b", twice)}, []string{"relay-rule-1 HTTPRoute relay rule-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := testExposure(testCluster("1.9.1"))
			e.HTTP = c.rules
			objects, err := New().WriteExposure(testCluster("1.9.1"), e)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range objects {
				if p, ok := o.(gatewayapi.Resource[backendTrafficPolicySpec]); ok {
					ref := p.Spec.TargetRefs[0]
					got = append(got, p.Metadata.Name+" "+string(ref.Kind)+" "+string(ref.Name)+" "+string(deref(ref.SectionName, "")))
					want := map[string]any{
						"numRetries": 2, "perRetry": map[string]any{"backOff": map[string]any{"baseInterval": "50ms"}},
						"retryOn": map[string]any{
							"triggers": []string{"connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes"}, "httpStatusCodes": []int{503},
						},
					}
					if diff := cmp.Diff(want, p.Spec.Retry); diff != "" {
						t.Error(diff)
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
