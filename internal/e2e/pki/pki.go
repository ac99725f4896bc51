// Package pki makes the certificate authorities and certificates that real components are run with.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"time"
)

// Authority signs certificates.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	PEM         string
}

// Want is what a certificate says.
type Want struct {
	Name      string
	Groups    []string
	DNS, URIs []string
	IPs       []string
	Client    bool // for clients instead of servers
	Both      bool // for clients and servers
	Expired   bool // an hour ago
}

// Pair is a certificate with its key.
type Pair struct{ Certificate, Key string }

// TLS is the pair as crypto/tls takes it.
func (p Pair) TLS() (tls.Certificate, error) {
	return tls.X509KeyPair([]byte(p.Certificate), []byte(p.Key))
}

// New makes an authority; its certificate carries uris, as the root of a SPIFFE trust domain does.
func New(name string, uris ...string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if template.URIs, err = parse(uris); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &Authority{certificate, key, encode("CERTIFICATE", der)}, err
}

// SHA256 is the fingerprint of the authority's certificate.
func (a *Authority) SHA256() string {
	sum := sha256.Sum256(a.certificate.Raw)
	return hex.EncodeToString(sum[:])
}

// Pool is a pool that trusts the authority alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// Issue signs a certificate.
func (a *Authority) Issue(w Want) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: w.Name, Organization: w.Groups},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(12 * time.Hour),
		DNSNames: w.DNS, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if w.Client {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if w.Both {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	}
	if w.Expired {
		template.NotAfter = time.Now().Add(-time.Hour)
	}
	for _, ip := range w.IPs {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(ip))
	}
	if template.URIs, err = parse(w.URIs); err != nil {
		return Pair{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return Pair{}, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	return Pair{encode("CERTIFICATE", der), encode("PRIVATE KEY", encoded)}, err
}

func parse(uris []string) ([]*url.URL, error) {
	var out []*url.URL
	for _, text := range uris {
		u, err := url.Parse(text)
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
