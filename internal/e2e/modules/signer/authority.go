package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"net/url"
	"time"

	ct "github.com/google/certificate-transparency-go"
	cttls "github.com/google/certificate-transparency-go/tls"
	ctx509 "github.com/google/certificate-transparency-go/x509"
	"github.com/google/certificate-transparency-go/x509util"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
)

// authority is a Fulcio, its log of certificates, and a Rekor. The Rekor is sigstore-go's; its leaf certificates have no proof that a log
// of certificates has them, which Flux asks for, so the certificates are made here.
type authority struct {
	rekor        *ca.VirtualSigstore
	rekorKey     crypto.PublicKey
	rekorURL     string
	intermediate *x509.Certificate
	key          *ecdsa.PrivateKey // of the intermediate
	rootCA       *x509.Certificate
	log          *ecdsa.PrivateKey
	since, until time.Time
}

func newAuthority() (*authority, error) {
	a := &authority{since: time.Now().Add(-time.Hour), until: time.Now().Add(time.Hour)}
	var err error
	if a.rekor, err = ca.NewVirtualSigstore(); err != nil {
		return nil, err
	}
	for _, log := range a.rekor.RekorLogs() {
		a.rekorKey, a.rekorURL = log.PublicKey, log.BaseURL
	}
	var rootKey *ecdsa.PrivateKey
	if a.rootCA, rootKey, err = ca.GenerateRootCa(); err != nil {
		return nil, err
	}
	if a.intermediate, a.key, err = ca.GenerateFulcioIntermediate(a.rootCA, rootKey); err != nil {
		return nil, err
	}
	a.log, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return a, err
}

// root is what a verifier needs to know of it, as trusted_root.json.
func (a *authority) root() ([]byte, error) {
	logs := func(key crypto.PublicKey, at string) (map[string]*root.TransparencyLog, error) {
		id, err := keyID(key)
		return map[string]*root.TransparencyLog{hex.EncodeToString(id): {
			BaseURL: at, ID: id, ValidityPeriodStart: a.since, ValidityPeriodEnd: a.until,
			HashFunc: crypto.SHA256, SignatureHashFunc: crypto.SHA256, PublicKey: key,
		}}, err
	}
	certificates, err := logs(a.log.Public(), "https://ct.localhost")
	if err != nil {
		return nil, err
	}
	signatures, err := logs(a.rekorKey, a.rekorURL)
	if err != nil {
		return nil, err
	}
	fulcio := &root.FulcioCertificateAuthority{Root: a.rootCA, Intermediates: []*x509.Certificate{a.intermediate}, ValidityPeriodStart: a.since, ValidityPeriodEnd: a.until}
	trusted, err := root.NewTrustedRoot(root.TrustedRootMediaType01, []root.CertificateAuthority{fulcio}, certificates, nil, signatures)
	if err != nil {
		return nil, err
	}
	return trusted.MarshalJSON()
}

// keyID names a log: RFC 6962, section 3.2.
func keyID(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	sum := sha256.Sum256(der)
	return sum[:], err
}

// The extensions of a certificate that say who issued the token: https://github.com/sigstore/fulcio, docs/oid-info.md.
var (
	issuerV1 = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}
	issuerV2 = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}
)

// certificate is one that Fulcio would issue, with the log's promise to have it (RFC 6962, section 3.3): the certificate is made without
// it, the log signs that, and it is made again with the promise at the end.
func (a *authority) certificate(s signature, key crypto.PublicKey) (*x509.Certificate, error) {
	subject, err := url.Parse(s.Subject)
	if err != nil {
		return nil, err
	}
	issuer, err := asn1.MarshalWithParams(s.Issuer, "utf8")
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, URIs: []*url.URL{subject}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(9 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: issuerV1, Value: []byte(s.Issuer)}, {Id: issuerV2, Value: issuer}},
	}
	without, err := x509.CreateCertificate(rand.Reader, template, a.intermediate, key, a.key)
	if err != nil {
		return nil, err
	}
	promise, err := a.promise(without)
	if err != nil {
		return nil, err
	}
	template.ExtraExtensions = append(template.ExtraExtensions, promise)
	with, err := x509.CreateCertificate(rand.Reader, template, a.intermediate, key, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(with)
}

// promise is the log's signed timestamp of a certificate, as the extension of it.
func (a *authority) promise(certificate []byte) (pkix.Extension, error) {
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		return pkix.Extension{}, err
	}
	id, err := keyID(a.log.Public())
	if err != nil {
		return pkix.Extension{}, err
	}
	timestamp := ct.SignedCertificateTimestamp{SCTVersion: ct.V1, Timestamp: uint64(time.Now().UnixMilli())}
	copy(timestamp.LogID.KeyID[:], id)
	entry := ct.LogEntry{Leaf: ct.MerkleTreeLeaf{Version: ct.V1, LeafType: ct.TimestampedEntryLeafType, TimestampedEntry: &ct.TimestampedEntry{
		Timestamp: timestamp.Timestamp, EntryType: ct.PrecertLogEntryType,
		PrecertEntry: &ct.PreCert{IssuerKeyHash: sha256.Sum256(a.intermediate.RawSubjectPublicKeyInfo), TBSCertificate: parsed.RawTBSCertificate},
	}}}
	signed, err := ct.SerializeSCTSignatureInput(timestamp, entry)
	if err != nil {
		return pkix.Extension{}, err
	}
	proof, err := cttls.CreateSignature(*a.log, cttls.SHA256, signed)
	if err != nil {
		return pkix.Extension{}, err
	}
	timestamp.Signature = ct.DigitallySigned(proof)
	list, err := x509util.MarshalSCTsIntoSCTList([]*ct.SignedCertificateTimestamp{&timestamp})
	if err != nil {
		return pkix.Extension{}, err
	}
	raw, err := cttls.Marshal(*list)
	if err != nil {
		return pkix.Extension{}, err
	}
	value, err := asn1.Marshal(raw)
	return pkix.Extension{Id: asn1.ObjectIdentifier(ctx509.OIDExtensionCTSCT), Value: bytes.Clone(value)}, err
}
