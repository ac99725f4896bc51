package plan_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
)

// exampleFleet is one fleet that the repository has with its overlays.
type exampleFleet struct {
	name, overlays string
	fleet          *fleet.Fleet
	plan           *plan.Plan
}

// exampleFleets are all of them, as they are committed: a folder of testdata/fleets is a fleet, and a folder with a fleet.cue below it is
// another one that generates into the same overlays.
func exampleFleets(t *testing.T) []exampleFleet {
	t.Helper()
	const root = "../.."
	places := map[string]string{"testdata/relay": "overlays"}
	for _, pattern := range []string{"testdata/fleets/*/fleet.cue", "testdata/fleets/*/*/fleet.cue"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			relative, err := filepath.Rel(root, filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			at := filepath.ToSlash(relative)
			places[at] = path.Join("testdata/fleets", strings.Split(at, "/")[2], "overlays")
		}
	}
	var out []exampleFleet
	for _, at := range slices.Sorted(maps.Keys(places)) {
		f, err := fleet.Load(os.DirFS(root), at, places[at])
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.Make(f, catalog.ByName)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Clusters {
			if len(c.Gateways)+len(c.Exposures)+len(c.Consumers) == 0 {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, c.Folder, ".gatespan-"+f.Name+".json")); err != nil {
				t.Errorf("%s has no overlays for cluster %s: go test ./internal/gate -run Golden -update writes them", at, c.Facts.Name)
			}
		}
		out = append(out, exampleFleet{at, places[at], f, p})
	}
	return out
}

// TestExamplesShowEverything: the committed examples show each controller and distribution in every place that its profile says it can
// take, as the fleets themselves say, and the calls and features of the reference scenario.
func TestExamplesShowEverything(t *testing.T) {
	shown := map[string][]string{}
	teams := map[string]bool{}
	for _, example := range exampleFleets(t) {
		show := func(what string) {
			if !slices.Contains(shown[what], example.name) {
				shown[what] = append(shown[what], example.name)
			}
		}
		if teams[example.overlays] {
			show("two teams' fleets in one repository")
		}
		teams[example.overlays] = true
		for _, c := range example.plan.Clusters {
			shows(c, example.fleet, show)
		}
	}
	wanted := []string{
		"EKS to AKS", "AKS to EKS", "EKS to EKS", "a shared gateway", "a token beside the certificate", "TLS passed through", "two roots while rotating",
		"two teams' fleets in one repository",
	}
	for _, known := range catalog.All() {
		wanted = append(wanted, places(t, known.Profile())...)
	}
	for _, what := range wanted {
		if len(shown[what]) == 0 {
			t.Errorf("no example shows: %s", what)
		}
		t.Logf("%s: %s", what, strings.Join(shown[what], ", "))
	}
}

// places are what each distribution of a controller can be: a provider in each mode, the way out of a cluster, or neither.
func places(t *testing.T, p controller.Profile) []string {
	t.Helper()
	var out []string
	for _, v := range newest(p.Versions) {
		all := func(ids ...controller.AbilityID) bool {
			return !slices.ContainsFunc(ids, func(id controller.AbilityID) bool { _, ok := p.Ability(id, v.Distribution, v.To); return !ok })
		}
		who := p.Name + " " + v.Distribution
		before := len(out)
		if all(controller.EntryTerminate, controller.EntryFloor, controller.EntryClientCertificate) {
			out = append(out, who+" as provider that ends TLS")
		}
		if all(controller.EntryPassthrough) {
			out = append(out, who+" as provider that passes TLS through")
		}
		switch {
		case all(controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitClosed):
			out = append(out, who+" as egress gateway")
			for protocol, id := range map[string]controller.AbilityID{"GRPC": controller.ExitGRPC, "TCP": controller.ExitTCP} {
				if all(id) {
					out = append(out, who+" as egress gateway for "+protocol)
				}
			}
		case all(controller.ExitDirect):
			out = append(out, who+" beside pods that call directly")
		}
		if len(out) == before {
			t.Errorf("the profile of %s says that it can be nothing at all", who)
		}
	}
	return out
}

// shows tells what a cluster of an example has.
func shows(c plan.Cluster, f *fleet.Fleet, show func(string)) {
	who := c.Facts.Controller.Name + " " + c.Facts.Controller.Distribution
	listeners := map[string]int{}
	for _, e := range c.Wanted.Entries {
		if e.Mode == "Passthrough" {
			show(who + " as provider that passes TLS through")
			show("TLS passed through")
		} else {
			show(who + " as provider that ends TLS")
		}
		if e.JWT != nil {
			show("a token beside the certificate")
		}
		if len(e.SHA256) > 1 {
			show("two roots while rotating")
		}
		gateway := fmt.Sprint(e.Gateway.Namespace, "/", e.Gateway.Name)
		if listeners[gateway]++; listeners[gateway] > 1 {
			show("a shared gateway")
		}
	}
	for _, x := range c.Wanted.Exits {
		if x.Via == "direct" {
			show(who + " beside pods that call directly")
		} else {
			show(who + " as egress gateway")
			show(who + " as egress gateway for " + f.Exposures[x.Exposure].Protocol())
		}
		for provider := range f.Exposures[x.Exposure].Providers {
			if provider != c.Facts.Name {
				show(strings.ToUpper(f.Clusters[provider].Cloud) + " to " + strings.ToUpper(c.Facts.Cloud))
			}
		}
	}
}
