package gatewayapi_test

import (
	"crypto/x509"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/certtest"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// TestWeakRoots: what a certificate says of itself that makes it no root to rely on. testdata/weak holds what Go cannot make the same at
// every run; nobody has the keys.
func TestWeakRoots(t *testing.T) {
	file := func(name string) string {
		raw, err := os.ReadFile("testdata/weak/" + name + ".pem")
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	made := func(changes ...func(*x509.Certificate)) string {
		text, _ := certtest.Root(t, "root", changes...)
		return text
	}
	for name, c := range map[string]struct {
		bundle string
		want   []string
	}{
		"a root":            {made(), []string{}},
		"no key usage":      {made(func(c *x509.Certificate) { c.KeyUsage = 0 }), []string{}},
		"a leaf":            {made(certtest.Leaf), []string{"it is not the certificate of a CA"}},
		"another key usage": {made(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), []string{"its key is not for signing certificates"}},
		"no constraints":    {file("version1"), []string{"it is not the certificate of a CA"}},
		"RSA 1024":          {file("rsa1024"), []string{"its RSA key has 1024 bits"}},
		"P-224":             {file("p224"), []string{"its key is on a curve of 224 bits"}},
		"SHA-1":             {file("sha1"), []string{"it is signed with SHA1-RSA"}},
	} {
		roots, err := gatewayapi.Roots(posture.Ref{}, c.bundle)
		if err != nil || len(roots) != 1 {
			t.Errorf("%s: %d roots, error %v", name, len(roots), err)
			continue
		}
		if diff := cmp.Diff(c.want, roots[0].Weak); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestRoots: days are those of UTC, roots are sorted and each is there once, and what is no certificate is an error.
func TestRoots(t *testing.T) {
	one, oneSum := certtest.Root(t, "one", certtest.Valid(t, "2025-03-01", "2026-04-02"))
	two, twoSum := certtest.Root(t, "two")
	by := posture.Ref{Kind: "ConfigMap", Name: "ca"}
	roots, err := gatewayapi.Roots(by, "# a comment\n"+two+one+two)
	if err != nil {
		t.Fatal(err)
	}
	sums := []string{oneSum, twoSum}
	slices.Sort(sums)
	if diff := cmp.Diff(sums, gatewayapi.Fingerprints(roots)); diff != "" {
		t.Error(diff)
	}
	want := posture.Root{By: by, SHA256: oneSum, Subject: "CN=one", NotBefore: "2025-03-01", NotAfter: "2026-04-02", Weak: []string{}}
	if i := slices.Index(sums, oneSum); cmp.Diff(want, roots[i]) != "" {
		t.Error(cmp.Diff(want, roots[i]))
	}
	for name, bundle := range map[string]string{
		"nothing":         "",
		"text":            "no certificate\n",
		"not DER":         "-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
		"not base64":      one + "-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n",
		"a request, too":  one + "-----BEGIN CERTIFICATE REQUEST-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE REQUEST-----\n",
		"cut off in half": two[:len(two)/2],
	} {
		if roots, err := gatewayapi.Roots(by, bundle); err == nil {
			t.Errorf("%s: no error, and roots %v", name, roots)
		}
	}
}
