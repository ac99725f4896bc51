package plan_test

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/render"
	"github.com/gatespan/gatespan/internal/tree"
)

var update = flag.Bool("update", false, "write the golden overlays anew")

// relay is the example fleet, loaded as a user's is.
func relay(t *testing.T) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Load(os.DirFS("../.."), "testdata/relay", "overlays")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// change changes one value of a map of structs.
func change[T any](m map[string]T, key string, by func(*T)) {
	value := m[key]
	by(&value)
	m[key] = value
}

// mirrored is the example with the controllers changed over: Istio serves, Envoy Gateway calls, and a second consumer calls for
// itself. Certificates come the other ways, and no roots are in the fleet.
func mirrored(t *testing.T) *fleet.Fleet {
	f := relay(t)
	f.Name = "mirrored"
	eks, aks := f.Clusters["eks-prod"], f.Clusters["aks-prod"]
	eks.Controller, aks.Controller = aks.Controller, eks.Controller
	eks.Controller.MeshConfig = &fleet.MeshConfig{MinProtocolVersion: "TLSV1_3", Evidence: "repository mesh"}
	eks.Certificates, aks.Certificates = &fleet.Certificates{Secret: "relay-server"}, eks.Certificates
	f.Clusters["eks-prod"], f.Clusters["aks-prod"] = eks, aks
	change(f.TrustDomains, "corp", func(td *fleet.TrustDomain) { td.Bundle.PEM = "" })
	x := f.Exposures["relay"]
	second := x.Consumers["orders"]
	second.Via, second.Namespace, second.ServiceAccount = "direct", "billing", "billing"
	second.PodSelector.MatchLabels = map[string]string{"app": "billing"}
	second.Identity.URI = "spiffe://corp.example.com/ns/billing/sa/billing"
	second.Certificate = &fleet.Certificates{Secret: "billing-client"}
	x.Consumers["billing"] = second
	return f
}

func write(t *testing.T, f *fleet.Fleet) plan.Generated {
	t.Helper()
	p, err := plan.Make(f, catalog.ByName)
	if err != nil {
		t.Fatal(err)
	}
	generated, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	return generated
}

// TestGolden: the committed overlays are what the fleets give; internal/crdtest proves them against the upstream CRDs.
func TestGolden(t *testing.T) {
	const folder = "testdata/golden"
	have := map[string]string{}
	for _, f := range []*fleet.Fleet{relay(t), mirrored(t)} {
		for _, o := range write(t, f) {
			for name, content := range o.Files {
				have[f.Name+"/"+strings.TrimPrefix(o.Path, "overlays/")+"/"+name] = string(content)
			}
		}
	}
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		for name, content := range have {
			place := filepath.Join(folder, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(place), 0o777), os.WriteFile(place, []byte(content), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(folder, name))
		want[name] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("-committed +generated; go test ./internal/plan -update writes them:\n%s", diff)
	}
}

// TestRenderedAsWritten: what kustomize makes of the files is what was written, object by object.
func TestRenderedAsWritten(t *testing.T) {
	for seed := range uint64(10) {
		repo := fstest.MapFS{}
		written := map[string]map[object.ID]map[string]any{}
		for _, o := range write(t, generateFleet(rand.New(rand.NewPCG(seed, 2)))) {
			for name, content := range o.Files {
				repo[o.Path+"/"+name] = &fstest.MapFile{Data: content}
			}
			if written[o.Cluster] == nil {
				written[o.Cluster] = map[object.ID]map[string]any{}
			}
			for _, read := range objecttest.Objects(t, string(o.Files[o.Name+".yaml"])) {
				written[o.Cluster][read.ID()] = read.Data
			}
		}
		for cluster, want := range written {
			result, err := render.Cluster(context.Background(), repo, render.Options{Cluster: cluster, Path: "overlays/" + cluster})
			if err != nil {
				t.Fatal(err)
			}
			have := map[object.ID]map[string]any{}
			for _, o := range result.Objects {
				have[o.ID()] = o.Data
			}
			if len(result.Facts)+len(result.Undecided)+len(result.Unseen) > 0 {
				t.Errorf("seed %d, cluster %s: %v %v %v", seed, cluster, result.Facts, result.Undecided, result.Unseen)
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Fatalf("seed %d, cluster %s:\n%s", seed, cluster, diff)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	if diff := cmp.Diff(write(t, mirrored(t)), write(t, mirrored(t))); diff != "" {
		t.Error(diff)
	}
}

func TestLabelsAndCopies(t *testing.T) {
	f := relay(t)
	change(f.Exposures, "relay", func(x *fleet.Exposure) {
		x.Objects = []map[string]any{{
			"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
			"metadata": map[string]any{"name": "relay", "namespace": "relay", "labels": map[string]any{"app.kubernetes.io/managed-by": "team-relay"}},
			"spec":     map[string]any{"minAvailable": 1},
		}}
	})
	for _, o := range write(t, f) {
		if tree.OwnerOf(o.Files["kustomization.yaml"]) != "relay" || tree.OwnerOf(o.Files[o.Name+".yaml"]) != "relay" {
			t.Errorf("%s has no header", o.Path)
		}
		for _, read := range objecttest.Objects(t, string(o.Files[o.Name+".yaml"])) {
			if read.Labels["gatespan.dev/fleet"] != "relay" {
				t.Errorf("%s: labels %v", read, read.Labels)
			}
			managed, owner := "gatespan", ""
			if o.Kind == "exposures" {
				owner = "team-relay"
			}
			if read.Kind == "PodDisruptionBudget" {
				managed = "team-relay" // the user's own label stays
				if o.Path != "overlays/eks-prod/exposures/relay" {
					t.Errorf("copied to %s", o.Path)
				}
			}
			if read.Labels["app.kubernetes.io/managed-by"] != managed || read.Labels["gatespan.dev/owner"] != owner {
				t.Errorf("%s: labels %v", read, read.Labels)
			}
		}
	}
}

func TestSourceCIDRs(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fleet.Fleet)
		want   []string
	}{
		"declared":            {func(*fleet.Fleet) {}, []string{"20.50.0.0/28"}},
		"one declares none":   {func(f *fleet.Fleet) { consumerIn(f, "c2", nil) }, nil},
		"two":                 {func(f *fleet.Fleet) { consumerIn(f, "c2", []string{"20.50.0.0/28", "10.0.0.0/8"}) }, []string{"10.0.0.0/8", "20.50.0.0/28"}},
		"in the same cluster": {func(f *fleet.Fleet) { consumerIn(f, "eks-prod", []string{"9.9.9.9/32"}) }, nil},
		"cluster declares none": {func(f *fleet.Fleet) {
			change(f.Clusters, "aks-prod", func(c *fleet.Cluster) { c.EgressCIDRs = nil })
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := relay(t)
			c.change(f)
			p, err := plan.Make(f, catalog.ByName)
			if err != nil {
				t.Fatal(err)
			}
			for _, cluster := range p.Clusters {
				if len(cluster.Gateways) > 0 && !slices.Equal(cluster.Gateways[0].Listeners[0].SourceCIDRs, c.want) {
					t.Errorf("%v", cluster.Gateways[0].Listeners[0].SourceCIDRs)
				}
			}
		})
	}
}

// consumerIn adds a second consumer, which calls for itself, in some cluster.
func consumerIn(f *fleet.Fleet, cluster string, cidrs []string) {
	declared, ok := f.Clusters[cluster]
	if !ok {
		declared = f.Clusters["aks-prod"]
		declared.Path = "overlays/" + cluster
	}
	declared.EgressCIDRs = cidrs
	f.Clusters[cluster] = declared
	second := f.Exposures["relay"].Consumers["orders"]
	second.Cluster, second.Via = cluster, "direct"
	second.Identity.URI += "-2"
	second.Certificate = &fleet.Certificates{Secret: "second"}
	f.Exposures["relay"].Consumers["second"] = second
}

// TestClustersOnly: a fleet without exposures has facts and nothing to write, also for controllers that nobody models.
func TestClustersOnly(t *testing.T) {
	f := &fleet.Fleet{Name: "x", Clusters: map[string]fleet.Cluster{"a": {Cloud: "aks", Controller: fleet.Controller{Name: "cilium"}, Path: "a"}}}
	p, err := plan.Make(f, catalog.ByName)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Clusters) != 1 || p.Clusters[0].Controller != nil || p.Clusters[0].Facts.Controller.Name != "cilium" || p.Clusters[0].Wanted.Entries == nil {
		t.Errorf("%+v", p.Clusters)
	}
	if generated, err := p.Write(); err != nil || len(generated) > 0 {
		t.Errorf("%v, %v", generated, err)
	}
}

func TestFacts(t *testing.T) {
	f := mirrored(t)
	facts := plan.Facts(f, "eks-prod")
	if facts.Controller.MinTLS != "1.3" || facts.Controller.Evidence != "repository mesh" || facts.TrustDomains[0].SPIFFE != "corp.example.com" {
		t.Errorf("%+v", facts)
	}
	if none := plan.Facts(f, "nowhere"); none.Name != "nowhere" || none.Cloud != "" || len(none.TrustDomains) != 1 || none.Provided == nil {
		t.Errorf("%+v", none)
	}
}

// TestConsumersMerge: the same name in one cluster is one consumer with a destination for each exposure.
func TestConsumersMerge(t *testing.T) {
	f := relay(t)
	second := f.Exposures["relay"]
	second.Hostname, second.Service.Name, second.Service.Selector = "ledger.example.com", "ledger", map[string]string{"app": "ledger"}
	second.Consumers = maps.Clone(second.Consumers)
	change(second.Consumers, "orders", func(c *fleet.Consumer) { c.ServiceName = "ledger" })
	f.Exposures["ledger"] = second
	p, err := plan.Make(f, catalog.ByName)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(p.Clusters, func(c plan.Cluster) bool { return c.Facts.Name == "aks-prod" })
	aks := p.Clusters[i]
	if len(aks.Consumers) != 1 || len(aks.Wanted.Exits) != 2 {
		t.Fatalf("%+v", aks.Consumers)
	}
	var names []string
	for _, d := range aks.Consumers[0].Destinations {
		names = append(names, d.Exposure+" "+d.ServiceName+" "+d.FloorBy)
	}
	if want := []string{"ledger ledger peer", "relay relay peer"}; !slices.Equal(names, want) {
		t.Errorf("%v", names)
	}
}

// TestDirectWithoutGateways: where AKS serves nothing that an exposure asks for, pods still call directly.
func TestDirectWithoutGateways(t *testing.T) {
	for _, controller := range []fleet.Controller{
		{Name: "istio", Distribution: "aks-approuting", Version: "1.30"}, {Name: "istio", Distribution: "aks-addon", Version: "asm-1-30"}, {Name: "agc", Version: "1.13"},
	} {
		f := relay(t)
		cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Controller = controller })
		orders(f, func(c *fleet.Consumer) { c.Via = "direct" })
		if all := refused(t, f); len(all) > 0 {
			t.Errorf("%s %s: %v", controller.Name, controller.Distribution, all)
		}
	}
}

// TestEveryRefusalAtOnce: a user hears of everything in one run, each in their own file.
func TestEveryRefusalAtOnce(t *testing.T) {
	f := relay(t)
	cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Version, c.Certificates = "", nil })
	cluster(f, "aks-prod", func(c *fleet.Cluster) { c.GatewayAPI.Version = "" })
	orders(f, func(c *fleet.Consumer) { c.ServiceAccount = "" })
	all := refused(t, f)
	for _, field := range []string{"controller.version", "server certificate", "gatewayAPI.version", "service account"} {
		if !strings.Contains(all.Error(), field) {
			t.Errorf("%s is not among:\n%v", field, all)
		}
	}
	for _, one := range all {
		if one.File == "" || one.Line == 0 {
			t.Errorf("no place: %v", one)
		}
		if one.Hint == "" {
			t.Errorf("no hint: %v", one)
		}
	}
}
