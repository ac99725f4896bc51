package policy

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// TestEveryFieldIsSeen fills every field of an Input and compares what Rego sees with encoding/json: same names, same values.
func TestEveryFieldIsSeen(t *testing.T) {
	var input Input
	fill(reflect.ValueOf(&input).Elem())
	input.Objects = []map[string]any{{"a": nil, "b": 1.5, "c": int64(7), "d": []any{"x", true}}}
	text, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	seen, err := ast.JSON(valueOf(input))
	if err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(seen)
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNothingIsAbsent: nil lists and maps are empty, and omitempty leaves nothing out.
func TestNothingIsAbsent(t *testing.T) {
	value := valueOf(posture.Anchor{})
	want := ast.MustParseTerm(`{"ref": {"apiVersion": "", "kind": "", "namespace": "", "name": "", "field": ""}, "sha256": [], "system": false, "source": "", "trustDomain": "", "made": "", "roots": []}`)
	if value.Compare(want.Value) != 0 {
		t.Errorf("got %v", value)
	}
	if got := valueOf(posture.Labels(nil)); got.Compare(ast.NewObject()) != 0 {
		t.Errorf("a nil map is %v", got)
	}
	if got := valueOf(controller.TrustDomain{PEM: "x"}).(ast.Object).Get(ast.StringTerm("PEM")); got != nil {
		t.Errorf("a field that JSON leaves out is seen: %v", got)
	}
}

// fill sets every field to something, and gives every list and map one element.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text of " + v.Type().String())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		element := reflect.New(v.Type().Elem()).Elem()
		fill(element)
		v.SetMapIndex(reflect.ValueOf("key"), element)
	}
}
