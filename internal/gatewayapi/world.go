package gatewayapi

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// BackendTLSPolicy is a policy that targets a Service, decoded.
type BackendTLSPolicy struct {
	Object  *object.Object
	Spec    gatewayv1.BackendTLSPolicySpec
	Target  int  // index of the targetRef that matched
	Section bool // that targetRef names the port
}

// Load finds the Gateways of the controller's classes and their effective listeners.
func Load(cluster controller.Cluster, profile controller.Profile, objects *object.Set) *World {
	return &World{Cluster: cluster, Profile: profile, Objects: objects}
}

// Entry is what Gateway API itself decides about a listener.
func (w *World) Entry(l *Listener) posture.Entry { return posture.Entry{} }

// Routes are the routes attached to a listener.
func (w *World) Routes(l *Listener) []posture.Route { return nil }

// Frontend is the client validation that spec.tls.frontend gives the listener's port, and the field that decided it.
func (w *World) Frontend(l *Listener) (*gatewayv1.FrontendTLSValidation, posture.Ref) {
	return nil, posture.Ref{}
}

// Anchors resolves references to CA bundles.
func (w *World) Anchors(owner *object.Object, namespace, field string, refs []gatewayv1.ObjectReference, onMissing string) (anchors []posture.Anchor, usable bool) {
	return nil, false
}

// Resolve records a reference and how its target comes to be.
func (w *World) Resolve(owner *object.Object, field string, to object.ID, onMissing string) posture.Reference {
	return posture.Reference{}
}

// BackendTLSPolicies are the policies for one port of a Service.
func (w *World) BackendTLSPolicies(namespace, service, group, kind, portName string) []*BackendTLSPolicy {
	return nil
}

// Unknown records something that was not understood.
func (w *World) Unknown(o *object.Object, rule, field, why string) {
	w.Posture.Unknowns = append(w.Posture.Unknowns, posture.Unknown{Rule: rule, By: RefOf(o, field), Why: why})
}

// Assume records something outside Git that the posture rests on.
func (w *World) Assume(o *object.Object, field, text string) {
	w.Posture.Assumptions = append(w.Posture.Assumptions, posture.Assumption{By: RefOf(o, field), Text: text})
}

// CheckFields decodes strictly and records unknown fields.
func (w *World) CheckFields(o *object.Object, into any) bool {
	_, err := o.Decode(into)
	return err == nil
}

// Grants are all pairs of the cluster's ReferenceGrants.
func Grants(objects *object.Set, references []posture.Reference) []posture.Grant { return nil }
