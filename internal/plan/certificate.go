package plan

import (
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
)

// certificateOf is the wish for one certificate.
type certificateOf struct {
	way       *fleet.Certificates // nil: the cluster's
	cluster   string
	at        []string // where the fleet could say it
	purpose   string
	secret    string // the name of a Secret that is made
	namespace string
	client    bool
	dns, uris []string
	trust     controller.TrustDomain
}

// certificate says how a certificate comes to its Secret. It refuses a wish that the fleet gives no way for.
func (m *maker) certificate(wish certificateOf) controller.Certificate {
	out := controller.Certificate{
		Secret: wish.secret, Namespace: wish.namespace, DNSNames: wish.dns, URIs: wish.uris, Client: wish.client, CA: wish.trust.PEM,
	}
	way := wish.way
	if way == nil {
		way = m.fleet.Clusters[wish.cluster].Certificates
	}
	switch {
	case way == nil:
		m.at(wish.at, "add clusters."+wish.cluster+".certificates, or "+strings.Join(wish.at, "."),
			"nothing says how %s is made in cluster %s", wish.purpose, wish.cluster)
	case way.Secret != "":
		out.Secret, out.Existing = way.Secret, true
	case way.CertManager != nil:
		out.CertManager = m.issuer(way, wish.cluster)
		out.Duration, out.RenewBefore = way.CertManager.Duration, way.CertManager.RenewBefore
	case way.KeyVaultCSI != nil:
		k := controller.KeyVaultCSI(*way.KeyVaultCSI)
		out.KeyVaultCSI = &k
	case way.ACM != "":
		out.Secret, out.ACM = "", way.ACM
		if wish.client {
			m.at(wish.at, "make it with cert-manager, External Secrets or Key Vault",
				"%s cannot be in AWS Certificate Manager: its key would have to reach cluster %s", wish.purpose, wish.cluster)
		}
	case way.ExternalSecret != nil:
		store := way.ExternalSecret.SecretStoreRef
		out.ExternalSecret = &controller.ExternalSecret{StoreKind: store.Kind, StoreName: store.Name, Key: way.ExternalSecret.RemoteRef.Key, PKCS12: way.ExternalSecret.Format == "pkcs12"}
	}
	return out
}

// issuer is who signs a certificate that is made in a way, or in the cluster's without one; nil when cert-manager does not make it.
func (m *maker) issuer(way *fleet.Certificates, cluster string) *controller.IssuerRef {
	if way == nil {
		way = m.fleet.Clusters[cluster].Certificates
	}
	if way == nil || way.CertManager == nil {
		return nil
	}
	ref := way.CertManager.IssuerRef
	return &controller.IssuerRef{Group: ref.Group, Kind: ref.Kind, Name: ref.Name}
}

// source names the one key pair that a certificate is a copy of: two certificates with the same source are one certificate.
// It is empty when a fresh one is made for each.
func source(c controller.Certificate) string {
	switch {
	case c.Existing:
		return "Secret " + c.Namespace + "/" + c.Secret
	case c.ACM != "":
		return c.ACM
	case c.KeyVaultCSI != nil:
		return "certificate " + c.KeyVaultCSI.Object + " of vault " + c.KeyVaultCSI.Vault
	case c.ExternalSecret != nil && c.ExternalSecret.StoreKind == "ClusterSecretStore":
		return "entry " + c.ExternalSecret.Key + " of " + c.ExternalSecret.StoreName
	case c.ExternalSecret != nil:
		return "entry " + c.ExternalSecret.Key + " of " + c.Namespace + "/" + c.ExternalSecret.StoreName
	}
	return ""
}
