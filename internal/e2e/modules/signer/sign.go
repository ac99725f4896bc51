package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	ociremote "github.com/sigstore/cosign/v3/pkg/oci/remote"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	sigstore "github.com/sigstore/sigstore/pkg/signature"
	sigdsse "github.com/sigstore/sigstore/pkg/signature/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

const (
	payloadType   = "application/vnd.in-toto+json"
	predicateType = "https://sigstore.dev/cosign/sign/v1" // of `cosign sign` since v3 (pkg/types, CosignSignPredicateType)
)

// sign writes who signs an artifact beside the artifact of at, as cosign v3 does: a statement of its digest in a bundle with the
// certificate and the log's entry.
func (a *authority) sign(ctx context.Context, s signature, signed, at name.Digest) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	certificate, err := a.certificate(s, key.Public())
	if err != nil {
		return err
	}
	statement, err := json.Marshal(map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "predicateType": predicateType, "predicate": map[string]any{},
		"subject": []any{map[string]any{"digest": map[string]string{"sha256": strings.TrimPrefix(signed.DigestStr(), "sha256:")}}},
	})
	if err != nil {
		return err
	}
	signer, err := sigstore.LoadECDSASigner(key, crypto.SHA256)
	if err != nil {
		return err
	}
	envelopes, err := dsse.NewEnvelopeSigner(&sigdsse.SignerAdapter{SignatureSigner: signer, Pub: key.Public()})
	if err != nil {
		return err
	}
	envelope, err := envelopes.SignPayload(ctx, payloadType, statement)
	if err != nil {
		return err
	}
	proof, err := base64.StdEncoding.DecodeString(envelope.Signatures[0].Sig)
	if err != nil {
		return err
	}
	entry, err := a.entry(certificate, envelope, proof)
	if err != nil {
		return err
	}
	mediaType, err := bundle.MediaTypeString("0.3")
	if err != nil {
		return err
	}
	signature, err := bundle.NewBundle(&protobundle.Bundle{
		MediaType: mediaType,
		VerificationMaterial: &protobundle.VerificationMaterial{
			Content:     &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: certificate.Raw}},
			TlogEntries: []*rekor.TransparencyLogEntry{entry},
		},
		Content: &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{
			Payload: statement, PayloadType: payloadType, Signatures: []*protodsse.Signature{{Sig: proof}},
		}},
	})
	if err != nil {
		return err
	}
	content, err := protojson.Marshal(signature)
	if err != nil {
		return err
	}
	return ociremote.WriteAttestationNewBundleFormat(at, content, predicateType)
}

// entry is the log's, with the promise that says when, which sigstore-go's test authority makes and then leaves out.
func (a *authority) entry(certificate *x509.Certificate, envelope *dsse.Envelope, proof []byte) (*rekor.TransparencyLogEntry, error) {
	made, err := a.rekor.GenerateTlogEntry(certificate, envelope, proof, time.Now().Unix(), true)
	if err != nil {
		return nil, err
	}
	entry := made.TransparencyLogEntry()
	promise, err := a.rekor.RekorSignPayload(tlog.RekorPayload{
		Body: base64.StdEncoding.EncodeToString(entry.CanonicalizedBody), IntegratedTime: entry.IntegratedTime, LogIndex: entry.LogIndex, LogID: hex.EncodeToString(entry.LogId.KeyId),
	})
	entry.KindVersion = &rekor.KindVersion{Kind: "dsse", Version: "0.0.1"}
	entry.InclusionPromise = &rekor.InclusionPromise{SignedEntryTimestamp: promise}
	return entry, err
}
