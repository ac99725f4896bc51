//go:build e2e && linux

// Package cluster is a Kubernetes cluster as far as GitOps engines and gateway controllers see it: etcd and a kube-apiserver in a network
// namespace. There is no kubelet and no kube-controller-manager, so no EndpointSlice is made from a Service, nothing is garbage collected, and a
// namespace stays.
//
//  1. cluster.go starts one
//  2. client.go speaks with it: server-side apply with strict validation, get, list, delete
//  3. crds.go installs the CRDs that internal/crdtest pins
package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
)

const (
	server = "127.0.0.1:6443"
	store  = "http://127.0.0.1:2379"
	peers  = "http://127.0.0.1:2380"
)

// Cluster is one that runs.
type Cluster struct {
	Net        *sandbox.Net
	Kubeconfig string // path, for components of the same namespace
	Token      string // of an administrator
	CA         string // path
	Server     string // URL

	http  *http.Client
	kinds map[string]map[string]resource // by API version, by kind
}

// Start starts the binaries and waits until the API server is ready.
func Start(ctx context.Context, n *sandbox.Net, etcd, apiserver string) (*Cluster, error) {
	dir := filepath.Join(sandbox.Inside(), n.Name)
	c := &Cluster{Net: n, Kubeconfig: filepath.Join(dir, "kubeconfig"), Token: "administrator", CA: filepath.Join(dir, "ca.crt"), Server: "https://" + server,
		kinds: map[string]map[string]resource{}}
	authority, err := pki.New(n.Name)
	if err != nil {
		return nil, err
	}
	serving, err := authority.Issue(pki.Want{Name: "kube-apiserver", DNS: []string{"localhost", "kubernetes.default.svc"}, IPs: []string{"127.0.0.1", "10.96.0.1"}})
	if err != nil {
		return nil, err
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, content := range map[string]string{
		"ca.crt": authority.PEM, "tls.crt": serving.Certificate, "tls.key": serving.Key,
		"tokens":     c.Token + `,administrator,administrator,"system:masters"` + "\n",
		"kubeconfig": kubeconfig(c),
	} {
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(file(name), []byte(content), 0o600)); err != nil {
			return nil, err
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(authority.PEM))
	c.http = &http.Client{Transport: &http.Transport{DialContext: n.Dial, TLSClientConfig: &tls.Config{RootCAs: pool}}}

	if _, err := n.Start("etcd", nil, etcd, "--name=one", "--data-dir="+file("etcd"), "--listen-client-urls="+store, "--advertise-client-urls="+store,
		"--listen-peer-urls="+peers, "--initial-advertise-peer-urls="+peers, "--initial-cluster=one="+peers); err != nil {
		return nil, err
	}
	api, err := n.Start("kube-apiserver", nil, apiserver, "--etcd-servers="+store, "--bind-address=127.0.0.1", "--secure-port=6443",
		"--advertise-address=10.98.255.1", "--endpoint-reconciler-type=none", // nothing in the cluster reaches it by its Service
		"--tls-cert-file="+file("tls.crt"), "--tls-private-key-file="+file("tls.key"), "--token-auth-file="+file("tokens"), "--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+file("tls.crt"), "--service-account-signing-key-file="+file("tls.key"),
		"--disable-admission-plugins=ServiceAccount", // its controller is not there to make the default accounts
		"--allow-privileged=true")
	if err != nil {
		return nil, err
	}
	return c, api.Until(ctx, "ready", func() error {
		_, err := c.do(ctx, http.MethodGet, "/readyz", "", nil)
		return err
	})
}

func kubeconfig(c *Cluster) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: administrator, user: {token: %q}}]
contexts: [{name: here, context: {cluster: here, user: administrator}}]
current-context: here
`, c.Server, c.CA, c.Token)
}
