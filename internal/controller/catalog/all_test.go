package catalog_test

import (
	"slices"
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
