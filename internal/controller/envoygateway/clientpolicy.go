package envoygateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// protect fills in what a listener asks of its clients: what spec.tls.frontend says, and over it what the ClientTrafficPolicy
// that counts says. With several that could count, the weakest of all values is taken.
func (r *reader) protect(l *gatewayapi.Listener, e *posture.Entry) {
	e.Forwarding = byGatewayItself("sanitize", l.Ref(""), "x-forwarded-client-cert is removed by default")
	if e.TLS.Value != posture.TLSTerminate {
		r.withoutTermination(l, e)
		return
	}
	policies, replaced := attached(r, r.clientPolicies, l)
	r.defaults(l, e)
	r.frontend(l, e)
	defer r.restsOnVersion(l, e)
	if len(policies) == 0 {
		if at, why := r.inert(l); why != "" {
			unprotected(e, at, why)
		}
		return
	}
	states := make([]posture.Entry, len(policies))
	for i, p := range policies {
		states[i] = *e
		r.apply(l, p, &states[i])
		if len(replaced) > 0 {
			names := fmt.Sprintf("%s replaces %s as a whole", p, replaced[0])
			unprotectedBy(&states[i], p.object, names)
		}
	}
	result := states[0]
	for i := range states[1:] {
		result = weakest(result, states[i+1], fmt.Sprintf("%s and %s have the same target: the older one counts, and Git does not tell which", policies[0], policies[i+1]))
	}
	*e = result
}

// restsOnVersion: an entry that only spec.tls.frontend protects is unprotected before 1.8.
func (r *reader) restsOnVersion(l *gatewayapi.Listener, e *posture.Entry) {
	if r.Cluster.Controller.Version == "" && e.ClientAuth.Value == posture.ClientRequired && e.ClientAuth.By.Kind == "Gateway" {
		r.Unknown(l.Gateway.Object, "version", e.ClientAuth.By.Field, "Envoy Gateway reads the field from 1.8 on, and the cluster's version is not known")
	}
}

// withoutTermination is a listener that the policies cannot protect: plaintext, or TLS that the pods terminate.
func (r *reader) withoutTermination(l *gatewayapi.Listener, e *posture.Entry) {
	why := "the listener has no TLS"
	if e.TLS.Value == posture.TLSPassthrough {
		why = "the gateway passes TLS through without looking into it"
		e.Forwarding = posture.Setting[string]{Value: "sanitize", Enforcer: posture.ByNobody, By: e.TLS.By, Why: "the gateway sees no header"}
	}
	e.ClientAuth = posture.Setting[string]{Value: posture.ClientNone, Enforcer: posture.ByNobody, By: e.TLS.By, Why: why}
	e.MinTLS.By, e.MinTLS.Why = e.TLS.By, why
	e.MaxTLS.By, e.MaxTLS.Why = e.TLS.By, why
	if winners, _ := attached(r, r.clientPolicies, l); len(winners) > 0 && e.TLS.Value == posture.TLSNone {
		for _, p := range winners {
			e.Forwarding = weaker(e.Forwarding, forwarding(p), posture.CompareForwarding, "")
		}
	}
}

// defaults are the values without any policy: then no TLS parameters reach Envoy, and its own are 1.2 to 1.3
// (Envoy, extensions/transport_sockets/tls/v3/common.proto).
func (r *reader) defaults(l *gatewayapi.Listener, e *posture.Entry) {
	at := gatewayapi.Nearest(l.Owner, l.Field+".tls")
	const none = "no ClientTrafficPolicy counts for the listener"
	e.MinTLS = byGatewayItself("1.2", at, none+", and the default is 1.2")
	e.MaxTLS = byGatewayItself("1.3", at, none+", and the default is 1.3")
	e.HTTP3 = byGatewayItself(false, at, none)
	e.Resumption = byGatewayItself(false, at, "session resumption is off by default")
	e.Expired = byGatewayItself(false, at, "expired certificates are refused by default")
	e.Revocation = posture.Setting[string]{Value: "none", Enforcer: posture.ByNobody, By: at, Why: none}
	e.ClientAuth = posture.Setting[string]{Value: posture.ClientNone, Enforcer: posture.ByNobody, By: at, Why: none}
	e.ClientCA = posture.Setting[[]posture.Anchor]{Value: []posture.Anchor{}, Enforcer: posture.ByNobody, By: at, Why: none}
	e.Identities = posture.Setting[posture.Identities]{
		Value: posture.Identities{Everybody: true, Accepted: []posture.Identity{}}, Enforcer: posture.ByNobody, By: at, Why: none,
	}
}

// frontend applies Gateway spec.tls.frontend: HTTPS listeners only, from 1.8 on, resolved at the Gateway also for the listeners of
// ListenerSets. Sources: internal/gatewayapi/listener.go, release-notes/v1.8.0.yaml.
func (r *reader) frontend(l *gatewayapi.Listener, e *posture.Entry) {
	validation, at := r.Frontend(l)
	g := l.Gateway.Object
	if validation == nil {
		if g.Get("spec.tls.frontend") != nil {
			e.ClientAuth.By = at
			e.ClientAuth.Why = "spec.tls.frontend gives the listener no validation"
			if e.Protocol != string(gatewayv1.HTTPSProtocolType) {
				e.ClientAuth.Why = "spec.tls.frontend is for HTTPS listeners only"
			}
		}
		return
	}
	if r.olderThan("1.8") {
		e.ClientAuth.By = at
		e.ClientAuth.Why = "Envoy Gateway " + r.Cluster.Controller.Version + " ignores spec.tls.frontend"
		return
	}
	field := at.Field + ".caCertificateRefs"
	anchors, _ := r.Anchors(g, g.Namespace, field, validation.CACertificateRefs, closed)
	r.refused(e, g, field, anchors)
	e.ClientCA = byGatewayItself(anchors, gatewayapi.Nearest(g, field), "spec.tls.frontend names the CA")
	mode := gatewayapi.Nearest(g, at.Field+".mode")
	switch validation.Mode {
	case "", gatewayv1.AllowValidOnly:
		e.ClientAuth = byGatewayItself(posture.ClientRequired, mode, "spec.tls.frontend requires a certificate of its CA")
		e.Identities.By, e.Identities.Why = at, "spec.tls.frontend cannot tell one client from another"
	case gatewayv1.AllowInsecureFallback:
		e.ClientAuth = posture.Setting[string]{Value: posture.ClientNone, Enforcer: posture.ByNobody, By: mode, Why: "mode is AllowInsecureFallback"}
	default:
		e.ClientAuth = posture.Setting[string]{Value: posture.ClientNone, Enforcer: posture.ByNobody, By: mode, Why: fmt.Sprintf("mode is %s", validation.Mode)}
		r.Unknown(g, "value", mode.Field, fmt.Sprintf("%q is neither AllowValidOnly nor AllowInsecureFallback", validation.Mode))
	}
}

// refused marks the listener as not served when spec.tls.frontend names a CA that is missing: with one bad reference of several Envoy
// Gateway uses none of them. References of kinds that it does not know are passed over as long as one of the others is there
// (getCaCertsFromCARefs in internal/gatewayapi/backendtlspolicy.go). What a bundle holds is not looked at: whatever it is, the listener is
// served.
func (r *reader) refused(e *posture.Entry, o *object.Object, field string, anchors []posture.Anchor) {
	supported := false
	for i, a := range anchors {
		supported = supported || slices.Contains(bundleKinds, a.Ref.Kind)
		if a.Source == gatewayapi.FromNowhere {
			e.Served = byGatewayItself(false, gatewayapi.Nearest(o, object.Item(field, i)),
				fmt.Sprintf("%s %s/%s is missing or may not be referred to, so nothing is served", a.Ref.Kind, a.Ref.Namespace, a.Ref.Name))
			return
		}
	}
	if !supported {
		e.Served = byGatewayItself(false, gatewayapi.Nearest(o, field), "no reference is of a kind that holds CAs, so nothing is served")
	}
}

// bundleKinds are the kinds that Envoy Gateway takes CAs from.
var bundleKinds = []string{"ConfigMap", "Secret", "ClusterTrustBundle"}

// apply applies one ClientTrafficPolicy to a listener that terminates TLS.
func (r *reader) apply(l *gatewayapi.Listener, p policy[clientTrafficPolicySpec], e *posture.Entry) {
	o, tls := p.object, p.spec.TLS
	if tls == nil {
		tls = &clientTLS{}
	}
	at := func(field string) posture.Ref { return gatewayapi.Nearest(o, field) }
	e.MinTLS = r.bound(o, "spec.tls.minVersion", tls.MinVersion, "1.2", "1.0")
	e.MaxTLS = r.bound(o, "spec.tls.maxVersion", tls.MaxVersion, "1.3", "1.0")
	if e.MaxTLS.Value < e.MinTLS.Value {
		e.MinTLS = byGatewayItself(e.MaxTLS.Value, e.MaxTLS.By, "maxVersion is below minVersion")
	}
	e.Forwarding = forwarding(p)
	resumption := tls.Session != nil && tls.Session.Resumption != nil && (tls.Session.Resumption.Stateless != nil || tls.Session.Resumption.Stateful != nil)
	e.Resumption = byGatewayItself(resumption, at("spec.tls.session.resumption"), "session resumption is off by default")
	if resumption {
		e.Resumption.Why = "resumed sessions do not verify the client's certificate again"
	}
	if v := tls.ClientValidation; v != nil {
		r.validate(p, v, e)
	} else if e.ClientAuth.Value != posture.ClientRequired {
		if e.ClientAuth.By.Kind != "Gateway" || !strings.HasPrefix(e.ClientAuth.By.Field, "spec.tls") {
			e.ClientAuth.By, e.ClientAuth.Why = at("spec.tls.clientValidation"), fmt.Sprintf("%s has no clientValidation", o)
		}
		e.ClientCA.By, e.ClientCA.Why = e.ClientAuth.By, e.ClientAuth.Why
		e.Identities.By, e.Identities.Why = e.ClientAuth.By, e.ClientAuth.Why
	}
	// HTTP/3 is switched off only when the same policy has clientValidation (shouldDisableHTTP3ForClientValidation in
	// internal/gatewayapi/clienttrafficpolicy.go); Envoy cannot verify clients over QUIC, whatever the frontend says.
	http3 := p.spec.HTTP3 != nil && tls.ClientValidation == nil && l.Spec.Protocol == gatewayv1.HTTPSProtocolType
	e.HTTP3 = byGatewayItself(http3, at("spec.http3"), "http3 is not set, or switched off beside clientValidation")
	if http3 {
		e.HTTP3.Why = "http3 is on"
		e.ClientAuth = posture.Setting[string]{
			Value: posture.ClientNone, Enforcer: posture.ByNobody, By: at("spec.http3"), Why: "http3 is on without clientValidation in the same policy, and clients are not verified over QUIC",
		}
	}
}

// bound is a lowest or highest TLS version. Auto leaves it to Envoy, whose own bounds are the defaults.
func (r *reader) bound(o *object.Object, field, value, absent, unknown string) posture.Setting[string] {
	name := field[strings.LastIndexByte(field, '.')+1:]
	at := gatewayapi.Nearest(o, field)
	switch value {
	case "":
		return byGatewayItself(absent, at, fmt.Sprintf("%s is not set, and the default is %s", name, absent))
	case "Auto":
		return byGatewayItself(absent, at, fmt.Sprintf("%s is Auto, which is Envoy's own default %s", name, absent))
	case "1.0", "1.1", "1.2", "1.3":
		return byGatewayItself(value, at, fmt.Sprintf("%s is %s", name, value))
	default:
		r.Unknown(o, "value", field, fmt.Sprintf("%q is no TLS version of Envoy Gateway", value))
		return byGatewayItself(unknown, at, fmt.Sprintf("%s is %q", name, value))
	}
}

// validate applies clientValidation: it overwrites whatever spec.tls.frontend says, also when it is weaker. What the frontend closed, because
// its CA is missing, is judged all the same: whoever adds that ConfigMap opens the listener, with this policy.
//
// A policy with a CA that is missing is refused, and leaves a listener whose routes all answer 500 (translateClientTrafficPolicyForListener
// in internal/gatewayapi/clienttrafficpolicy.go). It counts as served, and as what the policy asks for: the CA may be there without Git's
// knowledge, and then all of it holds.
func (r *reader) validate(p policy[clientTrafficPolicySpec], v *clientValidation, e *posture.Entry) {
	o := p.object
	const field = "spec.tls.clientValidation"
	at := func(below string) posture.Ref { return gatewayapi.Nearest(o, field+below) }
	mode, modeAt := v.Mode, at(".mode")
	if mode == "" {
		mode = "RequireAndVerify"
		if v.Optional {
			mode, modeAt = "VerifyIfGiven", at(".optional")
		}
	}
	e.Served = byGatewayItself(true, e.Listener, "nothing in Git makes the controller refuse the listener")
	refs := make([]gatewayv1.ObjectReference, len(v.CACertificateRefs))
	for i, ref := range v.CACertificateRefs {
		refs[i] = gatewayv1.ObjectReference{Group: deref(ref.Group, ""), Kind: deref(ref.Kind, "Secret"), Name: ref.Name, Namespace: ref.Namespace}
	}
	anchors, _ := r.Anchors(o, o.Namespace, field+".caCertificateRefs", refs, closed)
	if anchors == nil {
		anchors = []posture.Anchor{}
	}
	e.ClientCA = byGatewayItself(anchors, at(".caCertificateRefs"), "clientValidation names the CA")
	e.Identities = r.identities(o, v)

	none := posture.Setting[string]{Value: posture.ClientNone, Enforcer: posture.ByNobody, By: modeAt, Why: "mode is " + mode}
	switch mode {
	case "RequireAndVerify":
		e.ClientAuth = byGatewayItself(posture.ClientRequired, modeAt, "mode is RequireAndVerify")
		if len(refs) == 0 {
			none.By, none.Why = at(".caCertificateRefs"), "RequireAndVerify without caCertificateRefs verifies nothing"
			e.ClientAuth = none
		}
	case "VerifyIfGiven":
		e.ClientAuth = byGatewayItself(posture.ClientOptional, modeAt, "mode is VerifyIfGiven")
		if v.Optional && v.Mode == "" {
			e.ClientAuth.Why = "optional is true"
		}
		if len(refs) == 0 {
			none.By, none.Why = at(".caCertificateRefs"), e.ClientAuth.Why+" without caCertificateRefs, which verifies nothing"
			e.ClientAuth = none
		}
	case "RequireAny":
		e.ClientAuth, e.ClientAuth.Why = none, "mode is RequireAny, which accepts a certificate of any CA"
	case "Request":
		e.ClientAuth, e.ClientAuth.Why = none, "mode is Request, which accepts no certificate and any certificate"
	default:
		e.ClientAuth = none
		r.Unknown(o, "value", field+".mode", fmt.Sprintf("%q is no mode of clientValidation", mode))
	}
	e.Expired = byGatewayItself(v.AllowExpiredCertificate && !r.olderThan("1.9"), at(".allowExpiredCertificate"), "allowExpiredCertificate is not true")
	if e.Expired.Value {
		e.Expired.Why = "allowExpiredCertificate is true"
	}
	e.Revocation = r.revocation(o, v)
}

func (r *reader) revocation(o *object.Object, v *clientValidation) posture.Setting[string] {
	const field = "spec.tls.clientValidation.crl"
	if v.CRL == nil || len(v.CRL.Refs) == 0 {
		return posture.Setting[string]{Value: "none", Enforcer: posture.ByNobody, By: gatewayapi.Nearest(o, field), Why: "clientValidation has no crl"}
	}
	for i, ref := range v.CRL.Refs {
		r.Resolve(o, object.Item(field+".refs", i), object.ID{
			Group: string(deref(ref.Group, "")), Kind: string(deref(ref.Kind, "Secret")),
			Namespace: cmp.Or(string(deref(ref.Namespace, "")), o.Namespace), Name: string(ref.Name),
		}, closed)
	}
	if v.CRL.OnlyVerifyLeafCertificate {
		return byGatewayItself("leaf", gatewayapi.Nearest(o, field+".onlyVerifyLeafCertificate"), "onlyVerifyLeafCertificate is true")
	}
	return byGatewayItself("chain", gatewayapi.Nearest(o, field), "crl covers the whole chain")
}

// forwarding is what happens to the header in which a proxy tells of the client's certificate (XFCCForwardMode in
// api/v1alpha1/clienttrafficpolicy_types.go).
func forwarding(p policy[clientTrafficPolicySpec]) posture.Setting[string] {
	const field = "spec.headers.xForwardedClientCert.mode"
	at := gatewayapi.Nearest(p.object, field)
	if p.spec.Headers == nil || p.spec.Headers.XForwardedClientCert == nil || p.spec.Headers.XForwardedClientCert.Mode == "" {
		return byGatewayItself("sanitize", at, "x-forwarded-client-cert is removed by default")
	}
	mode := p.spec.Headers.XForwardedClientCert.Mode
	switch mode {
	case "Sanitize", "SanitizeSet":
		return byGatewayItself("sanitize", at, "mode is "+mode)
	case "AppendForward":
		return byGatewayItself("append", at, "mode is AppendForward")
	default:
		return posture.Setting[string]{Value: "forward", Enforcer: posture.ByNobody, By: at, Why: "mode is " + mode}
	}
}

func byGatewayItself[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByGateway, By: by, Why: why}
}
