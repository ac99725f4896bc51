package gatewayapi

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/posture"
)

// Fingerprints are the SHA-256 sums of the DER of roots, in lower-case hex.
func Fingerprints(roots []posture.Root) []string {
	var out []string
	for _, root := range roots {
		out = append(out, root.SHA256)
	}
	return out
}

// Roots are the certificates of a PEM bundle, each once, sorted by fingerprint. A bundle without a certificate, with anything else than
// certificates, or with one that cannot be read, is an error.
func Roots(by posture.Ref, bundle string) ([]posture.Root, error) {
	var out []posture.Root
	rest, blocks := []byte(bundle), strings.Count(bundle, "-----BEGIN ")
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%s holds something else than certificates", bundleKey)
		}
		blocks--
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s holds a certificate that cannot be read: %w", bundleKey, err)
		}
		out = append(out, rootOf(by, certificate))
	}
	if blocks > 0 { // encoding/pem passes over what it cannot decode
		return nil, fmt.Errorf("%s holds a certificate that cannot be read", bundleKey)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("there is no certificate under the key %s", bundleKey)
	}
	return uniteRoots(out, nil), nil
}

// uniteRoots joins two lists of roots, each root once, sorted by fingerprint.
func uniteRoots(a, b []posture.Root) []posture.Root {
	out := slices.Concat(a, b)
	slices.SortStableFunc(out, func(a, b posture.Root) int { return cmp.Compare(a.SHA256, b.SHA256) })
	return slices.CompactFunc(out, func(a, b posture.Root) bool { return a.SHA256 == b.SHA256 })
}

func rootOf(by posture.Ref, c *x509.Certificate) posture.Root {
	sum := sha256.Sum256(c.Raw)
	return posture.Root{
		By: by, SHA256: hex.EncodeToString(sum[:]), Subject: c.Subject.String(),
		NotBefore: c.NotBefore.UTC().Format(time.DateOnly), NotAfter: c.NotAfter.UTC().Format(time.DateOnly), Weak: weak(c),
	}
}

// leastRSA is the shortest RSA key that NIST SP 800-131A revision 2 accepts for signatures; leastCurve, in bits, the shortest curve that
// TLS 1.3 has (RFC 8446, 4.2.3).
const (
	leastRSA   = 2048
	leastCurve = 256
)

// weak says why a certificate is no root to rely on. A verifier that takes partial chains, as Envoy does
// (source/common/tls/cert_validator/default_validator.cc sets X509_V_FLAG_PARTIAL_CHAIN), trusts whatever is in its bundle, CA or not.
// Certificates of version 1 have no constraints at all. MD5 and SHA-1 do not keep two certificates from having one signature.
func weak(c *x509.Certificate) []string {
	out := []string{}
	switch {
	case !c.BasicConstraintsValid || !c.IsCA:
		out = append(out, "it is not the certificate of a CA")
	case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
		out = append(out, "its key is not for signing certificates")
	}
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < leastRSA {
			out = append(out, fmt.Sprintf("its RSA key has %d bits", bits))
		}
	case *ecdsa.PublicKey:
		if bits := key.Curve.Params().BitSize; bits < leastCurve {
			out = append(out, fmt.Sprintf("its key is on a curve of %d bits", bits))
		}
	case ed25519.PublicKey:
	default:
		out = append(out, fmt.Sprintf("how strong its key is (%s) is not known", c.PublicKeyAlgorithm))
	}
	switch c.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		out = append(out, "it is signed with "+c.SignatureAlgorithm.String())
	case x509.UnknownSignatureAlgorithm:
		out = append(out, "how it is signed is not known")
	}
	return out
}
