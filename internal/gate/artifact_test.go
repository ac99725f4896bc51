package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// TestArtifactsAreNotFollowed: a Gateway of this repository that reaches the cluster by way of an artifact is not passed over.
func TestArtifactsAreNotFollowed(t *testing.T) {
	const wanted = "takes this file with a Gateway into an artifact"
	for name, row := range map[string]struct {
		from      string
		contained bool
		undecided bool
	}{
		"the folder":           {"@repo/infra/edge/**", false, true},
		"by a pattern":         {"@repo/inf*/edge/*.yaml", false, true},
		"by one above":         {"@repo/", false, true},
		"by leaving the root":  {"@repo/../infra/**", false, true},
		"another folder":       {"@repo/other/**", false, false},
		"another repository":   {"@chart/infra/**", false, false},
		"a cluster has it too": {"@repo/infra/**", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{
				"fleet/fleet.yaml": "clusters: {a: {cloud: eks, controller: {name: envoy-gateway, version: \"1.9.1\", gatewayClassName: eg}, path: clusters/a,\n" +
					"  publicGateways: [{namespace: web, name: web, reason: browsers}]}}\n",
				"infra/edge/kustomization.yaml": "resources: [gateway.yaml]\n",
				"infra/edge/gateway.yaml": "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web, namespace: web}\n" +
					"spec: {gatewayClassName: eg, listeners: [{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: web}]}}]}\n",
				"clusters/a/artifact.yaml": "apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: g, namespace: flux-system}\n" +
					"spec:\n  sources: [{alias: repo, kind: GitRepository, name: flux-system}, {alias: chart, kind: OCIRepository, name: chart}]\n" +
					"  artifacts: [{name: edge, copy: [{from: \"" + row.from + "\", to: \"@artifact/\"}]}]\n" +
					"---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: edge, namespace: flux-system}\n" +
					"spec: {interval: 1h, path: ./, prune: true, sourceRef: {kind: ExternalArtifact, name: edge}}\n",
			}
			if row.contained {
				files["clusters/a/kustomization.yaml"] = "resources: [artifact.yaml, ../../infra/edge]\n"
			}
			judged := gatetest.New(t, files).Check(gate.Options{})
			found := false
			for _, u := range judged.Undecided {
				found = found || u.Overlay == "infra/edge/gateway.yaml" && strings.Contains(u.Message, wanted)
			}
			if found != row.undecided || row.undecided && judged.Verdict == report.Pass {
				t.Errorf("undecided %v, want %v: verdict %s, %+v", found, row.undecided, judged.Verdict, judged.Undecided)
			}
		})
	}
}
