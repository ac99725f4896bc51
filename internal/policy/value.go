package policy

import (
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// valueOf converts an Input, or a part of it, to what Rego sees, by its JSON names and without a JSON text in between (half of the
// cost of judging a small cluster).
//
// It differs from encoding/json in one way, on purpose: every field is there, omitempty or not, and a nil list or map is an empty
// one. A rule can then never be silent because a field is absent.
func valueOf(x any) ast.Value { return value(reflect.ValueOf(x)) }

func value(v reflect.Value) ast.Value {
	switch v.Kind() {
	case reflect.String:
		return ast.String(v.String())
	case reflect.Bool:
		return ast.Boolean(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return ast.Number(fmt.Sprint(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return ast.Number(fmt.Sprint(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return ast.MustInterfaceToValue(v.Float())
	case reflect.Slice, reflect.Array:
		terms := make([]*ast.Term, v.Len())
		for i := range terms {
			terms[i] = ast.NewTerm(value(v.Index(i)))
		}
		return ast.NewArray(terms...)
	case reflect.Map:
		object := ast.NewObject()
		for iter := v.MapRange(); iter.Next(); {
			object.Insert(ast.NewTerm(value(iter.Key())), ast.NewTerm(value(iter.Value())))
		}
		return object
	case reflect.Struct:
		return structValue(v)
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return ast.NullValue
		}
		return value(v.Elem())
	case reflect.Invalid:
		return ast.NullValue
	}
	// Channels and functions have no JSON either; Input has none, and TestEveryFieldIsSeen holds that.
	panic("policy: no value for " + v.Kind().String())
}

func structValue(v reflect.Value) ast.Value {
	terms := make([][2]*ast.Term, 0, v.NumField())
	for i, name := range names(v.Type()) {
		terms = append(terms, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(value(v.Field(i)))})
	}
	return ast.NewObject(terms...)
}

// names yields the JSON names of a struct's fields, with their numbers.
func names(t reflect.Type) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if name == "-" || !t.Field(i).IsExported() {
				continue
			}
			if name == "" {
				name = t.Field(i).Name
			}
			if !yield(i, name) {
				return
			}
		}
	}
}

// JSON is an input as rules see it, for another engine than this one: every field is there, and no list or map is null.
func (i Input) JSON() ([]byte, error) {
	seen, err := ast.JSON(valueOf(i))
	if err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(seen, "", "  ")
	return append(out, '\n'), err
}
