package export

import (
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
)

// AdmissionPolicy is a ValidatingAdmissionPolicy with its binding for every form: CEL is checked against one kind at a time. The
// cluster's public gateways are left alone; the zero Cluster has none. API: admissionregistration.k8s.io/v1, Kubernetes 1.30 or newer.
func AdmissionPolicy(c controller.Cluster) ([]byte, error) {
	with, without, err := carried()
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	for _, rule := range with {
		for _, f := range rule.Forms {
			name := rule.name() + "-" + strings.ToLower(f.Kind)
			objects = append(objects, validatingPolicy(name, rule.Rule.ID, f, public(c)), map[string]any{
				"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
				"metadata": map[string]any{"name": name},
				"spec":     map[string]any{"policyName": name, "validationActions": []any{"Deny"}},
			})
		}
	}
	return stream("ValidatingAdmissionPolicies", without, objects)
}

func validatingPolicy(name, rule string, f Form, public []string) map[string]any {
	spec := map[string]any{
		"failurePolicy": "Fail",
		"matchConstraints": map[string]any{"resourceRules": []any{map[string]any{
			"apiGroups": []any{f.Group}, "apiVersions": []any{"*"}, "operations": []any{"CREATE", "UPDATE"}, "resources": []any{f.Resource},
		}}},
		"validations": []any{map[string]any{"expression": f.Allowed, "message": rule + ": " + f.Message, "reason": "Forbidden"}},
	}
	if f.Scope == scopeGateway && len(public) > 0 {
		var quoted []string
		for _, name := range public {
			quoted = append(quoted, strconv.Quote(name))
		}
		spec["matchConditions"] = []any{map[string]any{
			"name":       "not-public",
			"expression": `!(object.metadata.namespace + "/" + object.metadata.name in [` + strings.Join(quoted, ", ") + `])`,
		}}
	}
	return map[string]any{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
		"metadata": map[string]any{"name": name, "annotations": map[string]any{"gatespan.dev/rule": rule}},
		"spec":     spec,
	}
}
