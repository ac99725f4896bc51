package vpclattice

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

type groupKind struct{ group, kind string }

// What each policy can be for (pkg/k8s/policyhelper/policy.go New…Handler).
var (
	targetKinds      = []groupKind{{"", "Service"}, {Group, kindServiceExport}}
	associationKinds = []groupKind{{gatewayapi.Group, "Gateway"}}
	authKinds        = []groupKind{{gatewayapi.Group, "Gateway"}, {gatewayapi.Group, "HTTPRoute"}, {gatewayapi.Group, "GRPCRoute"}}
)

// isTarget reports whether a policy is for an object of its own namespace.
func isTarget(o *object.Object, t *targetRef, group, kind, namespace, name string) bool {
	return t != nil && o.Namespace == namespace && t.Group == group && t.Kind == kind && t.Name == name
}

// aimless reports a policy that cannot be for anything: the controller does not accept it, and says so in its status alone. A Service may
// be in another repository, so one that is not here is no reason; a Gateway or route that protects something is.
func (r *reader) aimless(o *object.Object, t *targetRef, kinds []groupKind) bool {
	if t == nil {
		r.Unknown(o, "value", "spec.targetRef", "the policy is for nothing, so it is not in force")
		return true
	}
	if !supported(kinds, t) {
		r.Unknown(o, "value", "spec.targetRef.kind", fmt.Sprintf("the controller takes no %s for a %s, so it is not in force", strings.TrimSpace(t.Kind+" "+t.Group), o.Kind))
		return true
	}
	if t.Group == gatewayapi.Group && r.Objects.Find(t.Group, t.Kind, o.Namespace, t.Name) == nil {
		r.Unknown(o, "value", "spec.targetRef.name", fmt.Sprintf("there is no %s %s/%s, so the policy is not in force", t.Kind, o.Namespace, t.Name))
		return true
	}
	return false
}

func supported(kinds []groupKind, t *targetRef) bool {
	for _, k := range kinds {
		if k.group == t.Group && k.kind == t.Kind {
			return true
		}
	}
	return false
}

// authPolicy reads an IAM policy. It adds to what a listener asks, and no entry counts on it (a change of it is compared with the base): it knows
// callers by their signature, over HTTP alone; behind a TLS listener all callers are anonymous (docs.aws.amazon.com/vpc-lattice/latest/ug/tls-listeners.html).
func (r *reader) authPolicy(p policy[iamAuthPolicySpec]) {
	if r.aimless(p.object, p.target, authKinds) {
		return
	}
	// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html: a single statement may stand without its list.
	var policy struct{ Statement any }
	if err := json.Unmarshal([]byte(p.spec.Policy), &policy); err != nil {
		r.Unknown(p.object, "value", "spec.policy", "the policy is not JSON, so Lattice refuses it and what is in force is not known")
		return
	}
	statements, ok := policy.Statement.([]any)
	if !ok {
		statements = []any{policy.Statement}
	}
	over := r.Objects.Find(p.target.Group, p.target.Kind, p.object.Namespace, p.target.Name) // it is there: the policy is not aimless
	asked := posture.Authorization{By: gatewayapi.RefOf(p.object, "spec.policy"), Over: gatewayapi.RefOf(over, "")}
	for _, statement := range statements {
		text, err := json.Marshal(statement) // keys are sorted
		if err != nil {
			continue // it was JSON
		}
		does := effect(statement)
		if does != "Deny" {
			asked.Allow = append(asked.Allow, string(text))
		}
		if does != "Allow" {
			asked.Deny = append(asked.Deny, string(text))
		}
	}
	r.Posture.Authorizations = append(r.Posture.Authorizations, asked)
}

// effect is what a statement does; "" where that is not understood, so that it may do both.
func effect(statement any) string {
	fields, _ := statement.(map[string]any)
	said := ""
	for name, value := range fields {
		if strings.EqualFold(name, "Effect") {
			if said != "" || name != "Effect" {
				return ""
			}
			said, _ = value.(string)
		}
	}
	if said != "Allow" && said != "Deny" {
		return ""
	}
	return said
}
