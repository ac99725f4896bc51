package istio

import (
	"fmt"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// policyRules turns BackendTLSPolicies into DestinationRules, as Istio does (pilot/pkg/config/kube/gateway/backend_policies.go): mode
// SIMPLE, hostname as SNI, subjectAltNames as they are, the first CA reference, which must be a ConfigMap.
func (r *reader) policyRules() []*rule {
	var out []*rule
	for _, o := range r.Objects.Kind(gatewayapi.Group, "BackendTLSPolicy") {
		var p gatewayv1.BackendTLSPolicy
		if !r.CheckFields(o, &p) {
			continue
		}
		if strings.EqualFold(o.Annotations[annotationIgnorePolicy], "true") {
			for _, target := range p.Spec.TargetRefs { // every target is as if there were no policy
				for _, host := range r.targetHosts(o, target) {
					r.ignored[host] = o
				}
			}
			continue
		}
		tls := &clientTLS{Mode: modeSimple, SNI: string(p.Spec.Validation.Hostname)}
		for _, san := range p.Spec.Validation.SubjectAltNames {
			if san.Type == gatewayv1.URISubjectAltNameType {
				tls.SubjectAltNames = append(tls.SubjectAltNames, string(san.URI))
			} else {
				tls.SubjectAltNames = append(tls.SubjectAltNames, string(san.Hostname))
			}
		}
		ca := r.policyAnchors(o, p.Spec.Validation)
		for i, target := range p.Spec.TargetRefs {
			for _, host := range r.targetHosts(o, target) {
				d := &rule{object: o, host: host, policy: true, anchors: ca, tlsField: object.Item("spec.targetRefs", i)}
				d.spec.TrafficPolicy = &trafficPolicy{TLS: tls}
				if section := string(deref(target.SectionName, "")); section != "" {
					port, found := r.portNumber(o.Namespace, target, section)
					if !found {
						continue // refused when the port does not exist; when nobody knows, it does not count either
					}
					d.spec.TrafficPolicy = &trafficPolicy{PortLevelSettings: []portTrafficPolicy{{Port: &portSelector{port}, TLS: tls}}}
				}
				out = append(out, d)
			}
		}
	}
	return out
}

func (r *reader) policyAnchors(o *object.Object, v gatewayv1.BackendTLSPolicyValidation) caOfPolicy {
	if wk := v.WellKnownCACertificates; wk != nil && *wk != "" {
		const field = "spec.validation.wellKnownCACertificates"
		if *wk != gatewayv1.WellKnownCACertificatesSystem {
			r.Unknown(o, "value", field, fmt.Sprintf("%q is not known", *wk))
		}
		return caOfPolicy{[]posture.Anchor{{Ref: gatewayapi.RefOf(o, field), System: true, Source: gatewayapi.FromSecret}}, field}
	}
	const field = "spec.validation.caCertificateRefs"
	if len(v.CACertificateRefs) == 0 {
		return caOfPolicy{[]posture.Anchor{{Ref: gatewayapi.Nearest(o, field), System: true, Source: gatewayapi.FromSecret}}, field}
	}
	first := v.CACertificateRefs[0]
	if first.Group != "" || first.Kind != "ConfigMap" {
		ref := posture.Ref{APIVersion: "v1", Kind: string(first.Kind), Namespace: o.Namespace, Name: string(first.Name)}
		return caOfPolicy{[]posture.Anchor{{Ref: ref, Source: gatewayapi.FromNowhere}}, field} // never valid: closed
	}
	anchors, _ := r.Anchors(o, o.Namespace, field, []gatewayv1.ObjectReference{{Group: first.Group, Kind: first.Kind, Name: first.Name}}, closed)
	return caOfPolicy{anchors, field}
}

func (r *reader) targetHosts(o *object.Object, target gatewayv1.LocalPolicyTargetReferenceWithSectionName) []string {
	switch {
	case target.Group == "" && target.Kind == "Service":
		return []string{serviceHost(string(target.Name), o.Namespace)}
	case target.Group == networkingGroup && target.Kind == kindServiceEntry:
		for _, s := range r.services {
			if s.object.Namespace == o.Namespace && s.object.Name == string(target.Name) {
				return s.spec.Hosts
			}
		}
	}
	return nil
}

func (r *reader) portNumber(namespace string, target gatewayv1.LocalPolicyTargetReferenceWithSectionName, section string) (int, bool) {
	if target.Kind == kindServiceEntry {
		for _, s := range r.services {
			if s.object.Namespace != namespace || s.object.Name != string(target.Name) {
				continue
			}
			for _, p := range s.spec.Ports {
				if p.Name == section {
					return p.Number, true
				}
			}
		}
		return 0, false
	}
	return r.PortNumber(namespace, string(target.Name), section)
}

func number(value any) int {
	switch n := value.(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}
