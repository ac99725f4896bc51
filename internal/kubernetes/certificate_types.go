package kubernetes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The types of cert-manager, External Secrets and the Secrets Store CSI driver, as far as gatespan writes them.
type (
	certManagerCertificate struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              certManagerSpec `json:"spec"`
	}
	certManagerSpec struct {
		SecretName  string           `json:"secretName"`
		IssuerRef   certManagerIssue `json:"issuerRef"`
		DNSNames    []string         `json:"dnsNames,omitempty"`
		URIs        []string         `json:"uris,omitempty"`
		Duration    string           `json:"duration,omitempty"`
		RenewBefore string           `json:"renewBefore,omitempty"`
		Usages      []string         `json:"usages"`
		PrivateKey  certManagerKey   `json:"privateKey"`
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
		Type          string            `json:"type"`
		EngineVersion string            `json:"engineVersion,omitempty"`
		MergePolicy   string            `json:"mergePolicy,omitempty"`
		Data          map[string]string `json:"data,omitempty"`
	}
	externalSecretData struct {
		SecretKey string               `json:"secretKey"`
		RemoteRef externalSecretRemote `json:"remoteRef"`
	}
	externalSecretRemote struct {
		Key      string `json:"key"`
		Property string `json:"property,omitempty"`
	}

	secretProviderClass struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              secretProviderClassSpec `json:"spec"`
	}
	secretProviderClassSpec struct {
		Provider      string            `json:"provider"`
		Parameters    map[string]string `json:"parameters"`
		SecretObjects []syncedSecret    `json:"secretObjects"`
	}
	syncedSecret struct {
		SecretName string      `json:"secretName"`
		Type       string      `json:"type"`
		Data       []syncedKey `json:"data"`
	}
	syncedKey struct {
		ObjectName string `json:"objectName"`
		Key        string `json:"key"`
	}
)
