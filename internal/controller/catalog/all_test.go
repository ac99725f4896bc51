package catalog_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

// A controller is found by name and by class in one way only: two of them must never claim the same Gateway.
func TestAllAreDistinct(t *testing.T) {
	names, claims := map[string]bool{}, map[string]string{}
	for _, c := range catalog.All() {
		p := c.Profile()
		if names[p.Name] || p.Name == "" || p.Title == "" || len(p.ControllerNames) == 0 || len(p.Kinds) == 0 {
			t.Errorf("profile %q is incomplete or there twice", p.Name)
		}
		names[p.Name] = true
		// What people with a role may change is one of its kinds, and an escape hatch is not among it.
		known := slices.Concat(slices.Collect(maps.Values(p.Kinds))...)
		for _, kind := range slices.Concat(p.Parameters, p.Policies) {
			if !slices.Contains(known, kind) || strings.Contains(kind, "Patch") || strings.Contains(kind, "Extension") || strings.Contains(kind, "Filter") && strings.Contains(kind, "Envoy") || strings.Contains(kind, "Snippets") {
				t.Errorf("%s: %s is no kind for a role", p.Name, kind)
			}
		}
		for _, claim := range slices.Concat(p.ControllerNames, p.Classes) {
			if other, taken := claims[claim]; taken {
				t.Errorf("%s and %s both claim %s", other, p.Name, claim)
			}
			claims[claim] = p.Name
		}
		if found, ok := catalog.ByName(p.Name); !ok || found.Profile().Name != p.Name {
			t.Errorf("%s is not found by its name", p.Name)
		}
	}
}

func TestAllReadAnEmptyCluster(t *testing.T) {
	p := catalog.Read(controller.Cluster{}, objecttest.Set(t, ""))
	if len(p.Entries)+len(p.Exits)+len(p.Unknowns)+len(p.Hatches)+len(p.Assumptions) != 0 {
		t.Errorf("%+v", p)
	}
}
