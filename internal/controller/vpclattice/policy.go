package vpclattice

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
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

// authPolicy looks at an IAM policy. It adds to what a listener asks, and is never counted on: it knows callers by their signature, over
// HTTP alone; behind a TLS listener all callers are anonymous (docs.aws.amazon.com/vpc-lattice/latest/ug/tls-listeners.html).
func (r *reader) authPolicy(p policy[iamAuthPolicySpec]) {
	if r.aimless(p.object, p.target, authKinds) {
		return
	}
	if !json.Valid([]byte(p.spec.Policy)) {
		r.Unknown(p.object, "value", "spec.policy", "the policy is not JSON, so Lattice refuses it and what is in force is not known")
	}
}
