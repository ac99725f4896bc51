package gate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// TestKindsOfFiles: what Git keeps beside the lines of a file, as changes: links, modes, submodules, and files that nothing applies.
func TestKindsOfFiles(t *testing.T) {
	const (
		fleet  = "clusters:\n  a: {cloud: eks, controller: {name: envoy-gateway, version: \"1.9.1\", gatewayClassName: eg}, gatewayAPI: {version: \"1.6\"}, path: apps}\n"
		edge   = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: edge}\nspec:\n  gatewayClassName: eg\n  listeners: [{name: api, port: 443, protocol: HTTPS, hostname: api.example.com, tls: {certificateRefs: [{name: api}]}}]\n"
		policy = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata: {name: edge, namespace: edge}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]\n  tls: {minVersion: \"1.3\", clientValidation: {caCertificateRefs: [{kind: Secret, name: clients}]MODE}}\n"
		entry  = "Gateway edge/edge listener api"
		object = "ClientTrafficPolicy edge/edge"
	)
	written := func(mode string) string { return strings.Replace(policy, "MODE", mode, 1) }
	start := func(t *testing.T) *gatetest.Repo {
		r := gatetest.New(t, map[string]string{
			"fleet/fleet.yaml":             fleet,
			"apps/edge/kustomization.yaml": "resources: [edge.yaml, policy.yaml]\n",
			"apps/edge/edge.yaml":          edge,
			"apps/edge/policy.yaml":        written(""),
		})
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
		return r
	}
	const module = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	t.Run("a link to a weaker file takes the place of a file", func(t *testing.T) {
		r := start(t)
		r.Write("apps/edge/weak/policy.txt", written(", mode: Request"))
		r.Remove("apps/edge/policy.yaml")
		r.Link("weak/policy.txt", "apps/edge/policy.yaml")
		r.Blocks(r.Check(gate.Options{Base: "HEAD"}), "mtls/client-certificate-not-required", entry, object, "")
	})
	t.Run("a link to the same", func(t *testing.T) {
		r := start(t)
		r.Rename("apps/edge/policy.yaml", "apps/edge/kept/policy.txt")
		r.Link("kept/policy.txt", "apps/edge/policy.yaml")
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
	t.Run("a link to nothing", func(t *testing.T) {
		r := start(t)
		r.Remove("apps/edge/policy.yaml")
		r.Link("gone.yaml", "apps/edge/policy.yaml")
		r.Blocks(r.Check(gate.Options{Base: "HEAD"}), "unknown/root", "", "", "")
	})
	t.Run("a link out of the repository, which says the same here", func(t *testing.T) {
		r := start(t)
		outside := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(outside, []byte(written("")), 0o644); err != nil {
			t.Fatal(err)
		}
		r.Remove("apps/edge/policy.yaml")
		r.Link(outside, "apps/edge/policy.yaml")
		r.Blocks(r.Check(gate.Options{Base: "HEAD"}), "render/outside-repository", "", "", "")
	})
	t.Run("another mode", func(t *testing.T) {
		r := start(t)
		if err := os.Chmod(filepath.Join(r.Dir, "apps/edge/policy.yaml"), 0o755); err != nil {
			t.Fatal(err)
		}
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
	t.Run("a submodule takes the place of a directory", func(t *testing.T) {
		r := start(t)
		r.Remove("apps/edge")
		r.Git("rm", "-r", "-q", "--cached", "apps/edge")
		r.Git("update-index", "--add", "--cacheinfo", "160000,"+module+",apps/edge")
		if judged := r.Check(gate.Options{Base: "HEAD"}); judged.Verdict != report.Undecided {
			t.Errorf("verdict %s: nothing of it can be judged", judged.Verdict)
		}
	})
	t.Run("a submodule that nothing refers to", func(t *testing.T) {
		r := start(t)
		r.Git("update-index", "--add", "--cacheinfo", "160000,"+module+",apps/edge/more")
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
	t.Run("a submodule that an overlay refers to", func(t *testing.T) {
		r := start(t)
		r.Git("update-index", "--add", "--cacheinfo", "160000,"+module+",apps/edge/more")
		r.Write("apps/edge/kustomization.yaml", "resources: [edge.yaml, policy.yaml, more]\n")
		r.Blocks(r.Check(gate.Options{Base: "HEAD"}), "unknown/root", "", "", "")
	})
	t.Run("files that no overlay has", func(t *testing.T) {
		r := start(t)
		r.Write("docs/notes.md", "# Notes\n")
		r.Write("docs/policy.txt", written(", mode: Request"))
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
	t.Run("a Gateway beside the overlays' kustomization", func(t *testing.T) {
		r := start(t)
		r.Write("apps/edge/unused.yaml", written(", mode: Request"))
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
	t.Run("files renamed with all that refers to them", func(t *testing.T) {
		r := start(t)
		r.Rename("apps/edge", "apps/front")
		r.Rename("apps/front/policy.yaml", "apps/front/clients.yaml")
		r.Write("apps/front/kustomization.yaml", "resources: [edge.yaml, clients.yaml]\n")
		r.Passes(r.Check(gate.Options{Base: "HEAD"}))
	})
}

// TestLastExposure: the last exposure is taken out of the fleet, and everything that was generated for it is removed. It is told, and with
// nothing left to judge the run is no pass.
func TestLastExposure(t *testing.T) {
	r := gatetest.Relay(t)
	r.Remove("testdata/relay/exposures")
	r.Generate()
	for _, dir := range []string{"overlays/eks-prod/exposures", "overlays/eks-prod/gateways", "overlays/aks-prod/consumers"} {
		if _, err := os.Stat(filepath.Join(r.Dir, dir)); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", dir, err)
		}
	}
	judged := r.Check(gate.Options{Base: "HEAD"})
	told := map[string]bool{}
	for _, f := range judged.Findings {
		if f.Rule != "change/exposure-removed" {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
		told[f.Cluster] = true
	}
	if judged.Verdict != report.Undecided || !told["eks-prod"] || !told["aks-prod"] {
		t.Errorf("verdict %s, told of %v", judged.Verdict, told)
	}
}
