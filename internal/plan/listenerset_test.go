package plan_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
)

// TestManyListeners: a gateway with more exposures than a Gateway has listeners spreads them as the fleet says, with every controller that
// can; each is protected like the others, and one more leaves the files of all others as they are.
func TestManyListeners(t *testing.T) {
	for _, name := range []string{"envoy-gateway", "istio", "nginx"} {
		t.Run(name, func(t *testing.T) {
			const many = 70
			f := relay(t)
			known, _ := catalog.ByName(name)
			p := known.Profile()
			run(f, "eks-prod", p, newest(p.Versions)[0])
			orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = "trustDomain" })
			add := func(i int) {
				id := fmt.Sprintf("x%02d", i)
				twin(f, func(x *fleet.Exposure) {
					x.Hostname, x.Service.Name, x.Service.PortName = id+".example.com", id, "https"
					change(x.Consumers, "orders", func(c *fleet.Consumer) { c.ServiceName = id })
				})
				f.Exposures[id] = f.Exposures["twin"]
				delete(f.Exposures, "twin")
				if i >= 60 {
					inSet(f, id, "edge-more")
				}
			}
			for i := range many {
				add(i)
			}
			before := realise(t, f)
			for _, c := range before.plan.Clusters {
				if gaps := plan.Unmet(c.Wanted, before.postures[c.Facts.Name], before.postures["eks-prod"]); len(gaps) > 0 {
					t.Fatalf("%s", strings.Join(gaps, "\n"))
				}
				for _, u := range before.postures[c.Facts.Name].Unknowns {
					t.Errorf("unknown/%s: %s %s", u.Rule, u.Subject, u.Why)
				}
			}
			files := written(t, before.plan)
			if set := files["overlays/eks-prod/gateways/edge/edge.yaml"]; !strings.Contains(set, "kind: ListenerSet") {
				t.Error("no ListenerSet is written")
			}
			add(many)
			after := written(t, realise(t, f).plan)
			for path, text := range files {
				if !strings.Contains(path, "/gateways/edge/") && !strings.Contains(path, "/consumers/orders/") && after[path] != text {
					t.Errorf("%s changed", path)
				}
			}
		})
	}
}

// written is every file of a plan.
func written(t *testing.T, p *plan.Plan) map[string]string {
	t.Helper()
	generated, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, o := range generated {
		for name, body := range maps.All(o.Files) {
			out[o.Path+"/"+name] = string(body)
		}
	}
	return out
}
