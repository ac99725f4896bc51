package kubernetes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// The types of cert-manager and External Secrets, as far as gatespan writes them.
type (
	certManagerCertificate struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              certManagerSpec `json:"spec"`
	}
	certManagerSpec struct {
		SecretName string           `json:"secretName"`
		IssuerRef  certManagerIssue `json:"issuerRef"`
		DNSNames   []string         `json:"dnsNames,omitempty"`
		URIs       []string         `json:"uris,omitempty"`
		Usages     []string         `json:"usages"`
		PrivateKey certManagerKey   `json:"privateKey"`
	}
	certManagerIssue struct {
		Group string `json:"group,omitempty"`
		Kind  string `json:"kind,omitempty"`
		Name  string `json:"name"`
	}
	certManagerKey struct {
		Algorithm      string `json:"algorithm"`
		Size           int    `json:"size"`
		RotationPolicy string `json:"rotationPolicy"`
	}

	externalSecret struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              externalSecretSpec `json:"spec"`
	}
	externalSecretSpec struct {
		SecretStoreRef externalSecretStore  `json:"secretStoreRef"`
		Target         externalSecretTarget `json:"target"`
		Data           []externalSecretData `json:"data"`
	}
	externalSecretStore struct {
		Kind string `json:"kind,omitempty"`
		Name string `json:"name"`
	}
	externalSecretTarget struct {
		Name     string                 `json:"name"`
		Template externalSecretTemplate `json:"template"`
	}
	externalSecretTemplate struct {
		Type        string            `json:"type"`
		MergePolicy string            `json:"mergePolicy,omitempty"`
		Data        map[string]string `json:"data,omitempty"`
	}
	externalSecretData struct {
		SecretKey string               `json:"secretKey"`
		RemoteRef externalSecretRemote `json:"remoteRef"`
	}
	externalSecretRemote struct {
		Key      string `json:"key"`
		Property string `json:"property"`
	}
)

// Certificate is the object that makes a certificate's Secret: a cert-manager Certificate or an ExternalSecret; nil (an untyped one) for
// a Secret that exists.
//
// A Certificate has one extended usage only, so that a server's key cannot call and a client's cannot serve, and a new key at every
// renewal (cert-manager, pkg/apis/certmanager/v1/types_certificate.go). An ExternalSecret takes tls.crt and tls.key from the
// properties of the same names; the roots, when the Secret must carry them, are merged in from the fleet (external-secrets,
// apis/externalsecrets/v1/externalsecret_types.go: mergePolicy Merge keeps the fetched keys).
func Certificate(certificate controller.Certificate, name string) any {
	meta := metav1.ObjectMeta{Name: name, Namespace: certificate.Namespace}
	switch {
	case certificate.Existing:
		return nil
	case certificate.CertManager != nil:
		usage := "server auth"
		if certificate.Client {
			usage = "client auth"
		}
		issuer := certificate.CertManager
		return &certManagerCertificate{
			TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
			ObjectMeta: meta,
			Spec: certManagerSpec{
				SecretName: certificate.Secret,
				IssuerRef:  certManagerIssue{Group: issuer.Group, Kind: issuer.Kind, Name: issuer.Name},
				DNSNames:   certificate.DNSNames, URIs: certificate.URIs,
				Usages:     []string{"digital signature", usage},
				PrivateKey: certManagerKey{Algorithm: "ECDSA", Size: 256, RotationPolicy: "Always"},
			},
		}
	case certificate.ExternalSecret != nil:
		store := certificate.ExternalSecret
		template := externalSecretTemplate{Type: "kubernetes.io/tls"}
		if certificate.CA != "" {
			template.MergePolicy, template.Data = "Merge", map[string]string{bundleKey: certificate.CA}
		}
		property := func(key string) externalSecretData {
			return externalSecretData{SecretKey: key, RemoteRef: externalSecretRemote{Key: store.Key, Property: key}}
		}
		return &externalSecret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret"},
			ObjectMeta: meta,
			Spec: externalSecretSpec{
				SecretStoreRef: externalSecretStore{Kind: store.StoreKind, Name: store.StoreName},
				Target:         externalSecretTarget{Name: certificate.Secret, Template: template},
				Data:           []externalSecretData{property("tls.crt"), property("tls.key")},
			},
		}
	default:
		return nil
	}
}
