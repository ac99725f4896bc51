package report

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

// TestPowersAreShown: the text says who may change what in the cluster itself, once for each role, and tells a role that nobody has.
func TestPowersAreShown(t *testing.T) {
	power := func(holder string, bound bool, over ...string) posture.Power {
		p := posture.Power{Holder: posture.Subject{Kind: "Group", Name: holder}, Bound: bound, Role: posture.Ref{Kind: "Role", Namespace: "edge", Name: "operators"}}
		for _, o := range over {
			p.Reaches = append(p.Reaches, posture.Reach{Over: o, Namespace: "edge"})
		}
		return p
	}
	c := trace.Cluster{Name: "one"}
	c.Posture.Powers = []posture.Power{
		power("platform", true, posture.OverGateways), power("platform", true, posture.OverPolicies, posture.OverGateways), power("nobody", false, posture.OverRoutes),
	}
	var out strings.Builder
	if err := PostureText(&out, []trace.Cluster{c}, Style{Columns: 100}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"MAY CHANGE": 1, "Group platform": 1, "gateways of namespace edge": 1, "policies of namespace edge": 1, "whoever is bound to it": 1, "routes of namespace edge": 1, "Role edge/operators": 2,
	} {
		if have := strings.Count(out.String(), text); have != want {
			t.Errorf("%q is there %d times:\n%s", text, have, out.String())
		}
	}
}
