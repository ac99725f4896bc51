// Package certtest makes the certificates that tests put into bundles: real ones, the same bytes at every run, of keys that anybody can
// make.
package certtest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// Root is a self-signed CA as PEM, and the SHA-256 of its DER. It is valid from 2020 to 2049 unless a change says otherwise.
func Root(t testing.TB, name string, changes ...func(*x509.Certificate)) (text, fingerprint string) {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	key := ed25519.NewKeyFromSeed(seed[:])
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	for _, change := range changes {
		change(c)
	}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), hex.EncodeToString(sum[:])
}

// Leaf makes a root no CA.
func Leaf(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature }

// Valid sets its first and last day, YYYY-MM-DD.
func Valid(t testing.TB, from, to string) func(*x509.Certificate) {
	t.Helper()
	day := func(text string) time.Time {
		parsed, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = day(from), day(to) }
}
