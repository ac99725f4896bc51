package gate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// TestHandOff: what the hand-off says is part of what is judged. A transformation in it counts for the overlay that it applies, and an
// edit is drift.
func TestHandOff(t *testing.T) {
	const (
		flux = "testdata/fleets/handoff/overlays/eks-prod/gitops/handoff/handoff.yaml"
		argo = "testdata/fleets/handoff/overlays/aks-prod/gitops/handoff/handoff.yaml"
	)
	for name, row := range map[string]struct{ file, old, new, rule, subject string }{
		"Flux drops the client validation": {flux,
			"  path: ./testdata/fleets/handoff/overlays/eks-prod/gateways/edge\n",
			"  path: ./testdata/fleets/handoff/overlays/eks-prod/gateways/edge\n  patches:\n  - target: {kind: ClientTrafficPolicy}\n    patch: |\n      - {op: remove, path: /spec/tls/clientValidation}\n",
			"identity/any-identity", "Gateway edge/edge listener relay"},
		"Flux takes unsigned artifacts": {flux, "    provider: cosign\n", "    provider: notation\n", "drift/modified", ""},
		"Argo CD opens the egress": {argo, "        targetRevision: HEAD\n",
			"        targetRevision: HEAD\n        kustomize:\n          patches:\n          - target: {kind: AuthorizationPolicy}\n            patch: |\n              - {op: replace, path: /spec/action, value: AUDIT}\n",
			"egress/open-to-others", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, o := example(t, "handoff")
			r.Replace(row.file, row.old, row.new)
			r.Blocks(r.Check(o), row.rule, row.subject, "", "")
		})
	}
}

// TestHandOffOutlivesTheOverlays: the engine removes what it applied only if it still finds the folder.
func TestHandOffOutlivesTheOverlays(t *testing.T) {
	r, o := example(t, "handoff")
	const fleet = "testdata/fleets/handoff/fleet.cue"
	shared, _, found := strings.Cut(r.Read(fleet), "\texposures: relay: {")
	if !found {
		t.Fatal("the example has no exposure relay")
	}
	r.Write(fleet, shared+"}\n")
	if _, err := gate.Generate(t.Context(), o, gate.GenerateOptions{Prune: true}); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, file := range r.Files("testdata/fleets/handoff/overlays") {
		if strings.HasSuffix(file, "/handoff.yaml") {
			left = append(left, file)
		}
	}
	want := []string{
		"testdata/fleets/handoff/overlays/aks-prod/gitops/handoff/handoff.yaml",
		"testdata/fleets/handoff/overlays/eks-prod/gitops/handoff/handoff.yaml",
	}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Error(diff)
	}
}

// TestApplicationThatNobodyApplies: an Application that no root holds may mend what Git shows unsafe, but nobody is seen to apply it.
func TestApplicationThatNobodyApplies(t *testing.T) {
	const edge = "overlays/eks-prod/gateways/edge/edge.yaml"
	const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: edge, namespace: argocd}
spec:
  project: default
  destination: {name: eks-prod}
  source: {repoURL: https://git.example.com/fleet, path: `
	patches := func(patch string) string {
		return "patches: [{target: {kind: ClientTrafficPolicy}, patch: '- " + patch + "'}]"
	}
	ways := map[string]func(r *gatetest.Repo, patch string){
		"patches": func(r *gatetest.Repo, patch string) {
			r.Write("docs/edge.yaml", application+"overlays/eks-prod/gateways/edge, kustomize: {"+patches(patch)+"}}\n")
		},
		"contains": func(r *gatetest.Repo, patch string) {
			r.Write("docs/edge.yaml", application+"docs/all}\n")
			r.Write("docs/all/kustomization.yaml", "resources: [../../overlays/eks-prod/gateways/edge]\n"+patches(patch)+"\n")
		},
		"contains, by an Application of its own": func(r *gatetest.Repo, patch string) {
			r.Write("docs/edge.yaml", application+"docs/apps}\n")
			r.Write("docs/apps/kustomization.yaml", "resources: [all.yaml]\n")
			r.Write("docs/apps/all.yaml", strings.Replace(application, "name: edge", "name: all", 1)+"docs/all}\n")
			r.Write("docs/all/kustomization.yaml", "resources: [../../overlays/eks-prod/gateways/edge]\n"+patches(patch)+"\n")
		},
	}
	fleet := `{"clusters": {"eks-prod": {"cloud": "eks", "path": "overlays/eks-prod", "gitops": {"engine": "argocd"},
  "controller": {"name": "envoy-gateway", "version": "1.9.1", "gatewayClassName": "eg", "dataPlaneNamespace": "envoy-gateway-system"},
  "gatewayAPI": {"version": "1.6"}, "networkPolicyEngine": "vpc-cni"}}}`
	for name, apply := range ways {
		check := func(t *testing.T, weak bool, patch string) (*gatetest.Repo, *report.Report) {
			t.Parallel()
			r := gatetest.Relay(t)
			r.Write("clusters.json", fleet)
			apply(r, patch)
			if weak {
				r.Replace(edge, "mode: RequireAndVerify\n", "mode: VerifyIfGiven\n")
			}
			return r, r.Check(gate.Options{Fleet: "clusters.json"})
		}
		t.Run(name+" and mends", func(t *testing.T) {
			r, judged := check(t, true, "{op: replace, path: /spec/tls/clientValidation/mode, value: RequireAndVerify}")
			r.Blocks(judged, "mtls/client-certificate-not-required", "Gateway edge/edge listener relay", "ClientTrafficPolicy edge/edge-relay", r.Line(edge, "mode: VerifyIfGiven"))
		})
		t.Run(name+" and weakens", func(t *testing.T) {
			r, judged := check(t, false, "{op: replace, path: /spec/tls/clientValidation/mode, value: VerifyIfGiven}")
			r.Blocks(judged, "mtls/client-certificate-not-required", "Gateway edge/edge listener relay", "ClientTrafficPolicy edge/edge-relay", "")
		})
		t.Run(name+" and changes nothing that matters", func(t *testing.T) {
			r, judged := check(t, false, "{op: add, path: /metadata/annotations, value: {team: edge}}")
			r.Passes(judged)
		})
	}
}
