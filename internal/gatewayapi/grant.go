package gatewayapi

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Grants are all pairs of `from` and `to` of the cluster's ReferenceGrants, of every served version, with the references that
// go through them. One that the API server would refuse grants nothing.
func Grants(objects *object.Set, references []posture.Reference) []posture.Grant {
	var out []posture.Grant
	for _, o := range objects.Kind(Group, "ReferenceGrant") {
		var decoded gatewayv1.ReferenceGrant
		if _, err := o.Decode(&decoded); err != nil {
			continue
		}
		for j, to := range decoded.Spec.To {
			for i, from := range decoded.Spec.From {
				g := posture.Grant{
					Subject:   SubjectOf(o),
					By:        RefOf(o, object.Item("spec.to", j)),
					FromBy:    RefOf(o, object.Item("spec.from", i)),
					FromGroup: string(from.Group), FromKind: string(from.Kind), FromNamespace: string(from.Namespace),
					ToGroup: string(to.Group), ToKind: string(to.Kind), ToName: string(deref(to.Name, "")),
					UsedBy: []string{},
				}
				for _, r := range references {
					if grants(g, r) {
						g.UsedBy = append(g.UsedBy, r.From.Kind+" "+r.From.Namespace+"/"+r.From.Name)
					}
				}
				slices.Sort(g.UsedBy)
				g.UsedBy = slices.Compact(g.UsedBy)
				out = append(out, g)
			}
		}
	}
	return out
}

// grants reports whether one pair lets a reference cross namespaces: the grant is in the target's namespace, and a `to` without a
// name means every object of the kind (apis/v1/referencegrant_types.go).
func grants(g posture.Grant, r posture.Reference) bool {
	return r.CrossNS && g.Subject.Namespace == r.To.Namespace &&
		g.FromGroup == GroupOf(r.From.APIVersion) && g.FromKind == r.From.Kind && g.FromNamespace == r.From.Namespace &&
		g.ToGroup == GroupOf(r.To.APIVersion) && g.ToKind == r.To.Kind && (g.ToName == "" || g.ToName == r.To.Name)
}

func (w *World) granted(r posture.Reference) bool {
	if w.grants == nil {
		w.grants = append([]posture.Grant{}, Grants(w.Objects, nil)...)
	}
	return slices.ContainsFunc(w.grants, func(g posture.Grant) bool { return grants(g, r) })
}
