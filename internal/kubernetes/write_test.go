package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

func TestWritten(t *testing.T) {
	server := controller.Certificate{Secret: "edge-relay-tls", Namespace: "edge", DNSNames: []string{"relay.example.com"}}
	issued, client, external, carrying := server, server, server, server
	issued.CertManager = &controller.IssuerRef{Kind: "ClusterIssuer", Name: "corp"}
	client.CertManager, client.Client, client.DNSNames, client.URIs = issued.CertManager, true, nil, []string{"spiffe://corp/orders"}
	external.ExternalSecret = &controller.ExternalSecret{StoreKind: "ClusterSecretStore", StoreName: "vault", Key: "pki/edge"}
	carrying.ExternalSecret, carrying.CA = external.ExternalSecret, "PEM"
	exposure := controller.Exposure{Name: "relay", Service: controller.Service{Namespace: "relay", Name: "relay", Port: 443, TargetPort: 8443, Selector: map[string]string{"app": "relay"}}}
	certificate := func(name, usage string) string {
		return `
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: edge-relay-tls, namespace: edge}
spec:
  secretName: edge-relay-tls
  issuerRef: {kind: ClusterIssuer, name: corp}
  ` + name + `
  usages: [digital signature, ` + usage + `]
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
`
	}
	secret := func(template string) string {
		return `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: edge-relay-tls, namespace: edge}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  target: {name: edge-relay-tls, template: {type: kubernetes.io/tls` + template + `}}
  data:
  - {secretKey: tls.crt, remoteRef: {key: pki/edge, property: tls.crt}}
  - {secretKey: tls.key, remoteRef: {key: pki/edge, property: tls.key}}
`
	}
	privateCA := controller.Certificate{
		Secret: "orders-client", Namespace: "orders", URIs: []string{"spiffe://corp.example.com/ns/orders/sa/orders"}, Client: true,
		CertManager: &controller.IssuerRef{Group: "awspca.cert-manager.io", Kind: "AWSPCAClusterIssuer", Name: "corp"},
	}
	archive := controller.Certificate{
		Secret: "orders-client", Namespace: "orders", Client: true, CA: "PEM",
		ExternalSecret: &controller.ExternalSecret{StoreKind: "ClusterSecretStore", StoreName: "key-vault", Key: "secret/orders", PKCS12: true},
	}
	vault := controller.Certificate{
		Secret: "orders-client", Namespace: "orders", Client: true,
		KeyVaultCSI: &controller.KeyVaultCSI{
			Vault: "corp", Object: "orders", ClientID: "00000000-0000-0000-0000-000000000001", TenantID: "00000000-0000-0000-0000-000000000002",
		},
	}
	for name, c := range map[string]struct {
		written any
		want    string
	}{
		"a server's certificate":      {kubernetes.Certificate(issued, "edge-relay-tls"), certificate("dnsNames: [relay.example.com]", "server auth")},
		"a client's certificate":      {kubernetes.Certificate(client, "edge-relay-tls"), certificate(`uris: ["spiffe://corp/orders"]`, "client auth")},
		"an ExternalSecret":           {kubernetes.Certificate(external, "edge-relay-tls"), secret("")},
		"an ExternalSecret with a CA": {kubernetes.Certificate(carrying, "edge-relay-tls"), secret(", mergePolicy: Merge, data: {ca.crt: PEM}")},
		"a bundle":                    {kubernetes.CABundle("edge-client-ca", "edge", "PEM"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: edge-client-ca, namespace: edge}\ndata: {ca.crt: PEM}"},
		"a Certificate of AWS Private CA": {kubernetes.Certificate(privateCA, "edge-relay-tls"), `
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: edge-relay-tls, namespace: orders}
spec:
  secretName: orders-client
  issuerRef: {group: awspca.cert-manager.io, kind: AWSPCAClusterIssuer, name: corp}
  uris: ["spiffe://corp.example.com/ns/orders/sa/orders"]
  usages: [client auth]
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
`},
		"an ExternalSecret of Azure Key Vault": {kubernetes.Certificate(archive, "orders-client"), `
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: orders-client, namespace: orders}
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: key-vault}
  target:
    name: orders-client
    template:
      type: kubernetes.io/tls
      engineVersion: v2
      data: {ca.crt: PEM, tls.crt: "{{ .archive | b64dec | pkcs12cert }}", tls.key: "{{ .archive | b64dec | pkcs12key }}"}
  data:
  - secretKey: archive
    remoteRef: {key: secret/orders}
`},
		"a SecretProviderClass": {kubernetes.Certificate(vault, "orders-client"), `
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: orders-client, namespace: orders}
spec:
  provider: azure
  parameters:
    keyvaultName: corp
    clientID: 00000000-0000-0000-0000-000000000001
    tenantID: 00000000-0000-0000-0000-000000000002
    objects: "array:\n  - |\n    objectName: orders\n    objectType: secret\n    objectAlias: tls.crt\n  - |\n    objectName: orders\n    objectType: secret\n    objectAlias: tls.key\n"
  secretObjects:
  - secretName: orders-client
    type: kubernetes.io/tls
    data: [{objectName: tls.crt, key: tls.crt}, {objectName: tls.key, key: tls.key}]
`},
		"a Bundle": {kubernetes.TrustBundle(controller.Trust{Domain: controller.TrustDomain{ConfigMap: "corp-ca", PEM: "PEM"}, Namespaces: []string{"edge", "relay"}, Secret: true}), `
apiVersion: trust.cert-manager.io/v1alpha1
kind: Bundle
metadata: {name: corp-ca}
spec:
  sources: [{inLine: PEM}]
  target:
    configMap: {key: ca.crt}
    secret: {key: ca.crt}
    namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [edge, relay]}]}
`},
		"the NetworkPolicy of a backend": {kubernetes.BackendNetworkPolicy(exposure, kubernetes.GatewayPods{Namespace: "eg", Labels: map[string]string{"app": "envoy"}}), `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: relay, namespace: relay}
spec:
  podSelector: {matchLabels: {app: relay}}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: eg}}, podSelector: {matchLabels: {app: envoy}}}]
    ports: [{protocol: TCP, port: 8443}]
`},
	} {
		raw, err := yaml.Marshal(c.written)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := yaml.UnmarshalStrict(raw, &got); err != nil {
			t.Fatal(err)
		}
		if err := yaml.UnmarshalStrict([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	existing := server
	existing.Existing = true
	if made := kubernetes.Certificate(existing, "x"); made != nil {
		t.Errorf("an existing Secret is made: %v", made)
	}
}

// TestWrittenCertificateMakesItsSecret: whatever way, what is written is read as what makes the Secret.
func TestWrittenCertificateMakesItsSecret(t *testing.T) {
	for name, c := range map[string]controller.Certificate{
		"External Secrets": {ExternalSecret: &controller.ExternalSecret{StoreName: "x", Key: "k"}},
		"an archive":       {ExternalSecret: &controller.ExternalSecret{StoreName: "x", Key: "k", PKCS12: true}},
		"cert-manager":     {CertManager: &controller.IssuerRef{Kind: "Issuer", Name: "x"}},
		"CSI":              {KeyVaultCSI: &controller.KeyVaultCSI{Vault: "x", Object: "y"}},
	} {
		c.Secret, c.Namespace = "s", "edge"
		w := gatewayapi.World{Objects: objecttest.Of(t, []any{kubernetes.Certificate(c, "another-name")})}
		if w.Maker(object.ID{Kind: "Secret", Namespace: "edge", Name: "s"}) == nil {
			t.Errorf("%s: the Secret has no maker", name)
		}
	}
}

// TestBundleIsMadeWhereItsSelectorSays: a Bundle of trust-manager makes nothing in other namespaces.
func TestBundleIsMadeWhereItsSelectorSays(t *testing.T) {
	written := kubernetes.TrustBundle(controller.Trust{Domain: controller.TrustDomain{ConfigMap: "corp-ca", PEM: "PEM"}, Namespaces: []string{"edge"}})
	w := gatewayapi.World{Objects: objecttest.Of(t, []any{written})}
	for namespace, want := range map[string]bool{"edge": true, "relay": false} {
		if got := w.Maker(object.ID{Kind: "ConfigMap", Namespace: namespace, Name: "corp-ca"}) != nil; got != want {
			t.Errorf("made in %s: %v", namespace, got)
		}
	}
	if w.Maker(object.ID{Kind: "Secret", Namespace: "edge", Name: "corp-ca"}) != nil {
		t.Error("a Secret is made that nobody asked for")
	}
}

func TestWrittenNetworkPolicyAdmitsTheGatewayOnly(t *testing.T) {
	exposure := controller.Exposure{Name: "relay", Service: controller.Service{Namespace: "relay", Port: 8443, Selector: map[string]string{"app": "relay"}}}
	set := objecttest.Of(t, []any{kubernetes.BackendNetworkPolicy(exposure, kubernetes.GatewayPods{Namespace: "eg", Labels: map[string]string{"app": "envoy"}})})
	got := kubernetes.IngressPeers(set, "relay", map[string]string{"app": "relay", "version": "2"}, false, 8443)
	want := []string{"namespaces{kubernetes.io/metadata.name=eg} pods{app=envoy} ports{TCP:8443}"}
	if diff := cmp.Diff(want, got.Value.Admitted); diff != "" || got.Value.Everybody {
		t.Errorf("everybody %v; %s", got.Value.Everybody, diff)
	}
}

func TestWriteDirectWithRootsOfTheFleet(t *testing.T) {
	consumer := controller.Consumer{
		Name: "orders", Namespace: "orders", Certificate: controller.Certificate{Secret: "s", Existing: true},
		Destinations: []controller.Destination{
			{Exposure: "a", TrustDomain: controller.TrustDomain{Name: "corp", PEM: "PEM"}},
			{Exposure: "b", TrustDomain: controller.TrustDomain{Name: "corp", PEM: "PEM"}},
		},
	}
	written, err := kubernetes.WriteDirect(controller.Cluster{}, consumer)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range objecttest.Of(t, written).All() {
		names = append(names, o.Name)
	}
	if diff := cmp.Diff([]string{"orders-a-endpoint", "orders-b-endpoint", "orders-corp-ca"}, names); diff != "" {
		t.Error(diff)
	}
	consumer.Destinations[1].TrustDomain = controller.TrustDomain{Name: "other"}
	if _, err := kubernetes.WriteDirect(controller.Cluster{}, consumer); err == nil || !strings.Contains(err.Error(), "trust domain other") {
		t.Errorf("a trust domain without roots: error %v", err)
	}
}
