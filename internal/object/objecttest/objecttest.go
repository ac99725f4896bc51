// Package objecttest makes sets of objects from YAML, for tests.
package objecttest

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"go.yaml.in/yaml/v3"
	kjson "sigs.k8s.io/json"
	kyaml "sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/object"
)

// Overlay is the overlay of every object that Set makes.
const Overlay = "overlays/test"

// Set decodes a stream of YAML documents into the objects of one cluster, as the API server would see them: numbers are int64
// or float64. Empty documents are left out; anything that is no object ends the test.
func Set(t testing.TB, stream string) *object.Set {
	t.Helper()
	return object.NewSet(Objects(t, stream))
}

// Objects decodes a stream of YAML documents in its order.
func Objects(t testing.TB, stream string) []*object.Object {
	t.Helper()
	var objects []*object.Object
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(stream)))
	for {
		var document any // the encoder then quotes what YAML 1.1 would take for something else, such as y
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("objecttest: %v", err)
		}
		raw, err := yaml.Marshal(document)
		if err != nil {
			t.Fatalf("objecttest: %v", err)
		}
		if o := decode(t, raw); o != nil {
			objects = append(objects, o)
		}
	}
}

// Of turns what a controller's writer returns (typed structs or maps) into a set, through their JSON form.
func Of(t testing.TB, written []any) *object.Set {
	t.Helper()
	var objects []*object.Object
	for _, value := range written {
		raw, err := kyaml.Marshal(value)
		if err != nil {
			t.Fatalf("objecttest: %v", err)
		}
		if o := decode(t, raw); o != nil {
			objects = append(objects, o)
		}
	}
	return object.NewSet(objects)
}

func decode(t testing.TB, raw []byte) *object.Object {
	t.Helper()
	asJSON, err := kyaml.YAMLToJSON(raw)
	if err != nil {
		t.Fatalf("objecttest: %v\n%s", err, raw)
	}
	var data map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(asJSON, &data); err != nil {
		t.Fatalf("objecttest: %v\n%s", err, raw)
	}
	if data == nil {
		return nil
	}
	o, err := object.New(data, object.Origin{Overlay: Overlay})
	if err != nil {
		t.Fatalf("objecttest: %v\n%s", err, raw)
	}
	return o
}
