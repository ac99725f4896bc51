package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
)

// Gatekeeper is a ConstraintTemplate and a Constraint for every rule that has a form. The cluster's public gateways are left alone; the
// zero Cluster has none. Shape: gatekeeper v3.23, website/docs/constrainttemplates.md (Rego v1 stands in code, since 3.19).
func Gatekeeper(c controller.Cluster) ([]byte, error) {
	with, without, err := carried()
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	for _, rule := range with {
		objects = append(objects, template(rule))
	}
	for _, rule := range with {
		var kinds []any
		for _, f := range rule.Forms {
			kinds = append(kinds, map[string]any{"apiGroups": []any{f.Group}, "kinds": []any{f.Kind}})
		}
		spec := map[string]any{"enforcementAction": "deny", "match": map[string]any{"kinds": kinds}}
		if rule.gateways() {
			spec["parameters"] = map[string]any{"publicGateways": list(public(c))}
		}
		objects = append(objects, map[string]any{
			"apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": rule.kind(),
			"metadata": map[string]any{"name": rule.name()}, "spec": spec,
		})
	}
	return stream("Gatekeeper's ConstraintTemplates and Constraints", without, objects)
}

// kind is the Constraint's: GatespanGrantsTargetNotNamed. The template's name is its lower case.
func (c Carried) kind() string {
	var out strings.Builder
	for _, part := range strings.Split(c.name(), "-") {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// gateways: a form of the rule leaves the gateways for browsers alone.
func (c Carried) gateways() bool {
	return slices.ContainsFunc(c.Forms, func(f Form) bool { return f.Scope == scopeGateway })
}

func template(c Carried) map[string]any {
	parameters := map[string]any{"type": "object"}
	if c.gateways() {
		parameters["properties"] = map[string]any{"publicGateways": map[string]any{"type": "array", "items": map[string]any{"type": "string"}}}
	}
	return map[string]any{
		"apiVersion": "templates.gatekeeper.sh/v1", "kind": "ConstraintTemplate",
		"metadata": map[string]any{
			"name":        strings.ToLower(c.kind()),
			"annotations": map[string]any{"gatespan.dev/rule": c.Rule.ID, "description": c.Rule.Title},
		},
		"spec": map[string]any{
			"crd": map[string]any{"spec": map[string]any{
				"names":      map[string]any{"kind": c.kind()},
				"validation": map[string]any{"openAPIV3Schema": parameters},
			}},
			"targets": []any{map[string]any{
				"target": "admission.k8s.gatekeeper.sh",
				"code":   []any{map[string]any{"engine": "Rego", "source": map[string]any{"version": "v1", "rego": rego(c)}}},
			}},
		},
	}
}

// rego is the module of a template: one violation for each form, each true of the form's own kind alone.
func rego(c Carried) string {
	var out strings.Builder
	out.WriteString("package gatespan\n")
	for i, f := range c.Forms {
		fmt.Fprintf(&out, "\nviolation contains {\"msg\": msg} if {\n\tinput.review.kind.group == %q\n\tinput.review.kind.kind == %q\n", f.Group, f.Kind)
		if f.Scope == scopeGateway {
			out.WriteString("\tnot public\n")
		}
		fmt.Fprintf(&out, "\tviolated_%d\n\tmsg := %q\n}\n\nviolated_%d if {\n", i, c.Rule.ID+": "+f.Message, i)
		for line := range strings.Lines(strings.TrimSpace(f.Violated)) {
			out.WriteString("\t" + strings.TrimRight(line, "\n") + "\n")
		}
		out.WriteString("}\n")
	}
	if c.gateways() {
		out.WriteString("\npublic if sprintf(\"%s/%s\", [input.review.object.metadata.namespace, input.review.object.metadata.name]) in input.parameters.publicGateways\n")
	}
	return strings.ReplaceAll(out.String(), "\t", "  ") // YAML writes text with tabs as one quoted line
}

// scopeGateway is the scope of a form about gateways: those for browsers are left alone.
const scopeGateway = "gateway"
