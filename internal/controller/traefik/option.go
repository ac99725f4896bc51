package traefik

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// defaultOption is the TLSOption of every listener: no Gateway can name another one (codeHTTP: router.TLS is empty).
const defaultOption = "default"

// strictType is the only clientAuthType that verifies every client.
const strictType = "RequireAndVerifyClientCert"

// tlsVersions are the words of minVersion and maxVersion; any other is ignored in silence (pkg/tls/certificate.go MinVersion).
var tlsVersions = map[string]string{"VersionTLS10": "1.0", "VersionTLS11": "1.1", "VersionTLS12": "1.2", "VersionTLS13": "1.3"}

// laxTypes are the other words of clientAuthType (codeTLS), and what each comes to.
var laxTypes = map[string]string{
	"NoClientCert": posture.ClientNone, "RequestClientCert": posture.ClientNone, "RequireAnyClientCert": posture.ClientNone,
	"VerifyClientCertIfGiven": posture.ClientOptional,
}

// option is what the TLSOption named default makes of a listener that ends TLS. Of two in different namespaces neither counts (codeOption).
func (r *reader) option(l *gatewayapi.Listener, e *posture.Entry) {
	none := func(at posture.Ref, why string) {
		e.MinTLS = by(posture.ByGateway, "1.2", at, "the default is 1.2: "+why)
		e.MaxTLS = by(posture.ByGateway, "1.3", at, "the default is 1.3")
		e.ClientAuth = unheld(posture.ClientNone, at, why)
		e.ClientCA = unheld([]posture.Anchor{}, at, why)
	}
	g := l.Gateway.Object
	switch {
	case len(r.options) == 0 && l.Gateway.Spec.TLS != nil && l.Gateway.Spec.TLS.Frontend != nil:
		none(gatewayapi.RefOf(g, "spec.tls.frontend"), "no TLSOption is named default, and spec.tls.frontend is not read")
		return
	case len(r.options) == 0:
		none(gatewayapi.Nearest(l.Owner, l.Field+".tls"), "no TLSOption is named default")
		return
	case len(r.options) > 1:
		a, b := r.options[0].object, r.options[1].object
		if b.Namespace == g.Namespace {
			a, b = b, a // the other one is what somebody added
		}
		none(gatewayapi.RefOf(b, "metadata.name"), fmt.Sprintf("TLSOptions of namespaces %s and %s are both named default, so that neither counts", a.Namespace, b.Namespace))
		return
	}
	o, spec := r.options[0].object, r.options[0].spec
	e.MinTLS = tlsVersion(o, "spec.minVersion", spec.MinVersion, "1.2")
	e.MaxTLS = tlsVersion(o, "spec.maxVersion", spec.MaxVersion, "1.3")
	e.ClientAuth, e.ClientCA = r.clients(o, spec.ClientAuth)
	e.Identities.By = e.ClientAuth.By
	if a := spec.ClientAuth; a != nil && len(a.SecretNames) == 0 && (a.ClientAuthType == strictType || a.ClientAuthType == "VerifyClientCertIfGiven") {
		e.Served = unheld(false, e.ClientAuth.By, "a TLSOption that verifies clients without a CA cannot be built, and connections are refused")
	}
}

func tlsVersion(o *object.Object, field, value, absent string) posture.Setting[string] {
	at := gatewayapi.Nearest(o, field)
	if v := tlsVersions[value]; v != "" {
		return by(posture.ByGateway, v, at, "the TLSOption says "+value)
	}
	if value == "" {
		return by(posture.ByGateway, absent, at, "the TLSOption does not say, and the default is "+absent)
	}
	return by(posture.ByGateway, absent, at, fmt.Sprintf("%q is no version that Traefik knows, so that it is ignored and the default %s holds", value, absent))
}

// clients is clientAuth: with a CA and without a type every client is verified, and so is none where the CA is missing (codeTLS).
func (r *reader) clients(o *object.Object, a *clientAuth) (posture.Setting[string], posture.Setting[[]posture.Anchor]) {
	const names, kind = "spec.clientAuth.secretNames", "spec.clientAuth.clientAuthType"
	none := func(field, why string) (posture.Setting[string], posture.Setting[[]posture.Anchor]) {
		at := gatewayapi.Nearest(o, field)
		return unheld(posture.ClientNone, at, why), unheld([]posture.Anchor{}, at, why)
	}
	if a == nil {
		return none("spec.clientAuth", "the TLSOption has no clientAuth")
	}
	if a.ClientAuthType == "" && len(a.SecretNames) == 0 {
		return none("spec.clientAuth", "clientAuth names neither a type nor a CA")
	}
	onMissing := closed
	if a.ClientAuthType == "" {
		onMissing = ignored
	}
	anchors, usable := r.roots(o, names, secrets(a.SecretNames), onMissing)
	ca := by(posture.ByGateway, anchors, gatewayapi.Nearest(o, names), "the TLSOption names the CA")
	switch lax, known := laxTypes[a.ClientAuthType]; {
	case a.ClientAuthType == "" && !usable:
		return none(names, "none of the CAs is there and clientAuthType is left out, so that clients are not asked")
	case a.ClientAuthType == "":
		return by(posture.ByGateway, posture.ClientRequired, gatewayapi.RefOf(o, names), "a CA without clientAuthType verifies every client"), ca
	case a.ClientAuthType == strictType:
		return by(posture.ByGateway, posture.ClientRequired, gatewayapi.RefOf(o, kind), "clientAuthType is "+strictType), ca
	case known:
		return unheld(lax, gatewayapi.RefOf(o, kind), "clientAuthType is "+a.ClientAuthType), ca
	default:
		r.Unknown(o, "value", kind, fmt.Sprintf("%q is no clientAuthType that Traefik knows, and connections are refused", a.ClientAuthType))
		return none(kind, fmt.Sprintf("clientAuthType %q is not known", a.ClientAuthType))
	}
}

// roots are the CAs of ConfigMaps and Secrets in an object's own namespace, under ca.crt. One under tls.ca counts before that, and no trust
// domain has its roots there (codeCRD getCABlocks, getCABlocksFromConfigMap).
func (r *reader) roots(o *object.Object, field string, refs []gatewayv1.ObjectReference, onMissing string) ([]posture.Anchor, bool) {
	for _, ref := range refs {
		held := r.Objects.Find("", string(ref.Kind), o.Namespace, string(ref.Name))
		if held == nil {
			continue
		}
		for _, part := range []string{"data", "stringData"} {
			if at := object.Key(part, "tls.ca"); held.Get(at) != nil {
				r.Unknown(held, "value", at, "the CA under tls.ca counts before the one under ca.crt, and gatespan does not read it")
			}
		}
	}
	anchors, usable := r.Anchors(o, o.Namespace, field, refs, onMissing)
	return slices.Concat([]posture.Anchor{}, anchors), usable
}

func secrets(names []string) []gatewayv1.ObjectReference {
	refs := make([]gatewayv1.ObjectReference, len(names))
	for i, name := range names {
		refs[i] = gatewayv1.ObjectReference{Kind: "Secret", Name: gatewayv1.ObjectName(name)}
	}
	return refs
}
