package gate_test

import (
	"crypto/x509"
	"os"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/certtest"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// selfSigned and letsEncrypt are issuers that are no common CA.
const (
	selfSigned  = "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: corp}\nspec: {selfSigned: {}}\n"
	letsEncrypt = "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: corp}\nspec: {acme: {server: https://acme.example.com}}\n"
)

// TestServerCertificates changes what cert-manager makes for the listener of relay.
func TestServerCertificates(t *testing.T) {
	const (
		object = "Certificate edge/edge-relay-tls"
		usages = "  usages:\n  - digital signature\n  - server auth\n"
	)
	check(t, gatetest.Relay, []unsafe{
		{"U200 another issuer", replace(edgeFile, "    kind: ClusterIssuer\n    name: corp\n", "    kind: ClusterIssuer\n    name: letsencrypt\n", "  issuerRef:"), "identity/certificate-issuer", object, object, false},
		{"U200 another kind of issuer", replace(edgeFile, "    kind: ClusterIssuer\n", "    kind: Issuer\n", "  issuerRef:"), "identity/certificate-issuer", object, object, false},
		{"U200 the issuer signs with each key itself", add(edgeFile, selfSigned, "selfSigned"), "identity/certificate-issuer", object, "ClusterIssuer corp", false},
		{"U200 the issuer is a public CA", add(edgeFile, letsEncrypt, "acme:"), "identity/certificate-issuer", object, "ClusterIssuer corp", false},
		{"a CA's certificate", replace(edgeFile, "  secretName: edge-relay-tls\n", "  isCA: true\n  secretName: edge-relay-tls\n", "isCA"), "identity/signing-certificate", object, object, false},
		{"for callers", replace(edgeFile, usages, "  usages: [digital signature, client auth]\n", "  usages: [digital"), "identity/certificate-purpose", object, object, false},
		{"for both ends", replace(edgeFile, usages, "  usages: [digital signature, server auth, client auth]\n", "  usages: [digital"), "identity/certificate-purpose", object, object, false},
		{"for anything", anywhere(func(r *gatetest.Repo) string { r.Replace(edgeFile, usages, ""); return "" }), "identity/certificate-purpose", object, object, false},
		{"another hostname", anywhere(replace(edgeFile, "  dnsNames:\n  - relay.example.com\n", "  dnsNames:\n  - relay.example.org\n", "dnsNames")), "identity/certificate-names", object, object, false},
		{"one more hostname", anywhere(replace(edgeFile, "  dnsNames:\n  - relay.example.com\n", "  dnsNames:\n  - relay.example.com\n  - '*.example.com'\n", "dnsNames")), "identity/certificate-names", object, object, false},
		{"a client's identity beside it", anywhere(replace(edgeFile, usages, usages+"  uris: [spiffe://corp.example.com/ns/orders/sa/orders]\n", "uris: [spiffe")), "identity/certificate-names", object, object, false},
		{"a short key", replace(edgeFile, "    algorithm: ECDSA\n    rotationPolicy: Always\n    size: 256\n", "    algorithm: RSA\n    size: 1024\n", "    size: 1024"), "unknown/value", object, object, false},
		{"renewed before it is made", replace(edgeFile, "  dnsNames:\n  - relay.example.com\n", "  duration: 2h\n  renewBefore: 3h\n  dnsNames:\n  - relay.example.com\n", "renewBefore"), "unknown/value", object, object, false},
		{"the consumer's identity for somebody else", anywhere(add(edgeFile, `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: debug, namespace: debug}
spec:
  secretName: debug
  issuerRef: {kind: ClusterIssuer, name: corp}
  uris: [spiffe://corp.example.com/ns/orders/sa/orders]
`, "name: debug, namespace")), "identity/issued-to-another", "Certificate debug/debug", "Certificate debug/debug", false},
	})
}

// TestClientCertificates changes what cert-manager makes for a consumer.
func TestClientCertificates(t *testing.T) {
	const (
		file   = "testdata/fleets/grpc/overlays/eks-shop/consumers/checkout/checkout.yaml"
		object = "Certificate checkout/checkout-client-tls"
	)
	for _, row := range []unsafe{
		{"another purpose", replace(file, "  - client auth\n", "  - server auth # a\n", "# a"), "identity/certificate-purpose", object, object, false},
		{"another identity too", replace(file, "  - spiffe://corp.example.com/ns/checkout/sa/checkout\n", "  - spiffe://corp.example.com/ns/checkout/sa/checkout\n  - spiffe://corp.example.com/ns/billing/sa/billing\n", "sa/billing"), "identity/certificate-names", object, object, false},
		{"a CA's key", replace(file, "  secretName: checkout-client-tls\n", "  isCA: true\n  secretName: checkout-client-tls\n", "isCA"), "identity/signing-certificate", object, object, false},
		{"U200 another issuer", replace(file, "    name: corp\n  privateKey", "    name: other\n  privateKey", "name: other"), "identity/certificate-issuer", object, object, false},
		{"U200 its own issuer", add(file, selfSigned, "selfSigned"), "identity/certificate-issuer", object, "ClusterIssuer corp", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "grpc")
			row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, file)
		})
	}
}

// TestRootsByHand: a repository that people wrote, where no fleet says which roots are right.
func TestRootsByHand(t *testing.T) {
	const listener, bundle = "Gateway edge/edge listener api", "ConfigMap edge/client-ca"
	bundled := func(text string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			r.Replace(byHand, root(t, "clients"), indent(text))
			return ""
		}
	}
	weak := func(name string) string {
		raw, err := os.ReadFile("../gatewayapi/testdata/weak/" + name + ".pem")
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	made := func(changes ...func(*x509.Certificate)) string {
		text, _ := certtest.Root(t, "clients", changes...)
		return text
	}
	secret := func(issuer, more string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			r.Replace(byHandPolicy, "{kind: ConfigMap, name: client-ca}", "{kind: Secret, name: client-ca}")
			r.Append(byHand, "---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: client-ca, namespace: edge}\nspec: {secretName: client-ca, commonName: x, issuerRef: {kind: ClusterIssuer, name: corp}"+more+"}\n---\n"+issuer)
			return byHand
		}
	}
	server := "---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: api, namespace: edge}\nspec: {secretName: api-tls, dnsNames: [api.example.com], usages: [server auth], issuerRef: {kind: ClusterIssuer, name: corp}}\n---\n"
	check(t, handWritten, []unsafe{
		{"U199 a leaf", bundled(made(certtest.Leaf)), "mtls/weak-root", listener, bundle, false},
		{"U199 RSA 1024", bundled(weak("rsa1024")), "mtls/weak-root", listener, bundle, false},
		{"U199 SHA-1", bundled(weak("sha1")), "mtls/weak-root", listener, bundle, false},
		{"U199 one weak root beside a good one", bundled(made() + weak("sha1")), "mtls/weak-root", listener, bundle, false},
		{"U199 expired", bundled(made(certtest.Valid(t, "2020-01-01", "2026-11-29"))), "mtls/expired-root", listener, bundle, false},
		{"U199 not valid yet", bundled(made(certtest.Valid(t, "2026-12-01", "2036-12-01"))), "mtls/expired-root", listener, bundle, false},
		{"an empty bundle", bundled(""), "unknown/value", bundle, bundle, false},
		{"U200 roots of a public CA", secret(letsEncrypt, ""), "identity/certificate-issuer", "Certificate edge/client-ca", "ClusterIssuer corp", false},
		{"U200 a leaf that signed itself for root", secret(selfSigned, ""), "identity/certificate-issuer", "Certificate edge/client-ca", "ClusterIssuer corp", false},
		{"a server's certificate that signs itself", func(r *gatetest.Repo) string { r.Append(byHand, server+selfSigned); return byHand }, "identity/certificate-issuer", "Certificate edge/api", "ClusterIssuer corp", false},
		{"a server's certificate that is a CA's", func(r *gatetest.Repo) string {
			r.Append(byHand, strings.Replace(server, "spec: {", "spec: {isCA: true, ", 1))
			return byHand
		}, "identity/signing-certificate", "Certificate edge/api", "Certificate edge/api", false},
	})
	for name, change := range map[string]func(*gatetest.Repo) string{
		"S029 a comment, and twice": bundled("# our root\n" + made() + made()),
		"a root that signed itself": secret(selfSigned, ", isCA: true"),
		"S028 a duration": func(r *gatetest.Repo) string {
			r.Append(byHand, strings.Replace(server, "spec: {", "spec: {duration: 720h, renewBefore: 240h, ", 1))
			return ""
		},
		"a public CA's certificate": func(r *gatetest.Repo) string { r.Append(byHand, server+letsEncrypt); return "" },
		"any purpose warns": func(r *gatetest.Repo) string {
			r.Append(byHand, strings.Replace(server, ", usages: [server auth]", "", 1))
			return ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := handWritten(t)
			change(r)
			r.Passes(r.Check(gate.Options{}))
		})
	}
}
