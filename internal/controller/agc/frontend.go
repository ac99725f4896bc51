package agc

import (
	"cmp"
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// The predefined TLS policies, and the lowest version of each. 2023-06 is the default (docs tls-policy.md).
// 2023-06-S leaves out suites that 2023-06 has (the variant -S in docs tls-policy.md).
const (
	predefined    = "predefined"
	defaultPolicy = "2023-06"
	strictPolicy  = "2023-06-S"
	lowest        = "1.2"
)

// clients is what a listener asks of its clients. What spec.tls.frontend of the Gateway says is left out: only FrontendTLSPolicy is
// documented (docs how-to-frontend-mtls-gateway-api.md), and listener options are not at all.
func (r *reader) clients(l *gatewayapi.Listener, e *posture.Entry) {
	winners, detached := r.attached(l)
	if len(winners) == 0 {
		if detached.why == "" {
			detached = r.absent(l)
		}
		e.MinTLS = by(lowest, detached.at, "policy "+defaultPolicy+" holds by default: "+detached.why)
		e.MaxTLS = by("1.3", detached.at, "no highest version is documented")
		e.Ciphers = by(ciphers(defaultPolicy), detached.at, "policy "+defaultPolicy+" holds by default")
		e.ClientAuth = unheld(posture.ClientNone, detached.at, detached.why)
		e.ClientCA = unheld([]posture.Anchor{}, detached.at, detached.why)
		return
	}
	tie := ""
	if len(winners) > 1 {
		tie = fmt.Sprintf("; %d policies are for the listener, one of them counts, and Git does not tell which", len(winners))
	}
	for i, p := range winners {
		minTLS := r.version(p)
		auth, ca := r.verified(p)
		auth.Why += tie
		accepts := ciphers(policyName(p))
		if i == 0 {
			e.MinTLS, e.ClientAuth, e.ClientCA = minTLS, auth, ca
			e.Ciphers = by(accepts, minTLS.By, "TLS policy "+policyName(p))
			continue
		}
		if len(accepts) > len(e.Ciphers.Value) {
			e.Ciphers = by(accepts, minTLS.By, "TLS policy "+policyName(p)+tie)
		}
		if auth.Value != posture.ClientRequired {
			e.ClientAuth = auth
		}
		e.ClientCA.Value = append(e.ClientCA.Value, ca.Value...)
	}
	e.MaxTLS = by("1.3", e.MinTLS.By, "no highest version is documented")
	e.Identities.By = e.ClientAuth.By
	e.Identities.Why = "nothing tells one client certificate from another; what verify.subjectAltNames compares is not documented"
}

// attached are the policies for a listener. How they rank is not documented, beside that one may be refused as Conflicted (API
// policyconditions.go): any of them may be the one that counts. A name of a section is one of the Gateway's own listeners.
func (r *reader) attached(l *gatewayapi.Listener) (winners []policy[frontendTLS], detached miss) {
	var sections []string
	for _, own := range l.Gateway.Spec.Listeners {
		sections = append(sections, string(own.Name))
	}
	section := string(l.Spec.Name)
	if l.Owner != l.Gateway.Object {
		section = "" // a listener of a ListenerSet
	}
	for _, p := range r.frontend {
		m := r.reach(p.object, p.spec.TargetRef, p.spec.Override, l.Gateway.Object, section, sections)
		switch {
		case m.reaches && section == "":
			detached = miss{
				at:  gatewayapi.Nearest(p.object, "spec.targetRef"),
				why: fmt.Sprintf("%s is for a Gateway, and whether that includes ListenerSets is not documented", p.object),
			}
		case m.reaches && r.invalid(p):
			detached = miss{at: gatewayapi.RefOf(p.object, "spec.default.policyType"), why: fmt.Sprintf("%s is invalid, so that it does not attach", p.object)}
		case m.reaches:
			winners = append(winners, p)
		case m.why != "" && detached.why == "":
			detached = m
		}
	}
	return winners, detached
}

// absent is why nobody asks for certificates where no policy seems meant to.
func (r *reader) absent(l *gatewayapi.Listener) miss {
	g := l.Gateway
	if g.Spec.TLS != nil && g.Spec.TLS.Frontend != nil {
		return miss{
			at:  gatewayapi.RefOf(g.Object, "spec.tls.frontend"),
			why: "nothing says that the controller reads spec.tls.frontend; it takes a FrontendTLSPolicy of " + Group,
		}
	}
	return miss{at: gatewayapi.Nearest(l.Owner, l.Field+".tls"), why: "no FrontendTLSPolicy is for the listener"}
}

// invalid reports a policy type that the controller refuses (API frontendtlspolicy.go, InvalidPolicyType and InvalidPolicyName in docs
// api-specification-kubernetes.md).
func (r *reader) invalid(p policy[frontendTLS]) bool {
	if p.spec.Default == nil || p.spec.Default.PolicyType == nil {
		return false
	}
	t := p.spec.Default.PolicyType
	if t.Type == predefined && (t.Name == defaultPolicy || t.Name == strictPolicy) {
		return false
	}
	r.Unknown(p.object, "value", "spec.default.policyType", fmt.Sprintf("%s %q is no TLS policy that is known", t.Type, t.Name))
	return true
}

// policyName is the TLS policy of a FrontendTLSPolicy.
func policyName(p policy[frontendTLS]) string {
	if d := p.spec.Default; d != nil && d.PolicyType != nil {
		return d.PolicyType.Name
	}
	return defaultPolicy
}

// ciphers are the suites of a TLS policy, as far as policies differ.
func ciphers(policy string) []string {
	if policy == strictPolicy {
		return []string{"those of " + strictPolicy}
	}
	return []string{"those of " + strictPolicy, "more of " + defaultPolicy}
}

// version is the lowest TLS version of a policy.
func (r *reader) version(p policy[frontendTLS]) posture.Setting[string] {
	at := gatewayapi.Nearest(p.object, "spec.default.policyType")
	if d := p.spec.Default; d != nil && d.PolicyType != nil {
		at = gatewayapi.RefOf(p.object, "spec.default.policyType.name")
	}
	return by(lowest, at, "TLS policy "+policyName(p)+" accepts TLS "+lowest)
}

// verified is a policy's client verification: a Secret with ca.crt (docs how-to-frontend-mtls-gateway-api.md).
func (r *reader) verified(p policy[frontendTLS]) (posture.Setting[string], posture.Setting[[]posture.Anchor]) {
	const field = "spec.default.verify.caCertificateRef"
	at := gatewayapi.Nearest(p.object, field)
	none := func(why string) (posture.Setting[string], posture.Setting[[]posture.Anchor]) {
		return unheld(posture.ClientNone, at, why), unheld([]posture.Anchor{}, at, why)
	}
	switch d := p.spec.Default; {
	case d == nil || d.Verify == nil:
		return none("the policy says nothing of client certificates")
	case d.Verify.CACertificateRef == nil:
		return none("verify names no CA")
	}
	anchors, why := r.bundle(p.object, field, *p.spec.Default.Verify.CACertificateRef)
	if why != "" {
		return none(why)
	}
	return by(posture.ClientRequired, gatewayapi.RefOf(p.object, "spec.default.verify"), "the FrontendTLSPolicy verifies client certificates"),
		by(anchors, at, "the FrontendTLSPolicy names it")
}

// bundle is the roots of a reference; why says that none can be counted on.
func (r *reader) bundle(o *object.Object, field string, ref gatewayv1.SecretObjectReference) (anchors []posture.Anchor, why string) {
	kind := string(deref(ref.Kind, "Secret"))
	if deref(ref.Group, "") != "" || kind != "Secret" {
		r.Unknown(o, "value", field, fmt.Sprintf("what the controller makes of a CA of kind %s is not documented; it wants a Secret", kind))
		return nil, "the CA is no Secret"
	}
	ns := gatewayv1.Namespace(cmp.Or(string(deref(ref.Namespace, "")), o.Namespace))
	anchors, usable := r.Anchors(o, string(ns), field, []gatewayv1.ObjectReference{{Kind: "Secret", Namespace: &ns, Name: ref.Name}}, unsaid)
	if !usable {
		return nil, fmt.Sprintf("Secret %s/%s is not there with a CA, or may not be referred to", ns, ref.Name)
	}
	return anchors, ""
}

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
