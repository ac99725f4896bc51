package gate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestWhatIsKnownOfTheHeadMakesNoDifference changes repositories in one cluster, in several and in the fleet: the report is the one that
// reading the base by itself gives.
func TestWhatIsKnownOfTheHeadMakesNoDifference(t *testing.T) {
	repositories := map[string]struct {
		start   func(*testing.T) *gatetest.Repo
		changes map[string]func(*gatetest.Repo)
	}{
		"by hand": {handWritten, weakenings},
		"generated": {gatetest.Relay, map[string]func(*gatetest.Repo){
			"as it is": func(*gatetest.Repo) {},
			"an old fault": func(r *gatetest.Repo) {
				r.Append(relayFile, "---\n"+relayService+"  type: LoadBalancer\n")
				r.Commit("old")
			},
			"a cluster is gone": func(r *gatetest.Repo) { r.Remove("overlays/eks-prod") },
			"a gateway is gone": func(r *gatetest.Repo) { r.Remove("overlays/eks-prod/gateways") },
			"another exposure": func(r *gatetest.Repo) {
				r.Replace("testdata/relay/exposures/relay.cue", `"/v1"`, `"/v2"`)
				r.Generate()
			},
			"another scheme": func(r *gatetest.Repo) {
				r.Replace("testdata/relay/fleet.cue", `"internet-facing"`, "\"internal\"\n\t\t\t\treachableFrom: [\"aks-prod\"]")
			},
			"a link": func(r *gatetest.Repo) {
				r.Rename("overlays/aks-prod", "elsewhere")
				r.Link("../elsewhere", "overlays/aks-prod")
			},
			"a file beside": func(r *gatetest.Repo) { r.Write("notes/a.yaml", "a: [") },
			"an Application": func(r *gatetest.Repo) {
				r.Write("argo/a.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\n"+
					"spec: {project: p, destination: {name: eks-prod, namespace: x}, source: {repoURL: r, path: overlays/eks-prod/gateways/edge}}\n")
			},
		}},
	}
	for kind, c := range repositories {
		for name, change := range c.changes {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				r := c.start(t)
				change(r)
				if diff := cmp.Diff(r.Check(gate.Apart(sinceBase)), r.Check(sinceBase)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
