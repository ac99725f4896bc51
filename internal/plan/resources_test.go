package plan

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// TestResources writes down every resource that a role of gatespan's can name, whatever the controller: internal/crdtest compares each with its
// CRD, because an API server takes one that nothing has without a word.
func TestResources(t *testing.T) {
	owned := slices.Concat(operators, providers, []kubernetes.Owned{{Group: gatewayapi.Group, Kind: "ReferenceGrant"}})
	for _, route := range []string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"} {
		owned = append(owned, kubernetes.Owned{Group: gatewayapi.Group, Kind: route})
	}
	for _, known := range catalog.All() {
		p := known.Profile()
		for _, kind := range slices.Concat(p.Parameters, p.Policies) {
			if len(kindsOf(p, []string{kind})) == 0 {
				t.Errorf("%s: kind %s of its roles is in no group of the profile", p.Name, kind)
			}
		}
		owned = append(owned, kindsOf(p, slices.Concat(p.Parameters, p.Policies))...)
		for kind := range p.Plurals {
			if len(kindsOf(p, []string{kind})) == 0 {
				t.Errorf("%s: Plurals has %s, which no group of the profile has", p.Name, kind)
			}
		}
	}
	var lines []string
	for _, o := range owned {
		lines = append(lines, fmt.Sprintf("%s %s %s", o.Group, o.Kind, o.Resource()))
	}
	slices.Sort(lines)
	have := strings.Join(slices.Compact(lines), "\n") + "\n"
	const file = "testdata/resources.txt"
	if flag.Lookup("update").Value.String() == "true" { // plan_test.go has it
		if err := os.WriteFile(file, []byte(have), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), have); diff != "" {
		t.Errorf("-committed +can be written; go test ./internal/plan -update writes it:\n%s", diff)
	}
}
