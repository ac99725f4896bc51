//go:build e2e && linux

// Package component builds the real components that `make e2e` asks, from the nested modules beside it, into a cache outside of the tree.
//
//  1. component.go: what there is, at which version, and where its pins are
//  2. build.go: a scratch copy of the module, the module's own sources where upstream's cannot be built as they are, and the build
package component

// Component is a program that is built from a Go module.
type Component struct {
	Name    string            // of its folder in internal/e2e/modules, and of the binary
	Version string            // of its module
	Package string            // of its main
	LDFlags string            // what upstream's own build says of the version
	Copies  map[string]string // folder in the scratch module → module@version that is copied there, to be changed by the folder's own files
	System  string            // a program of this name in PATH does as well
}

// All are in the order in which they are built: what most claims need comes first.
func All() []Component {
	return []Component{
		{Name: "etcd", Version: "v3.6.16", Package: ".", System: "etcd"},
		{Name: "kube-apiserver", Version: "v1.36.3", Package: "k8s.io/kubernetes/cmd/kube-apiserver",
			LDFlags: "-X k8s.io/component-base/version.gitVersion=v1.36.3 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36"},
		// v1.9.6 does not compile outside of its repository, and v1.10 needs Go 1.27.
		{Name: "kustomize-controller", Version: "v1.9.5", Package: "github.com/fluxcd/kustomize-controller"},
		// It brings cosign's verification, and the SDKs of all clouds.
		{Name: "source-controller", Version: "v1.9.5", Package: "github.com/fluxcd/source-controller"},
		// Fulcio, Rekor and a registry, as far as a verifier sees them: sigstore-go's test authority, and what it lacks.
		{Name: "signer", Version: "v1.2.0", Package: "."},
		// Its translators are internal packages: their command is built inside of its module.
		{Name: "envoy-gateway", Version: "v1.9.1", Package: "github.com/envoyproxy/gateway/cmd/oracle", Copies: map[string]string{"gateway": "github.com/envoyproxy/gateway@v1.9.1"}},
		// Its discovery server, in a command of ours.
		{Name: "istio", Version: "v1.31-dev-eed52ebb66ad", Package: "."},
		// lego's providers each bring their vendor's SDK, and no certificate is asked of any here.
		{Name: "traefik", Version: "v3.7.13", Package: "github.com/traefik/traefik/v3/cmd/traefik", LDFlags: "-X github.com/traefik/traefik/v3/pkg/version.Version=3.7.13",
			Copies: map[string]string{"lego": "github.com/go-acme/lego/v5@v5.4.1"}},
		{Name: "gator", Version: "v3.23.1", Package: "github.com/open-policy-agent/gatekeeper/v3/cmd/gator"},
		{Name: "opa", Version: "v1.22.2", Package: "github.com/open-policy-agent/opa"},
		{Name: "conftest", Version: "v0.71.1", Package: "github.com/open-policy-agent/conftest"},
		// Its binary embeds manifests that only its release has, and that `flux build` does not read.
		{Name: "flux", Version: "v2.9.5", Package: "github.com/fluxcd/flux2/v2/cmd/flux", LDFlags: "-X main.VERSION=2.9.5",
			Copies: map[string]string{"flux2": "github.com/fluxcd/flux2/v2@v2.9.5"}},
	}
}
