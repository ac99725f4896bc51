package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
)

// TestCandidatesAgreeWithThePlan: whatever a fleet asks of a gateway, a controller that could serve it is one that the plan takes in the
// place of the cluster's, and what another lacks is what the plan refuses.
func TestCandidatesAgreeWithThePlan(t *testing.T) {
	for _, id := range controller.AbilityIDs() {
		if !strings.HasPrefix(string(id), "entry.") {
			continue
		}
		t.Run(string(id), func(t *testing.T) {
			f := relay(t)
			orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy, c.Via = "trustDomain", "direct" })
			asking[id](f)
			for _, c := range plan.Candidates(f, "relay", catalog.All()) {
				known, _ := catalog.ByName(c.Name)
				p := known.Profile()
				v := p.Versions[slices.IndexFunc(p.Versions, func(v controller.VersionRange) bool { return v.Distribution == c.Distribution })]
				g := *f
				g.Clusters = maps.Clone(f.Clusters)
				certificates := g.Clusters["eks-prod"].Certificates
				run(&g, "eks-prod", p, v)
				cluster(&g, "eks-prod", func(x *fleet.Cluster) { x.Certificates, x.Controller.Version = certificates, c.Version })
				_, err := plan.Make(&g, catalog.ByName)
				if (err == nil) != (len(c.Lacks)+len(c.Nowhere)+len(c.Asks) == 0) {
					t.Errorf("%s %s lacks %v, is nowhere in %v and asks %v, but the plan says %v", c.Name, c.Distribution, c.Lacks, c.Nowhere, c.Asks, err)
					continue
				}
				for _, l := range c.Lacks {
					if !strings.Contains(fmt.Sprint(err), l.How) {
						t.Errorf("%s %s lacks %s (%s), which the plan does not refuse:\n%v", c.Name, c.Distribution, l.ID, l.How, err)
					}
				}
				for _, a := range slices.Concat(c.Nowhere, c.Asks) {
					if !strings.Contains(fmt.Sprint(err), a.Message) && !strings.Contains(a.Message, " needs ") {
						t.Errorf("%s %s asks %q, which the plan does not:\n%v", c.Name, c.Distribution, a.Message, err)
					}
				}
			}
		})
	}
}

// TestCandidatesAskForWhatIsMissing: a load balancer of AWS can serve TLS that passes through, and one that ends it where the fleet says
// what it takes: none of that is an ability.
func TestCandidatesAskForWhatIsMissing(t *testing.T) {
	f := relay(t)
	orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = "workload" })
	change(f.Exposures, "relay", func(x *fleet.Exposure) {
		x.Service.Attestation = &fleet.Attestation{By: "the platform", Evidence: "its security groups"}
	})
	all := plan.Candidates(f, "relay", catalog.All())
	c := all[slices.IndexFunc(all, func(c plan.Candidate) bool { return c.Name == "aws-lb" })]
	var asks []string
	for _, a := range c.Asks {
		asks = append(asks, a.Hint)
	}
	if text := strings.Join(asks, "\n"); len(c.Lacks) > 0 || !strings.Contains(text, "trustStore") || !strings.Contains(text, "acm") || !strings.Contains(text, "subnetCIDRs") {
		t.Errorf("%+v", c)
	}
}

// TestNoCandidateOutsideOfItsCloud: what a cloud alone has serves nobody elsewhere, whatever the fleet says.
func TestNoCandidateOutsideOfItsCloud(t *testing.T) {
	f := relay(t) // its provider is on EKS
	for _, c := range plan.Candidates(f, "relay", catalog.All()) {
		known, _ := catalog.ByName(c.Name)
		misplaced := slices.ContainsFunc(known.Profile().Homes, func(h controller.Home) bool {
			return h.Cloud == "aks" && (len(h.Distributions) == 0 || slices.Contains(h.Distributions, c.Distribution)) && (len(h.Classes) == 0 || len(h.Distributions) > 0)
		})
		if misplaced != (len(c.Nowhere) > 0) {
			t.Errorf("%s %s: %v", c.Name, c.Distribution, c.Nowhere)
		}
		if strings.Contains(fmt.Sprint(c.Asks), "runs on") {
			t.Errorf("%s %s: a cloud is asked of the fleet: %v", c.Name, c.Distribution, c.Asks)
		}
	}
}
