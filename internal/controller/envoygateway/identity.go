package envoygateway

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// identities are the names that clientValidation accepts: alternatives of all types. They are read from 1.5 on
// (release-notes/v1.5.0.yaml). Hashes count where there are no names; beside names they only narrow, which is not claimed.
func (r *reader) identities(o *object.Object, v *clientValidation) posture.Setting[posture.Identities] {
	const field = "spec.tls.clientValidation"
	out := posture.Setting[posture.Identities]{
		Value:    posture.Identities{Everybody: true, Accepted: []posture.Identity{}},
		Enforcer: posture.ByNobody, By: gatewayapi.Nearest(o, field+".subjectAltNames"), Why: "clientValidation has no subjectAltNames",
	}
	if r.olderThan("1.5") {
		out.Why = "Envoy Gateway " + r.Cluster.Controller.Version + " does not read subjectAltNames"
		return out
	}
	var accepted []posture.Identity
	add := func(kind string, in []stringMatch) {
		for _, m := range in {
			accepted = append(accepted, posture.Identity{Type: kind, Match: r.match(o, m.Type), Value: m.Value})
		}
	}
	if s := v.SubjectAltNames; s != nil {
		add("uri", s.URIs)
		add("dns", s.DNSNames)
		add("email", s.EmailAddresses)
		add("ip", s.IPAddresses)
		for _, n := range s.OtherNames {
			accepted = append(accepted, posture.Identity{Type: "other", Match: r.match(o, n.Type), Value: n.OID + "=" + n.Value})
		}
	}
	if len(accepted) == 0 {
		for _, hash := range slices.Concat(v.SPKIHashes, v.CertificateHashes) {
			accepted = append(accepted, posture.Identity{Type: "hash", Match: "exact", Value: hash})
		}
		out.By = gatewayapi.Nearest(o, field+".certificateHashes")
	}
	if len(accepted) == 0 {
		out.By = gatewayapi.Nearest(o, field+".subjectAltNames")
		return out
	}
	slices.SortFunc(accepted, func(a, b posture.Identity) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Match, b.Match), cmp.Compare(a.Value, b.Value))
	})
	out.Value = posture.Identities{Accepted: slices.Compact(accepted)}
	out.Enforcer, out.Why = posture.ByGateway, "clientValidation accepts these names alone"
	return out
}

// match is how a name is compared; exactly by default (irStringMatch in internal/gatewayapi/helpers.go).
func (r *reader) match(o *object.Object, kind string) string {
	switch kind {
	case "", "Exact":
		return "exact"
	case "Prefix":
		return "prefix"
	case "Suffix":
		return "suffix"
	case "RegularExpression":
		return "regex"
	}
	r.Unknown(o, "value", "spec.tls.clientValidation.subjectAltNames", fmt.Sprintf("%q is no type of match", kind))
	return "regex"
}
