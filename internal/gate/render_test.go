package gate_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

const (
	edgeKustomization = "overlays/eks-prod/gateways/edge/kustomization.yaml"
	clientPolicy      = "ClientTrafficPolicy edge/edge-relay"
)

// TestFlux puts Flux around the gateway's overlay.
func TestFlux(t *testing.T) {
	flux := func(spec string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			r.Write("overlays/eks-prod/gitops/kustomization.yaml", "resources: [flux.yaml]\n")
			r.Write("overlays/eks-prod/gitops/flux.yaml", `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: edge, namespace: flux-system}
spec:
  interval: 5m
  path: ./overlays/eks-prod/gateways/edge
  sourceRef: {kind: GitRepository, name: flux-system}
`+spec)
			return ""
		}
	}
	const floor = "tls/version-below-floor"
	check(t, gatetest.Relay, []unsafe{
		{"a target namespace", flux("  targetNamespace: other\n"), "drift/not-served", "", "", false},
		{"a substitution", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"", "    maxVersion: \"1.3\"\n    minVersion: \"${FLOOR}\"")
			return flux("  postBuild: {substitute: {FLOOR: '\"1.2\"'}}\n")(r)
		}, floor, relayEntry, clientPolicy, false},
		{"a substitution from outside Git", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"", "    maxVersion: \"1.3\"\n    minVersion: \"${FLOOR}\"")
			return flux("  postBuild: {substituteFrom: [{kind: ConfigMap, name: versions}]}\n")(r)
		}, "unknown/variable", "", "", false},
	})
}

// TestCannotBeDecided: what is not here cannot be judged, so the run does not pass.
func TestCannotBeDecided(t *testing.T) {
	t.Run("U241 a cluster whose path is empty", func(t *testing.T) {
		r := gatetest.Relay(t)
		r.Write("testdata/relay/more.cue", "package fleet\n\nclusters: \"new\": {cloud: \"eks\", path: \"elsewhere\", controller: name: \"envoy-gateway\"}\n")
		if judged := r.Check(gate.Options{}); judged.Verdict != report.Undecided {
			t.Errorf("verdict %s", judged.Verdict)
		}
	})
}

// TestEnginesThatAddLabels: what Flux and Argo CD add around an overlay replaces it, and is no second definition of its objects.
func TestEnginesThatAddLabels(t *testing.T) {
	for name, file := range map[string]string{
		"argo/edge.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: edge, namespace: argocd}
spec:
  destination: {name: eks-prod}
  source:
    repoURL: https://example.com/gitops.git
    path: overlays/eks-prod/gateways/edge
    kustomize: {commonLabels: {team: platform}, labelWithoutSelector: true}
`,
		"overlays/eks-prod/gitops/edge.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: edge, namespace: flux-system}
spec:
  path: overlays/eks-prod/gateways/edge
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  commonMetadata: {labels: {team: platform}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			r := gatetest.Relay(t)
			r.Write(name, file)
			r.Passes(r.Check(gate.Options{}))
		})
	}
}
