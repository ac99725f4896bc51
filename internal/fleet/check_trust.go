package fleet

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
)

// trustDomains checks the roots: each once, and the PEM exactly those of the fingerprints. Whether a root has expired is not
// asked: the answer would depend on the day of the run.
func (c *checker) trustDomains() {
	var (
		names   = map[string]string{} // SPIFFE name to trust domain
		signers = map[string]string{} // fingerprint to trust domain
	)
	for _, name := range sorted(c.fleet.TrustDomains) {
		td := c.fleet.TrustDomains[name]
		if other, ok := names[td.SPIFFE]; ok && td.SPIFFE != "" {
			c.at([]string{"trustDomains", name, "spiffe"}, "make them one trust domain; its bundle takes several roots",
				"%q is already trust domain %s", td.SPIFFE, other)
		}
		names[td.SPIFFE] = name
		for i, sum := range td.Bundle.SHA256 {
			path := []string{"trustDomains", name, "bundle", "sha256", itoa(i)}
			switch other, ok := signers[sum]; {
			case ok && other == name:
				c.at(path, "write it once", "this root is here twice")
			case ok:
				c.at(path, "give each trust domain roots of its own: a shared one signs the identities of both",
					"this root is also one of trust domain %s", other)
			}
			signers[sum] = name
		}
		if td.Bundle.Distribution == "trust-manager" && td.Bundle.PEM == "" {
			c.at([]string{"trustDomains", name, "bundle", "distribution"}, "add the roots as pem, or write existing where somebody else makes the Bundle",
				"there are no roots to write a Bundle of")
		}
		if td.Bundle.PEM != "" {
			c.pem([]string{"trustDomains", name, "bundle", "pem"}, td.Bundle)
		}
	}
}

// pem checks that a bundle holds CA certificates, nothing else, and exactly the ones that it has fingerprints of.
func (c *checker) pem(path []string, bundle Bundle) {
	rest, seen := []byte(bundle.PEM), []string{}
	for {
		rest = []byte(strings.TrimSpace(string(rest)))
		if len(rest) == 0 {
			break
		}
		block, after := pem.Decode(rest)
		// pem.Decode passes over what is not PEM; in a bundle nothing may be passed over.
		if block == nil || !strings.HasPrefix(string(rest), "-----BEGIN ") {
			c.at(path, "leave nothing but certificates in it", "has something that is not PEM")
			return
		}
		if block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
			c.at(path, "leave nothing but certificates in it, never a key", "has a PEM block that is not a certificate")
			return
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c.at(path, "", "certificate %d cannot be read: %v", len(seen)+1, err)
			return
		}
		sum := sha256.Sum256(block.Bytes)
		fingerprint := hex.EncodeToString(sum[:])
		if !cert.BasicConstraintsValid || !cert.IsCA {
			c.at(path, "put the root here that signs certificates", "certificate %d is not of a CA", len(seen)+1)
		}
		if !slices.Contains(bundle.SHA256, fingerprint) {
			c.at(path, "add "+fingerprint+" to bundle.sha256 if this root is to be trusted",
				"certificate %d is not one of bundle.sha256", len(seen)+1)
		}
		seen = append(seen, fingerprint)
		rest = after
	}
	for _, sum := range bundle.SHA256 {
		if !slices.Contains(seen, sum) {
			c.at(path, "add the certificate, or take the fingerprint out", "has no certificate with the SHA-256 %s", sum)
		}
	}
}
