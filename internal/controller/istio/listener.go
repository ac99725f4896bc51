package istio

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// listener is what Istio makes of one listener: its TLS mode, whose certificates it takes, its floor, and whom its policies admit.
func (r *reader) listener(l *gatewayapi.Listener) posture.Entry {
	e := r.Entry(l)
	r.options(l)
	r.forwarding(l, &e)
	switch e.TLS.Value {
	case posture.TLSTerminate:
		r.terminate(l, &e)
	case posture.TLSPassthrough:
		r.autoPassthrough(l)
	}
	proxies := workload{namespace: l.Gateway.Object.Namespace, gateway: l.Gateway.Object.Name, labels: podLabels(l.Gateway)}
	e.Identities = r.identities(proxies, e.Hostnames, l)
	if e.TLS.Value != posture.TLSPassthrough {
		e.JWT = r.tokens(proxies, e.Hostnames, l.Ref(""))
	}
	r.reach(l, &e)
	return e
}

// options reports option keys that look as if they decided something and that Istio ignores in silence (conversion.go buildTLS).
func (r *reader) options(l *gatewayapi.Listener) {
	if l.Spec.TLS == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(l.Spec.TLS.Options)) {
		name := string(key)
		field := object.Key(l.Field+".tls.options", name)
		low := strings.ToLower(name)
		switch {
		case name == optionMode || name == optionCiphers || name == optionProtocol:
		case vaultOption(key): // fromVault
		case strings.Contains(low, "istio.io/"), strings.Contains(low, "tls"), strings.Contains(low, "ssl"), strings.Contains(low, "protocol"),
			strings.Contains(low, "mtls"), strings.Contains(low, "client"), strings.Contains(low, "cert"):
			r.Unknown(l.Owner, "field", field, fmt.Sprintf("Istio has no listener option %s and ignores it", name))
		}
	}
}

// terminate reads the mode as buildTLS does: the option first, which for the modes of the mesh hides spec.tls.frontend altogether.
func (r *reader) terminate(l *gatewayapi.Listener, e *posture.Entry) {
	tls := l.Spec.TLS
	at := gatewayapi.Nearest(l.Owner, l.Field+".tls")
	if tls == nil {
		e.Served = by(false, at, "a listener without tls gets no server (conversion.go buildListener)")
		return
	}
	option := string(tls.Options[optionMode])
	optionAt := gatewayapi.Nearest(l.Owner, object.Key(l.Field+".tls.options", optionMode))
	because := fmt.Sprintf("option %s is %s", optionMode, option)
	e.MinTLS = r.floor(l.Gateway.Object)
	e.MaxTLS = by("1.3", at, "Istio sets no highest version")
	forced := r.compliance()
	if forced != nil {
		e.MaxTLS = by(forced.highest, forced.at, forced.why)
	}

	switch option {
	case modeIstioSimple:
		e.ClientAuth = by(posture.ClientNone, optionAt, because+", which hides spec.tls.frontend")
		e.ClientCA = by([]posture.Anchor{}, optionAt, because)
		return
	case modeIstioMutual:
		// require_client_certificate with the mesh's root; tlsDefaults do not apply (listener.go BuildListenerTLSContext).
		e.ClientAuth = posture.Setting[string]{Value: posture.ClientRequired, Enforcer: posture.ByMesh, By: optionAt, Why: because}
		e.ClientCA = posture.Setting[[]posture.Anchor]{Value: r.meshAnchor(), Enforcer: posture.ByMesh, By: optionAt, Why: because + ": the mesh's CA, not one of the Gateway's"}
		if forced == nil {
			e.MinTLS = by("1.2", optionAt, because+", to which meshConfig.tlsDefaults does not apply")
		}
		return
	case modeMutual, modeOptionalMutual, modeSimple, "":
	default:
		r.Unknown(l.Owner, "value", optionAt.Field, fmt.Sprintf("%q is no mode of Istio, which then takes SIMPLE", option))
	}
	r.certificates(l, e)
	validation, field := r.frontend(l)
	switch {
	case validation != nil && len(validation.CACertificateRefs) > 0:
		r.frontendClients(l, e, validation, field)
	case option == modeMutual, option == modeOptionalMutual:
		e.ClientAuth = by(posture.ClientRequired, optionAt, because)
		e.ClientCA = r.credentialAnchors(l, optionAt)
	default:
		e.ClientAuth = by(posture.ClientNone, field, "spec.tls.frontend does not ask for client certificates on its port, and neither does an option")
		e.ClientCA = by([]posture.Anchor{}, field, "no client certificate is asked for")
	}
	if option == modeOptionalMutual {
		e.ClientAuth = by(posture.ClientOptional, optionAt, because)
	}
}

// frontend is spec.tls.frontend for the listener. Unlike the specification Istio applies it to TLS listeners that terminate too
// (conversion.go buildListener); before 1.28 it does not read it.
func (r *reader) frontend(l *gatewayapi.Listener) (*gatewayv1.FrontendTLSValidation, posture.Ref) {
	https := *l
	https.Spec.Protocol = gatewayv1.HTTPSProtocolType
	validation, at := r.Frontend(&https)
	if validation != nil && !atLeast(r.Cluster, "1.28") {
		r.Unknown(l.Gateway.Object, "newer-field", "spec.tls.frontend", "Istio reads the field from 1.28 on")
		return nil, at
	}
	return validation, at
}

func (r *reader) frontendClients(l *gatewayapi.Listener, e *posture.Entry, v *gatewayv1.FrontendTLSValidation, at posture.Ref) {
	refs := at.Field + ".caCertificateRefs"
	// Istio resolves the reference in the namespace of the object that has the listener, for a ListenerSet its own
	// (conversion.go buildCaCertificateReference): a tenant chooses the CA.
	owner, field := l.Gateway.Object, refs
	if l.Owner != owner {
		owner, field = l.Owner, l.Field // and grants are asked for in its name
	}
	anchors, _ := r.Anchors(owner, owner.Namespace, field, v.CACertificateRefs, closed)
	for i := range anchors {
		r.fromTemplate(&anchors[i])
	}
	e.ClientAuth = by(posture.ClientRequired, at, "spec.tls.frontend verifies client certificates")
	e.ClientCA = by(anchors, gatewayapi.RefOf(l.Gateway.Object, refs), "spec.tls.frontend names it")
	if l.Owner != l.Gateway.Object {
		e.ClientCA.Why += fmt.Sprintf(", in namespace %s of the ListenerSet", l.Owner.Namespace)
	}
	option := string(l.Spec.TLS.Options[optionMode])
	switch mode := v.Mode; {
	case mode == "" || mode == gatewayv1.AllowValidOnly:
	case mode == gatewayv1.AllowInsecureFallback && option == modeMutual:
		e.ClientAuth.Why = "option " + optionMode + " is MUTUAL, which out-ranks AllowInsecureFallback"
	case mode == gatewayv1.AllowInsecureFallback && atLeast(r.Cluster, "1.31"):
		// A certificate that nobody signed is let in too (ACCEPT_UNTRUSTED).
		e.ClientAuth = by(posture.ClientNone, gatewayapi.RefOf(l.Gateway.Object, at.Field+".mode"), "mode is AllowInsecureFallback")
	case mode == gatewayv1.AllowInsecureFallback:
		// Before 1.31 the mode was not read (releasenotes/notes/gateway-insecure-fallback.yaml).
		r.Unknown(l.Gateway.Object, "value", at.Field+".mode", "Istio before 1.31 requires a certificate in spite of AllowInsecureFallback, and later does not")
	default:
		r.Unknown(l.Gateway.Object, "value", at.Field+".mode", fmt.Sprintf("%q is no mode that is known", mode))
	}
	switch {
	case len(v.CACertificateRefs) > 1:
		e.Served = by(false, gatewayapi.RefOf(l.Gateway.Object, refs), "Istio takes one CA reference and refuses a listener with more")
	case !holdsRoots(v.CACertificateRefs[0]):
		e.Served = by(false, gatewayapi.RefOf(l.Gateway.Object, refs), "Istio takes CAs from ConfigMaps and Secrets only, and refuses the listener")
	case gatewayapi.AllMissing(anchors):
		e.Served = by(false, gatewayapi.RefOf(l.Gateway.Object, refs), "its CA is missing or not granted, and Istio refuses the listener")
	}
}

// holdsRoots reports whether Istio resolves references of the kind (conversion.go buildCaCertificateReference).
func holdsRoots(ref gatewayv1.ObjectReference) bool {
	return ref.Group == "" && (ref.Kind == "ConfigMap" || ref.Kind == "Secret")
}

// certificates records the references to the listener's own certificates; none that is usable closes the listener.
func (r *reader) certificates(l *gatewayapi.Listener, e *posture.Entry) {
	refs := l.Spec.TLS.CertificateRefs
	field := l.Field + ".tls.certificateRefs"
	usable, vault := 0, r.fromVault(l)
	for i, ref := range refs {
		at := object.Item(field, i)
		if deref(ref.Group, "") != "" || deref(ref.Kind, "Secret") != "Secret" {
			r.Unknown(l.Owner, "value", at, "Istio takes certificates from Secrets only")
			continue
		}
		id := object.ID{Kind: "Secret", Namespace: string(deref(ref.Namespace, gatewayv1.Namespace(l.Owner.Namespace))), Name: string(ref.Name)}
		if r.Resolve(l.Owner, at, id, closed).Granted {
			usable++
		}
	}
	switch {
	case len(refs) > 2:
		e.Served = by(false, l.Ref(".tls.certificateRefs"), "Istio takes two certificates at most")
	case len(refs) == 0 && vault: // the operator adds one
	case len(refs) == 0:
		r.Unknown(l.Owner, "value", l.Field+".tls", "a listener that terminates TLS without certificateRefs")
	case usable == 0:
		e.Served = by(false, l.Ref(".tls.certificateRefs"), "no certificate may be referred to: a ReferenceGrant is missing")
	}
}

// credentialAnchors is the CA that goes with the first certificate: Secret <name>-cacert, or the keys of the certificate's own
// (pilot/pkg/security/model/authentication.go ApplyCredentialSDSToServerCommonTLSContext, credentials/kube/secrets.go GetCaCert).
func (r *reader) credentialAnchors(l *gatewayapi.Listener, at posture.Ref) posture.Setting[[]posture.Anchor] {
	if len(l.Spec.TLS.CertificateRefs) == 0 && r.fromVault(l) {
		// The Secret that the operator makes has no ca.crt; one beside it may.
		return by(r.secretAnchors(l.Owner, l.Field+".tls.options", l.Owner.Namespace, vaultSecret(l)), at, "the CA that goes with the certificate of Key Vault")
	}
	if len(l.Spec.TLS.CertificateRefs) == 0 {
		return unheld([]posture.Anchor{}, at, "there is no certificateRef whose Secret could hold the CA")
	}
	ref := l.Spec.TLS.CertificateRefs[0]
	namespace := string(deref(ref.Namespace, gatewayv1.Namespace(l.Owner.Namespace)))
	anchors := r.secretAnchors(l.Owner, object.Item(l.Field+".tls.certificateRefs", 0), namespace, string(ref.Name))
	return by(anchors, gatewayapi.RefOf(l.Owner, object.Item(l.Field+".tls.certificateRefs", 0)), "the CA that goes with the listener's certificate")
}

// secretAnchors are the roots that go with a credential.
func (r *reader) secretAnchors(owner *object.Object, field, namespace, secret string) []posture.Anchor {
	id := object.ID{Kind: "Secret", Namespace: namespace, Name: secret + caSuffix}
	if r.Objects.Find("", id.Kind, id.Namespace, id.Name) == nil && r.Maker(id) == nil && !r.Cluster.ProvidedObject(id.Kind, id.Namespace, id.Name) {
		id.Name = secret
	}
	ns := gatewayv1.Namespace(namespace)
	anchors, _ := r.Anchors(owner, namespace, field, []gatewayv1.ObjectReference{{Kind: "Secret", Namespace: &ns, Name: gatewayv1.ObjectName(id.Name)}}, closed)
	for i := range anchors {
		r.fromTemplate(&anchors[i])
	}
	return anchors
}

// fromTemplate finds roots that an ExternalSecret puts into its Secret as they stand.
func (r *reader) fromTemplate(a *posture.Anchor) {
	maker := r.Maker(object.ID{Kind: a.Ref.Kind, Namespace: a.Ref.Namespace, Name: a.Ref.Name})
	if maker == nil || maker.Kind != "ExternalSecret" || a.Source != gatewayapi.FromSecret {
		return
	}
	for _, key := range []string{"cacert", "ca.crt"} { // the order of ExtractRoot, credentials/kube/secrets.go
		field := object.Key("spec.target.template.data", key)
		text := maker.Text(field)
		if text == "" {
			continue
		}
		if roots, err := gatewayapi.Roots(gatewayapi.RefOf(maker, field), text); err == nil {
			sums := gatewayapi.Fingerprints(roots)
			a.Ref, a.SHA256, a.Source, a.Roots = gatewayapi.RefOf(maker, field), sums, gatewayapi.FromGit, roots
			a.TrustDomain = r.domainOf(sums)
		}
		return
	}
}

func (r *reader) domainOf(sums []string) string {
	for _, td := range r.Cluster.TrustDomains {
		foreign := func(sum string) bool {
			return !slices.ContainsFunc(td.SHA256, func(have string) bool { return strings.EqualFold(strings.ReplaceAll(have, ":", ""), sum) })
		}
		if !slices.ContainsFunc(sums, foreign) {
			return td.Name
		}
	}
	return ""
}

// autoPassthrough reports a listener that forwards to any Service of the mesh by SNI
// (pilot/pkg/serviceregistry/kube/conversion.go IsAutoPassthrough).
func (r *reader) autoPassthrough(l *gatewayapi.Listener) {
	labels := l.Owner.Labels
	port := "15443"
	if p := labels["networking.istio.io/gatewayPort"]; p != "" {
		port = p
	}
	_, network := labels["topology.istio.io/network"]
	option := string(l.Spec.TLS.Options[optionProtocol]) == "auto-passthrough"
	if option || network && fmt.Sprint(l.Spec.Port) == port {
		r.Posture.Hatches = append(r.Posture.Hatches, posture.Hatch{
			Subject: l.Subject, By: l.Ref(".tls"), Gateways: []posture.Subject{gatewayapi.SubjectOf(l.Gateway.Object)},
			Why: "the listener forwards to every Service of the mesh by SNI",
		})
	}
}
