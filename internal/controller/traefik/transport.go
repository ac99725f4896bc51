package traefik

import (
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// tls13Suites are the cipher suites of TLS 1.3. A ServersTransport with no other ones offers nothing that a server of an older version could
// choose, which is the only floor of 1.3 that it has: Go's cipherSuites are those of TLS 1.0 to 1.2, and its own of 1.3 are always offered
// (crypto/tls common.go Config.CipherSuites, handshake_client.go makeClientHello). minVersion VersionTLS13 is none: without a maxVersion it is
// above it, and equal to it is refused too (codeTransport).
var tls13Suites = [...]string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}

// olderSuites are the other words of cipherSuites (pkg/tls/cipher.go CipherSuites). One that is in neither list makes the whole list be ignored.
var olderSuites = []string{
	"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA",
	"TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
	"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
	"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_FALLBACK_SCSV",
}

// call is TLS of one call out of the cluster.
type call struct {
	tls, certificate, minTLS posture.Setting[string]
	ca                       posture.Setting[[]posture.Anchor]
	names                    posture.Setting[[]string]
	sni                      string
}

// uncovered is a call without TLS.
func uncovered(at posture.Ref, why string) call {
	return call{
		tls: unheld(posture.TLSNone, at, why), certificate: unheld("", at, why), minTLS: unheld("", at, why),
		ca: unheld([]posture.Anchor{}, at, why), names: unheld([]string{}, at, why),
	}
}

// plainly is TLS as Go speaks it by itself: no client certificate, the system's roots, the name that is dialled, TLS 1.2.
func plainly(at posture.Ref, host, why string) call {
	return call{
		tls: by(posture.ByGateway, "tls", at, why), certificate: unheld("", at, why), minTLS: by(posture.ByGateway, "1.2", at, why),
		ca:    by(posture.ByGateway, []posture.Anchor{{Ref: at, System: true, Source: gatewayapi.FromGit}}, at, why),
		names: by(posture.ByGateway, []string{host}, at, why), sni: host,
	}
}

// transport is what a ServersTransport makes of a call of a host. Whatever it is mistaken in falls back on TLS without any of it (codeOut
// Update), and so do versions that are not as codeTransport wants them.
func (r *reader) transport(t of[serversTransportSpec], host string) call {
	o, spec := t.object, t.spec
	at := gatewayapi.Nearest(o, "spec")
	if spec.SPIFFE != nil {
		r.Unknown(o, "value", "spec.spiffe", "SPIFFE of the installation takes the place of certificates and roots, and gatespan does not follow it")
		return plainly(gatewayapi.RefOf(o, "spec.spiffe"), host, "spiffe is set, and what it comes to is not known")
	}
	lowest, field, why := versions(spec)
	if field != "" {
		return plainly(gatewayapi.Nearest(o, field), host, why)
	}
	out := call{
		tls:    by(posture.ByGateway, "tls", at, fmt.Sprintf("%s says how", o)),
		minTLS: r.lowest(o, spec, lowest),
		sni:    host,
	}
	out.ca = r.pinned(o, spec)
	if spec.ServerName != "" {
		out.sni = spec.ServerName
	}
	out.names = by(posture.ByGateway, []string{out.sni}, gatewayapi.Nearest(o, "spec.serverName"), "the name is checked")
	if spec.InsecureSkipVerify {
		const field = "spec.insecureSkipVerify"
		out.ca = unheld([]posture.Anchor{}, gatewayapi.RefOf(o, field), "insecureSkipVerify is true")
		out.names = unheld([]string{}, gatewayapi.RefOf(o, field), "insecureSkipVerify is true")
	}
	if spec.PeerCertURI != "" { // an additional check, which alone holds with insecureSkipVerify (pkg/tls/certificate.go VerifyPeerCertificate)
		r.Unknown(o, "value", "spec.peerCertURI", "what the URI of the server's certificate must be is not judged")
	}
	out.certificate = r.presented(o, spec)
	return out
}

// versions is the lowest version that minVersion and maxVersion come to, or the field that makes the whole transport fall back. What the
// provider does not know it leaves out; of two that leave no choice it drops the higher one, and then the lower one is above nothing
// (codeTransport, codeOut createTLSConfig).
func versions(spec serversTransportSpec) (lowest, field, why string) {
	min, max := tlsVersions[spec.MinVersion], tlsVersions[spec.MaxVersion]
	if spec.MinVersion != "" && spec.MaxVersion != "" && min >= max {
		min, max = "1.2", ""
	}
	if min > max {
		return "", "spec.minVersion", "minVersion is not below a maxVersion, so that Traefik takes neither certificate, roots nor floor of the ServersTransport"
	}
	if min == "" {
		min = "1.2" // of a client (crypto/tls common.go supportedVersions)
	}
	return min, "", ""
}

func (r *reader) lowest(o *object.Object, spec serversTransportSpec, version string) posture.Setting[string] {
	for i, suite := range spec.CipherSuites {
		at := gatewayapi.RefOf(o, object.Item("spec.cipherSuites", i))
		if slices.Contains(olderSuites, suite) {
			return by(posture.ByGateway, version, at, suite+" is a cipher suite of TLS 1.2")
		}
		if !slices.Contains(tls13Suites[:], suite) {
			return by(posture.ByGateway, version, at, fmt.Sprintf("%q is no cipher suite that Traefik knows, so that cipherSuites is ignored", suite))
		}
	}
	if len(spec.CipherSuites) > 0 {
		return by(posture.ByGateway, "1.3", gatewayapi.RefOf(o, "spec.cipherSuites"), "all cipher suites are of TLS 1.3")
	}
	at := "spec.cipherSuites"
	if spec.MinVersion != "" {
		at = "spec.minVersion"
	}
	return by(posture.ByGateway, version, gatewayapi.Nearest(o, at), "cipherSuites is not limited to those of TLS 1.3")
}

// pinned are the roots. One that is missing is left out, and without any the system's count (codeOut createRootCACertPool).
func (r *reader) pinned(o *object.Object, spec serversTransportSpec) posture.Setting[[]posture.Anchor] {
	var anchors []posture.Anchor
	usable, field := false, "spec.rootCAs"
	if len(spec.RootCAsSecrets) > 0 {
		field = "spec.rootCAsSecrets"
		anchors, usable = r.roots(o, field, secrets(spec.RootCAsSecrets), ignored)
	}
	var refs []gatewayv1.ObjectReference
	for i, root := range spec.RootCAs {
		switch {
		case (root.Secret == nil) == (root.ConfigMap == nil):
			r.Unknown(o, "value", object.Item("spec.rootCAs", i), "exactly one of secret and configMap names roots")
			refs = append(refs, gatewayv1.ObjectReference{Kind: "ConfigMap"})
		case root.Secret != nil:
			refs = append(refs, gatewayv1.ObjectReference{Kind: "Secret", Name: gatewayv1.ObjectName(*root.Secret)})
		default:
			refs = append(refs, gatewayv1.ObjectReference{Kind: "ConfigMap", Name: gatewayv1.ObjectName(*root.ConfigMap)})
		}
	}
	if len(refs) > 0 {
		more, alsoUsable := r.roots(o, "spec.rootCAs", refs, ignored)
		anchors, usable, field = append(anchors, more...), usable || alsoUsable, "spec.rootCAs"
	}
	at := gatewayapi.Nearest(o, field)
	if !usable {
		anchors = append(anchors, posture.Anchor{Ref: at, System: true, Source: gatewayapi.FromGit})
		return by(posture.ByGateway, anchors, at, "none of its roots is there, so that any public CA may sign the server's certificate")
	}
	return by(posture.ByGateway, anchors, at, "the CA is pinned")
}

// presented is the client certificate. One that is missing is left out, and then a server that asks for one refuses the call.
func (r *reader) presented(o *object.Object, spec serversTransportSpec) posture.Setting[string] {
	const field = "spec.certificatesSecrets"
	if len(spec.CertificatesSecrets) == 0 {
		return unheld("", gatewayapi.Nearest(o, field), "the ServersTransport names no certificatesSecrets")
	}
	for i, name := range spec.CertificatesSecrets {
		at := object.Item(field, i)
		r.Resolve(o, at, object.ID{Kind: "Secret", Namespace: o.Namespace, Name: name}, closed)
		if i > 0 {
			r.Unknown(o, "value", at, "of several certificates the one that the server asks for is presented, and gatespan does not follow it")
		}
	}
	return by(posture.ByGateway, "Secret "+o.Namespace+"/"+spec.CertificatesSecrets[0], gatewayapi.RefOf(o, object.Item(field, 0)), "the ServersTransport presents it")
}
