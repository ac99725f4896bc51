package object

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func gateway() map[string]any {
	return map[string]any{
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
		"metadata": map[string]any{"name": "edge", "namespace": "infra", "labels": map[string]any{"a": "b"}},
		"spec": map[string]any{"listeners": []any{map[string]any{
			"name": "https", "port": int64(443), "tls": map[string]any{"options": map[string]any{"example.com/min": "1.3"}},
		}}},
	}
}

func TestGet(t *testing.T) {
	o, err := New(gateway(), Origin{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{
		"spec.listeners[0].name":                           "https",
		"spec.listeners[0].port":                           int64(443),
		`spec.listeners[0].tls.options["example.com/min"]`: "1.3",
		"spec.listeners[1].name":                           nil,
		"spec.listeners[-1].name":                          nil,
		"spec.listeners[0]name.more":                       nil,
		"spec.listeners.name":                              nil,
		`spec.listeners[0].tls.options["example.com/min`:   nil,
		"metadata.labels.a":                                "b",
		"":                                                 o.Data,
	} {
		if diff := cmp.Diff(want, o.Get(path)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", path, diff)
		}
	}
	written := Key(Key(Item(Key(Key("", "spec"), "listeners"), 0), "tls"), "options")
	if got := Key(written, "example.com/min"); o.Get(got) != "1.3" {
		t.Errorf("the path that Key writes, %s, is not the one that Get reads", got)
	}
}

// TestRefusals: what the API server would refuse is not an object.
func TestRefusals(t *testing.T) {
	for name, spoil := range map[string]func(map[string]any){
		"no apiVersion":            func(o map[string]any) { delete(o, "apiVersion") },
		"no kind":                  func(o map[string]any) { o["kind"] = "" },
		"no metadata":              func(o map[string]any) { o["metadata"] = []any{} },
		"no name":                  func(o map[string]any) { delete(o["metadata"].(map[string]any), "name") },
		"a name that is a number":  func(o map[string]any) { o["metadata"].(map[string]any)["name"] = int64(1) },
		"a label that is no text":  func(o map[string]any) { o["metadata"].(map[string]any)["labels"] = map[string]any{"a": true} },
		"a namespace that is none": func(o map[string]any) { o["metadata"].(map[string]any)["namespace"] = int64(1) },
	} {
		data := gateway()
		spoil(data)
		if _, err := New(data, Origin{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestDecode: an unknown field is told, a value of the wrong type is an error.
func TestDecode(t *testing.T) {
	type spec struct {
		Spec struct {
			Listeners []struct {
				Name string `json:"name"`
				Port int    `json:"port"`
			} `json:"listeners"`
		} `json:"spec"`
		APIVersion, Kind string
		Metadata         any
	}
	o, err := New(gateway(), Origin{})
	if err != nil {
		t.Fatal(err)
	}
	var got spec
	unknown, err := o.Decode(&got)
	if err != nil || got.Spec.Listeners[0].Port != 443 {
		t.Errorf("decoded %+v, %v", got, err)
	}
	found := false
	for _, path := range unknown {
		found = found || path == "spec.listeners[0].tls"
	}
	if !found {
		t.Errorf("unknown fields %q do not name spec.listeners[0].tls", unknown)
	}
	o.Data["spec"].(map[string]any)["listeners"].([]any)[0].(map[string]any)["port"] = "443"
	if _, err := o.Decode(&spec{}); err == nil {
		t.Error("a port that is text was accepted")
	}
}

// TestSet: the order of files does not matter, and two versions of one object are one.
func TestSet(t *testing.T) {
	build := func(version, name, file string) *Object {
		data := gateway()
		data["apiVersion"] = "gateway.networking.k8s.io/" + version
		data["metadata"].(map[string]any)["name"] = name
		o, err := New(data, Origin{File: file})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	a, b, c := build("v1", "edge", "a"), build("v1beta1", "edge", "b"), build("v1", "web", "c")
	for _, s := range []*Set{NewSet([]*Object{a, b, c}), NewSet([]*Object{c, b, a})} {
		if got := s.Find("gateway.networking.k8s.io", "Gateway", "infra", "edge"); got != a {
			t.Errorf("found %v of %s", got, got.Origin.File)
		}
		if d := s.Duplicates(); len(d) != 1 || len(d[0]) != 2 {
			t.Errorf("duplicates %v, want one pair", d)
		}
		if len(s.Kind("gateway.networking.k8s.io", "Gateway")) != 3 || s.Len() != 3 {
			t.Error("not every object is there")
		}
	}
}
