package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
)

const relayExposure = "testdata/relay/exposures/relay.cue"

// TestClassesOfTheBase: a GatewayClass does not become the controller's because the change says so.
func TestClassesOfTheBase(t *testing.T) {
	const cluster = "Cluster eks-prod"
	checkWith(t, gate.Options{}, guarded, []unsafe{
		{"another controller's class", more(`clusters: "eks-prod": gateways: edge: gatewayClassName: "istio"`), "gate/cluster-changed", cluster, cluster, true},
	})
}

// TestMoreDevelopers: whom a change lets edit the routes and grants of an exposure, or the routes of a consumer, is told, each by name; what
// was generated for somebody whom it makes an operator is judged by the base's roles.
func TestMoreDevelopers(t *testing.T) {
	const (
		sam      = `{kind: "User", name: "sam"}`
		owner    = `owner:    "team-relay"`
		identity = `cluster:   "aks-prod"`
	)
	r := guarded(t)
	edit(relayExposure, owner, owner+"\n\t\tdevelopers: ["+sam+"]")(r)
	edit(relayExposure, identity, identity+"\n\t\t\tdevelopers: [{kind: \"User\", name: \"kim\"}]")(r)
	r.Generate()
	judged := r.Check(gate.Options{Base: "HEAD"})
	for _, want := range []string{"User sam: power was none, now reference grants relay of namespace relay, routes relay of namespace edge", "User kim: power was none, now routes orders-relay of namespace orders"} {
		if !slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool {
			return f.Rule == "change/wider" && f.Severity == finding.Change && strings.HasPrefix(f.Message, want)
		}) {
			t.Errorf("%q is not among %+v", want, judged.Findings)
		}
	}
	r.Passes(judged)
	if judged := r.Check(gate.Options{Base: "HEAD", FailOn: finding.Change}); judged.Verdict != "block" {
		t.Errorf("with --fail-on change the verdict is %s", judged.Verdict)
	}

	more(`clusters: "eks-prod": roles: clusterOperators: [` + sam + `]`)(r)
	r.Generate()
	judged = r.Check(gate.Options{Base: "HEAD"})
	if !slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool {
		return f.Rule == "rbac/developer-beyond-own" && strings.Contains(f.Message, "sam") && strings.Contains(f.Message, "gatespan-relay-cluster-operators")
	}) {
		t.Errorf("sam is an operator by the change's own word: %+v", judged.Findings)
	}
}
