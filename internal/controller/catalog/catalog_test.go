package catalog_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// fake is a controller that always reads the same posture.
type fake struct {
	profile controller.Profile
	reads   func() posture.Posture
}

func (f fake) Profile() controller.Profile { return f.profile }
func (f fake) WriteGateway(controller.Cluster, controller.Gateway) ([]any, error) {
	return nil, nil
}
func (f fake) WriteExposure(controller.Cluster, controller.Exposure) ([]any, error) {
	return nil, nil
}
func (f fake) WriteConsumer(controller.Cluster, controller.Consumer) ([]any, error) {
	return nil, nil
}
func (f fake) Read(controller.Cluster, *object.Set) posture.Posture { return f.reads() }

func one(name string, reads func() posture.Posture) fake {
	return fake{controller.Profile{
		Name: name, ControllerNames: []string{"example.com/" + name}, Classes: []string{name},
		Kinds: map[string][]string{name + ".example.com": {"Policy"}},
	}, reads}
}

func nothing() posture.Posture { return posture.Posture{} }

// leads is an entry of a name with a backend that leads to an exit.
func leads(name string, exit int) posture.Entry {
	return posture.Entry{
		Subject: posture.Subject{Kind: "Gateway", Name: name},
		Routes:  []posture.Route{{Backends: []posture.Backend{{ExitIndex: exit}, {ExitIndex: -1}}, Mirrors: []posture.Backend{{ExitIndex: exit}}}},
	}
}

func TestExitsKeepTheirEntries(t *testing.T) {
	exit := func(host string) posture.Exit { return posture.Exit{Host: host, Subject: posture.Subject{Name: host}} }
	c := catalog.New(
		one("first", func() posture.Posture {
			return posture.Posture{Entries: []posture.Entry{leads("z", 1), leads("y", 0)}, Exits: []posture.Exit{exit("z"), exit("b")}}
		}),
		one("second", func() posture.Posture {
			return posture.Posture{Entries: []posture.Entry{leads("x", 0), leads("w", 1)}, Exits: []posture.Exit{exit("a"), exit("z")}}
		}),
	)
	p := c.Read(controller.Cluster{}, objecttest.Set(t, ""))
	got := map[string]string{}
	var hosts []string
	for _, e := range p.Exits {
		hosts = append(hosts, e.Host)
	}
	for _, e := range p.Entries {
		r := e.Routes[0]
		if r.Backends[1].ExitIndex != -1 || r.Mirrors[0].ExitIndex != r.Backends[0].ExitIndex {
			t.Errorf("entry %s: %+v", e.Subject.Name, r)
		}
		got[e.Subject.Name] = p.Exits[r.Backends[0].ExitIndex].Host
	}
	if diff := cmp.Diff([]string{"a", "b", "z"}, hosts); diff != "" {
		t.Errorf("exits: %s", diff)
	}
	if diff := cmp.Diff(map[string]string{"z": "b", "y": "z", "x": "a", "w": "z"}, got); diff != "" {
		t.Errorf("entries lead elsewhere: %s", diff)
	}
}

const stranger = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec: {gatewayClassName: CLASS, listeners: [{name: a, port: 443, protocol: HTTPS}]}
---
`

func TestGatewaysThatNobodyModels(t *testing.T) {
	gatewayClass := func(name string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: CLASS}\nspec: {controllerName: " + name + "}\n---\n"
	}
	fleet := controller.Cluster{}
	fleet.Controller.Name, fleet.Controller.GatewayClassName = "traefik", "web"
	for name, c := range map[string]struct {
		cluster controller.Cluster
		class   string
		objects string
		why     string // "" when a controller owns it
	}{
		"modelled":                   {controller.Cluster{}, "some", "", ""},
		"modelled, by its class":     {controller.Cluster{}, "edge", gatewayClass("example.com/some"), ""},
		"a well-known class":         {controller.Cluster{}, "nginx", "", "class nginx belongs to nginx, which gatespan does not model"},
		"a well-known controller":    {controller.Cluster{}, "web", gatewayClass("alb.networking.azure.io/alb-controller"), "class web belongs to agc, which gatespan does not model"},
		"a strange controller":       {controller.Cluster{}, "web", gatewayClass("example.org/x"), "class web belongs to example.org/x, which gatespan does not know"},
		"a well-known class's name":  {controller.Cluster{}, "nginx", gatewayClass("example.org/x"), "class nginx belongs to example.org/x, which gatespan does not know"},
		"the fleet says whose it is": {fleet, "web", "", "class web belongs to traefik, which gatespan does not model"},
		"nobody says whose it is":    {controller.Cluster{}, "web", "", "no GatewayClass web is in Git, and nothing says which controller it belongs to"},
	} {
		set := objecttest.Set(t, strings.ReplaceAll(stranger+c.objects, "CLASS", c.class))
		p := catalog.New(one("some", nothing)).Read(c.cluster, set)
		if c.why == "" {
			if len(p.Entries) != 0 || len(p.Unknowns) != 0 {
				t.Errorf("%s: entries %v, unknowns %v", name, p.Entries, p.Unknowns)
			}
			continue
		}
		if len(p.Entries) != 1 || p.Entries[0].Controller != "" || p.Entries[0].ClientAuth.Value != posture.ClientNone {
			t.Errorf("%s: entries %+v", name, p.Entries)
		}
		want := []posture.Unknown{{
			Rule: "controller", Subject: posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge"},
			By: posture.Ref{APIVersion: "gateway.networking.k8s.io/v1", Kind: "Gateway", Namespace: "edge", Name: "edge", Field: "spec.gatewayClassName"}, Why: c.why,
		}}
		if diff := cmp.Diff(want, p.Unknowns); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestUnknownKinds(t *testing.T) {
	manifest := func(apiVersion, kind string) string {
		return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: x, namespace: x}\n---\n"
	}
	set := objecttest.Set(t, manifest("some.example.com/v1", "Policy")+manifest("some.example.com/v1", "Strange")+
		manifest("other.example.com/v1", "Anything")+manifest("gateway.networking.k8s.io/v1", "HTTPRoute")+
		manifest("gateway.networking.k8s.io/v1alpha2", "Novelty")+manifest("apps/v1", "Deployment"))
	var got []string
	for _, u := range catalog.New(one("some", nothing)).Read(controller.Cluster{}, set).Unknowns {
		got = append(got, u.Rule+" "+u.By.Kind)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"kind Novelty", "kind Strange"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGrantsSeeTheReferencesOfAll(t *testing.T) {
	set := objecttest.Set(t, `
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: g, namespace: pki}
spec:
  from: [{group: some.example.com, kind: Policy, namespace: edge}, {group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}]
  to: [{group: "", kind: ConfigMap, name: ca}]
  extra: 1
`)
	c := catalog.New(one("some", func() posture.Posture {
		return posture.Posture{References: []posture.Reference{{
			From: posture.Ref{APIVersion: "some.example.com/v1", Kind: "Policy", Namespace: "edge", Name: "p"},
			To:   posture.Ref{APIVersion: "v1", Kind: "ConfigMap", Namespace: "pki", Name: "ca"}, CrossNS: true,
		}}}
	}))
	p := c.Read(controller.Cluster{}, set)
	used := map[string][]string{}
	for _, g := range p.Grants {
		used[g.FromKind] = g.UsedBy
	}
	if diff := cmp.Diff(map[string][]string{"Policy": {"Policy edge/p"}, "Gateway": {}}, used); diff != "" {
		t.Error(diff)
	}
	if len(p.Unknowns) != 1 || p.Unknowns[0].By.Field != "spec.extra" {
		t.Errorf("unknowns %+v", p.Unknowns)
	}
}

func TestNoNulls(t *testing.T) {
	c := catalog.New(one("some", func() posture.Posture {
		return posture.Posture{
			Entries: []posture.Entry{leads("z", -1)}, Exits: []posture.Exit{{}}, Ways: []posture.Way{{}}, Hatches: []posture.Hatch{{}},
			Services: []posture.Service{{}}, Grants: []posture.Grant{{}},
		}
	}))
	for name, set := range map[string]*object.Set{"nothing": objecttest.Set(t, ""), "a Gateway": objecttest.Set(t, stranger)} {
		raw, err := json.Marshal(c.Read(controller.Cluster{}, set))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "null") {
			t.Errorf("%s: %s", name, raw)
		}
	}
}

func TestEmptyCluster(t *testing.T) {
	set := objecttest.Set(t, "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: some}\nspec: {controllerName: example.com/some}\n")
	raw, err := json.Marshal(catalog.New(one("some", nothing)).Read(controller.Cluster{}, set))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"entries":[],"exits":[],"grants":[],"references":[],"ways":[],"hatches":[],"services":[],"secrets":[],"certificates":[],"prerequisites":[],"installations":[],"powers":[],"unknowns":[],"assumptions":[]}`
	if string(raw) != want {
		t.Errorf("%s, want %s", raw, want)
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	same := func() posture.Posture {
		return posture.Posture{
			Unknowns:    []posture.Unknown{{Rule: "field", By: posture.Ref{Name: "r"}}},
			Assumptions: []posture.Assumption{{Text: "x"}},
			References:  []posture.Reference{{To: posture.Ref{Name: "s"}}},
		}
	}
	p := catalog.New(one("first", same), one("second", same)).Read(controller.Cluster{}, objecttest.Set(t, ""))
	if len(p.Unknowns) != 1 || len(p.Assumptions) != 1 || len(p.References) != 1 {
		t.Errorf("%d unknowns, %d assumptions, %d references", len(p.Unknowns), len(p.Assumptions), len(p.References))
	}
}

func TestByName(t *testing.T) {
	c := catalog.New(one("first", nothing), one("second", nothing))
	if found, ok := c.ByName("second"); !ok || found.Profile().Name != "second" {
		t.Error("second is not found")
	}
	if _, ok := c.ByName("third"); ok {
		t.Error("third is found")
	}
}

// TestNothingIsForgotten: what a reader says, and the catalog leaves out, would be judged by nobody.
func TestNothingIsForgotten(t *testing.T) {
	together := []string{"Grants", "Certificates", "Installations", "Powers"} // are made of the objects of all readers together
	reads := func() (p posture.Posture) {
		value := reflect.ValueOf(&p).Elem()
		for i := range value.NumField() {
			value.Field(i).Set(reflect.MakeSlice(value.Field(i).Type(), 1, 1))
		}
		return p
	}
	read := reflect.ValueOf(catalog.New(fake{reads: reads}).Read(controller.Cluster{}, object.NewSet(nil)))
	for i := range read.NumField() {
		if name := read.Type().Field(i).Name; read.Field(i).Len() == 0 && !slices.Contains(together, name) {
			t.Errorf("%s is left out", name)
		}
	}
}
