package kubernetes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// Certificate is the object that makes a certificate's Secret; nil (an untyped one) for a Secret that exists, and for a certificate that no
// Secret holds (AWS Certificate Manager).
func Certificate(certificate controller.Certificate, name string) any {
	meta := metav1.ObjectMeta{Name: name, Namespace: certificate.Namespace}
	switch {
	case certificate.CertManager != nil:
		return fromCertManager(certificate, meta)
	case certificate.ExternalSecret != nil:
		return fromExternalSecret(certificate, meta)
	case certificate.KeyVaultCSI != nil:
		return fromKeyVaultCSI(certificate, meta)
	default:
		return nil
	}
}

// privateCA is the API group of issuers of AWS Private CA.
const privateCA = "awspca.cert-manager.io"

// fromCertManager asks for one extended usage only, so that a server's key cannot call and a client's cannot serve, and a new key at
// every renewal (cert-manager, pkg/apis/certmanager/v1/types_certificate.go). AWS Private CA takes a template that fixes the usage only
// where that is the one usage; with any other set the request's own extensions count (aws-privateca-issuer v1.9.0, pkg/aws/pca.go
// templateArn).
func fromCertManager(certificate controller.Certificate, meta metav1.ObjectMeta) any {
	usages := []string{"digital signature", "server auth"}
	if certificate.Client {
		usages[1] = "client auth"
	}
	issuer := certificate.CertManager
	if issuer.Group == privateCA {
		usages = usages[1:]
	}
	return &certManagerCertificate{
		TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
		ObjectMeta: meta,
		Spec: certManagerSpec{
			SecretName: certificate.Secret,
			IssuerRef:  certManagerIssue{Group: issuer.Group, Kind: issuer.Kind, Name: issuer.Name},
			DNSNames:   certificate.DNSNames, URIs: certificate.URIs,
			Duration: certificate.Duration, RenewBefore: certificate.RenewBefore,
			Usages:     usages,
			PrivateKey: certManagerKey{Algorithm: "ECDSA", Size: 256, RotationPolicy: "Always"},
		},
	}
}

// fromExternalSecret copies an entry of a store: tls.crt and tls.key from its properties of the same names, or both out of one PKCS#12
// archive, which is what Azure Key Vault gives for the secret of a certificate (external-secrets, docs/guides/templating.md, pkcs12cert
// and pkcs12key). The roots, when the Secret must carry them, are merged in from the fleet (apis/externalsecrets/v1/externalsecret_types.go:
// mergePolicy Merge keeps the fetched keys).
func fromExternalSecret(certificate controller.Certificate, meta metav1.ObjectMeta) any {
	store := certificate.ExternalSecret
	template := externalSecretTemplate{Type: "kubernetes.io/tls"}
	property := func(key string) externalSecretData {
		return externalSecretData{SecretKey: key, RemoteRef: externalSecretRemote{Key: store.Key, Property: key}}
	}
	data := []externalSecretData{property("tls.crt"), property("tls.key")}
	if store.PKCS12 {
		data = []externalSecretData{{SecretKey: "archive", RemoteRef: externalSecretRemote{Key: store.Key}}}
		template.EngineVersion, template.Data = "v2", map[string]string{
			"tls.crt": "{{ .archive | b64dec | pkcs12cert }}", "tls.key": "{{ .archive | b64dec | pkcs12key }}",
		}
	}
	if certificate.CA != "" {
		if template.Data == nil {
			template.MergePolicy, template.Data = "Merge", map[string]string{}
		}
		template.Data[bundleKey] = certificate.CA
	}
	return &externalSecret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret"},
		ObjectMeta: meta,
		Spec: externalSecretSpec{
			SecretStoreRef: externalSecretStore{Kind: store.StoreKind, Name: store.StoreName},
			Target:         externalSecretTarget{Name: certificate.Secret, Template: template},
			Data:           data,
		},
	}
}

// fromKeyVaultCSI lets the Secrets Store CSI driver sync a certificate of Azure Key Vault into the Secret. Certificate and key are both asked
// for as objectType secret: cert gives the leaf without its chain, key the public half only. The Secret is there only while a pod of the
// namespace mounts the class; reading it says so. Source: Azure/secrets-store-csi-driver-provider-azure, website content
// configurations/getting-certs-and-keys.md and sync-with-k8s-secrets.md.
func fromKeyVaultCSI(certificate controller.Certificate, meta metav1.ObjectMeta) any {
	vault := certificate.KeyVaultCSI
	object := func(alias string) string {
		return "  - |\n    objectName: " + vault.Object + "\n    objectType: secret\n    objectAlias: " + alias + "\n"
	}
	return &secretProviderClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: "secrets-store.csi.x-k8s.io/v1", Kind: "SecretProviderClass"},
		ObjectMeta: meta,
		Spec: secretProviderClassSpec{
			Provider: "azure",
			Parameters: map[string]string{
				"clientID": vault.ClientID, "keyvaultName": vault.Vault, "tenantID": vault.TenantID,
				"objects": "array:\n" + object("tls.crt") + object("tls.key"),
			},
			SecretObjects: []syncedSecret{{
				SecretName: certificate.Secret, Type: "kubernetes.io/tls",
				Data: []syncedKey{{ObjectName: "tls.crt", Key: "tls.crt"}, {ObjectName: "tls.key", Key: "tls.key"}},
			}},
		},
	}
}
