package crdtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Module is a Go module that carries CRDs as YAML.
type Module struct {
	Path, Version string
	Sum           string // of the module's content, as in go.sum: what is read is what was pinned
	Files         string // pattern of its CRD files
}

// Modules are the CRDs that overlays are proven against.
func Modules() []Module {
	return []Module{
		{"sigs.k8s.io/gateway-api", "v1.6.3", "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=", "config/crd/standard/*.yaml"},
		{"sigs.k8s.io/gateway-api", "v1.6.3", "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=", "config/crd/experimental/*_tlsroutes.yaml"}, // v1alpha2, which HAProxy reads
		{"github.com/envoyproxy/gateway", "v1.9.1", "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY=", "charts/gateway-helm/charts/crds/crds/generated/*.yaml"},
		{"istio.io/istio", "v0.0.0-20260827124520-eed52ebb66ad", "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=", "manifests/charts/base/files/crd-all.gen.yaml"},
		{"github.com/traefik/traefik/v3", "v3.7.13", "h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw=", "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml"},
		{"github.com/cert-manager/cert-manager", "v1.21.2", "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=", "deploy/crds/*.yaml"},
		{"github.com/external-secrets/external-secrets", "v1.3.2", "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=", "config/crds/bases/*.yaml"},
		{"github.com/fluxcd/kustomize-controller", "v1.9.5", "h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc=", "config/crd/bases/*.yaml"},
		{"github.com/fluxcd/source-controller", "v1.9.5", "h1:MFPyCodUi9hZIMaKDsC/rYbNoyzpvrAdrPVixj7W9F0=", "config/crd/bases/*_ocirepositories.yaml"},
		{"github.com/argoproj/argo-cd/v3", "v3.3.0", "h1:9UlruTd5cC/MyvorTXgAIblfZTy63MF5FYvvoAaUvwU=", "manifests/crds/applicationset-crd.yaml"},
		{"github.com/cert-manager/trust-manager", "v0.25.0", "h1:nGtkHH9wEacI5uACdsq8wqCKWsCw1PMrwHPJcrUFUXA=", "deploy/crds/*.yaml"},
		{"github.com/prometheus-operator/prometheus-operator", "v0.85.0", "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=", "example/prometheus-operator-crd/monitoring.coreos.com_p*.yaml"},
	}
}

// Missing are the modules whose CRDs cannot be had, and why. What is generated of their kinds is in unproven.txt.
func Missing() map[string]string {
	return map[string]string{
		"sigs.k8s.io/secrets-store-csi-driver":                                  "the Go module proxy refuses it (403, this module version is not available); its CRDs are in config/crd/bases of the repository",
		"sigs.k8s.io/aws-load-balancer-controller":                              "the Go module proxy has only v1.1.9 (the path has no major version); its CRDs are in config/crd/gateway of the repository",
		"github.com/Azure/Application-Gateway-for-Containers-Migration-Utility": "it has the API's Go types (crds/v1) and no CRD; the controller's own image has those",
		"github.com/nginx/nginx-gateway-fabric/v2":                              "the Go module proxy refuses it (403, this module version is not available); its CRDs are in config/crd/bases of the repository",
	}
}

// Paths are the module's CRD files in the module cache; the module is downloaded if it is not there, and compared with its sum.
func (m Module) Paths() ([]string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", m.Path+"@"+m.Version).Output()
	var said struct{ Dir, Sum, Error string }
	if unreadable := json.Unmarshal(out, &said); unreadable != nil {
		return nil, fmt.Errorf("%s: %w", m.Path, errors.Join(err, unreadable))
	}
	if said.Error != "" {
		return nil, fmt.Errorf("%s: %s", m.Path, said.Error)
	}
	if said.Sum != m.Sum {
		return nil, fmt.Errorf("%s %s has the sum %s instead of %s", m.Path, m.Version, said.Sum, m.Sum)
	}
	paths, err := filepath.Glob(filepath.Join(said.Dir, filepath.FromSlash(m.Files)))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("%s %s has no %s", m.Path, m.Version, m.Files)
	}
	return paths, err
}
