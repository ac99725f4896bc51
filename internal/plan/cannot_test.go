package plan_test

import (
	"cmp"
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

// asking is how a fleet asks for each ability: of eks-prod, which provides, or of aks-prod, which calls.
var asking = map[controller.AbilityID]func(*fleet.Fleet){
	controller.EntryTerminate:         func(*fleet.Fleet) {},
	controller.EntryFloor:             func(*fleet.Fleet) {},
	controller.EntryClientCertificate: func(*fleet.Fleet) {},
	controller.EntryBackendTLS:        func(*fleet.Fleet) {},
	controller.EntryHTTPRoute:         func(*fleet.Fleet) {},
	controller.EntryInternetFacing:    func(*fleet.Fleet) {},
	controller.EntrySourceCIDRs:       func(*fleet.Fleet) {},
	controller.EntryIdentityURI: func(f *fleet.Fleet) {
		orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = "gateway" })
	},
	controller.EntryIdentityDNS: func(f *fleet.Fleet) {
		orders(f, func(c *fleet.Consumer) {
			c.Identity = fleet.Identity{DNS: "orders.example.com", EnforcedBy: "gateway"}
		})
	},
	controller.EntryPassthrough: exposureOf(func(x *fleet.Exposure) {
		x.TLS.Mode, x.HTTP = "Passthrough", nil
	}),
	controller.EntryBackendEncrypted: exposureOf(func(x *fleet.Exposure) { x.Service.Attestation = &fleet.Attestation{By: "team", Evidence: "a page"} }),
	controller.EntryGRPCRoute: exposureOf(func(x *fleet.Exposure) {
		x.HTTP, x.GRPC = nil, make([]fleet.GRPCRule, 1)
	}),
	controller.EntryTCP: exposureOf(func(x *fleet.Exposure) {
		x.HTTP, x.TCP = nil, &struct{}{}
	}),
	controller.EntryTimeouts: ruleOf(func(r *fleet.HTTPRule) { r.Timeouts.Request = "10s" }),
	controller.EntryRetries:  ruleOf(func(r *fleet.HTTPRule) { r.Retries = &fleet.Retries{Attempts: 2} }),
	controller.EntryWeights:  exposureOf(func(x *fleet.Exposure) { x.Service.Weights = map[string]int{"relay": 1, "relay-next": 1} }),
	controller.EntryJWT: exposureOf(func(x *fleet.Exposure) {
		x.JWT = &fleet.JWT{Issuer: "https://id.example.com", Audiences: []string{"relay"}, JWKSURI: "https://id.example.com/keys"}
	}),
	controller.EntryListenerSets: exposureOf(func(x *fleet.Exposure) {
		x.Providers = maps.Clone(x.Providers)
		change(x.Providers, "eks-prod", func(p *fleet.Provider) { p.ListenerSet = "more" })
	}),
	controller.EntryInternal: gatewayOf(func(g *fleet.Gateway) {
		g.Scheme, g.ReachableFrom = "internal", []string{"aks-prod"}
	}),
	controller.EntryAccessLogs: gatewayOf(func(g *fleet.Gateway) { g.Observability.AccessLogs = true }),
	controller.EntryMetrics:    gatewayOf(func(g *fleet.Gateway) { g.Observability.Metrics = true }),
	controller.EntryReplicas:   gatewayOf(func(g *fleet.Gateway) { g.Replicas = 3 }),
	controller.EntryAnnotations: gatewayOf(func(g *fleet.Gateway) {
		g.Annotations = map[string]string{"service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "gateways"}
	}),
	controller.EntryAlerts: gatewayOf(func(g *fleet.Gateway) { g.Observability.Alerts = true }),

	controller.ExitGateway:           func(*fleet.Fleet) {},
	controller.ExitClientCertificate: func(*fleet.Fleet) {},
	controller.ExitPinnedCA:          func(*fleet.Fleet) {},
	controller.ExitName:              func(*fleet.Fleet) {},
	controller.ExitClosed:            func(*fleet.Fleet) {},
	controller.ExitGRPC: exposureOf(func(x *fleet.Exposure) {
		x.HTTP, x.GRPC = nil, make([]fleet.GRPCRule, 1)
	}),
	controller.ExitTCP: exposureOf(func(x *fleet.Exposure) {
		x.HTTP, x.TCP = nil, &struct{}{}
	}),
	controller.ExitDirect: func(f *fleet.Fleet) { orders(f, func(c *fleet.Consumer) { c.Via = "direct" }) },
}

func exposureOf(by func(*fleet.Exposure)) func(*fleet.Fleet) {
	return func(f *fleet.Fleet) { change(f.Exposures, "relay", by) }
}

func ruleOf(by func(*fleet.HTTPRule)) func(*fleet.Fleet) {
	return exposureOf(func(x *fleet.Exposure) {
		x.HTTP = slices.Clone(x.HTTP)
		by(&x.HTTP[0])
	})
}

func gatewayOf(by func(*fleet.Gateway)) func(*fleet.Fleet) {
	return func(f *fleet.Fleet) {
		cluster(f, "eks-prod", func(c *fleet.Cluster) {
			c.Gateways = maps.Clone(c.Gateways)
			change(c.Gateways, "edge", by)
		})
	}
}

// TestEveryCannotIsRefused: for each controller, distribution and ability that its profile lacks in the newest or the oldest version that it
// knows, a fleet that asks for it is refused, and the refusal names the cluster, the controller, what it does instead, and what would work.
func TestEveryCannotIsRefused(t *testing.T) {
	younger := 0
	for _, known := range catalog.All() {
		p := known.Profile()
		tried := newest(p.Versions)
		for _, v := range newest(p.Versions) {
			if oldest := p.Oldest(v.Distribution); controller.CompareVersions(oldest, v.To) < 0 {
				tried = append(tried, controller.VersionRange{Distribution: v.Distribution, From: oldest, To: oldest})
				younger++
			}
		}
		for _, v := range tried {
			for _, id := range controller.AbilityIDs() {
				line, ok := p.Ability(id, v.Distribution, v.To)
				if ok || moot(p, v, id) {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%s/%s", p.Name, v.Distribution, v.To, id), func(t *testing.T) {
					where := "eks-prod"
					if strings.HasPrefix(string(id), "exit.") {
						where = "aks-prod"
					}
					f := relay(t)
					orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = "trustDomain" })
					run(f, where, p, v)
					if id == controller.ExitFloor {
						floorByPeer(t, f)
						return
					}
					asking[id](f)
					if line.Instead == "" || line.How == "" {
						t.Errorf("the profile's line says nothing: %+v", line)
					}
					for _, one := range refused(t, f) {
						if strings.Contains(one.Message, line.How) && strings.Contains(one.Message, p.Title) && strings.Contains(one.Message, where) &&
							one.Hint == line.Instead && one.Line > 0 {
							return
						}
					}
					t.Errorf("not refused with %q and the hint %q, but:\n%v", line.How, line.Instead, refused(t, f))
				})
			}
		}
	}
	if younger < 4 {
		t.Errorf("%d distributions have older versions: where are those of Envoy Gateway, Istio, its add-on and NGINX?", younger)
	}
}

// newest is the last range of versions of each distribution.
func newest(ranges []controller.VersionRange) []controller.VersionRange {
	var out []controller.VersionRange
	for _, v := range ranges {
		i := slices.IndexFunc(out, func(o controller.VersionRange) bool { return o.Distribution == v.Distribution })
		switch {
		case i < 0:
			out = append(out, v)
		case controller.CompareVersions(v.To, out[i].To) > 0:
			out[i] = v
		}
	}
	return out
}

// moot: an ability that nothing asks for, because another one that it rests on is refused first, or nothing but its absence would.
func moot(p controller.Profile, v controller.VersionRange, id controller.AbilityID) bool {
	has := func(id controller.AbilityID) bool { _, ok := p.Ability(id, v.Distribution, v.To); return ok }
	switch id {
	case controller.EntryBackendEncrypted:
		return has(controller.EntryBackendTLS)
	case controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitFloor, controller.ExitClosed, controller.ExitGRPC, controller.ExitTCP:
		return !has(controller.ExitGateway)
	}
	return false
}

// run lets a cluster of the example run another controller, with whatever a fleet may have to say of it.
func run(f *fleet.Fleet, name string, p controller.Profile, v controller.VersionRange) {
	cluster(f, name, func(c *fleet.Cluster) {
		c.Controller = fleet.Controller{
			Name: p.Name, Distribution: v.Distribution, Version: cmp.Or(v.To, v.From), GatewayClassName: "some", DataPlaneNamespace: "proxies",
			DataPlanePods: map[string]string{"app": "proxy"}, MeshTrustDomain: "cluster.local",
			MeshConfig: &fleet.MeshConfig{MinProtocolVersion: "TLSV1_3", Evidence: "the mesh's repository"},
		}
		if p.ServerCertificates == controller.FromACM {
			c.Certificates = &fleet.Certificates{ACM: "arn:aws:acm:eu-central-1:111122223333:certificate/0"}
		}
	})
}

// floorByPeer: an egress gateway without a floor relies on the listener that it meets.
func floorByPeer(t *testing.T, f *fleet.Fleet) {
	t.Helper()
	p, err := plan.Make(f, catalog.ByName)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Clusters {
		for _, x := range c.Wanted.Exits {
			if x.FloorBy != "peer" {
				t.Errorf("the floor is held by %s", x.FloorBy)
			}
		}
	}
}

// TestEveryAbilityIsAsked: the table above knows every ability.
func TestEveryAbilityIsAsked(t *testing.T) {
	for _, id := range controller.AbilityIDs() {
		if asking[id] == nil && id != controller.ExitFloor {
			t.Errorf("nothing asks for %s", id)
		}
	}
}

// TestEveryHomeIsHeld: for each controller or distribution that runs in one cloud, a fleet that has it in another is refused, as a provider
// and for a consumer that calls by itself; the refusal names the cluster, the reason with its source, and what would work.
func TestEveryHomeIsHeld(t *testing.T) {
	homes := 0
	for _, known := range catalog.All() {
		p := known.Profile()
		for _, home := range p.Homes {
			homes++
			distribution := "upstream"
			if len(home.Distributions) > 0 {
				distribution = home.Distributions[0]
			}
			v := controller.VersionRange{Distribution: distribution, To: "1.30"}
			for _, where := range []string{"eks-prod", "aks-prod"} {
				t.Run(fmt.Sprintf("%s/%s/%s", p.Name, distribution, where), func(t *testing.T) {
					f := relay(t)
					orders(f, func(c *fleet.Consumer) { c.Via = "direct" })
					run(f, where, p, v)
					elsewhere := map[string]string{"eks": "aks", "aks": "eks"}[home.Cloud]
					cluster(f, where, func(c *fleet.Cluster) { c.Cloud = elsewhere })
					if !misplaced(t, f, where, home) {
						t.Errorf("not refused on %s, but: %v", elsewhere, refused(t, f))
					}
					cluster(f, where, func(c *fleet.Cluster) { c.Cloud = home.Cloud })
					if misplaced(t, f, where, home) {
						t.Errorf("refused at home, on %s", home.Cloud)
					}
				})
			}
		}
	}
	if homes < 5 {
		t.Errorf("%d homes: where are those of AKS' add-ons, of the load balancers and of Lattice?", homes)
	}
}

func misplaced(t *testing.T, f *fleet.Fleet, where string, home controller.Home) bool {
	t.Helper()
	return slices.ContainsFunc(refused(t, f), func(e fleet.Error) bool {
		return strings.Contains(e.Message, home.Why) && strings.Contains(e.Message, home.Source) && strings.Contains(e.Message, "cluster "+where) &&
			strings.Contains(e.Message, "exposure relay") && e.Hint == home.Instead && e.Line > 0
	})
}
