package render

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

// misspelt looks for the first field of decoded data that the type does not have, in exactly that spelling. Kustomize reads
// kustomizations in any letter case (api/types/kustomization.go, Unmarshal, kustomize#5061), and so a reader who looks for
// "patches" would not see "PaTcHeS".
func misspelt(data any, t reflect.Type, path string) (where, why string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return "", ""
	}
	switch v := data.(type) {
	case map[string]any:
		if t.Kind() != reflect.Struct && t.Kind() != reflect.Map {
			return "", ""
		}
		fields := map[string]reflect.Type{}
		if t.Kind() == reflect.Struct {
			collect(t, fields)
		}
		for _, key := range sortedKeys(v) {
			element, known := fields[key]
			if t.Kind() == reflect.Map {
				element, known = t.Elem(), true
			}
			if !known {
				for name := range fields {
					if strings.EqualFold(name, key) {
						return object.Key(path, key), fmt.Sprintf("kustomize reads %q as %q; the field must be spelt exactly", key, name)
					}
				}
				return object.Key(path, key), fmt.Sprintf("kustomize has no field %q here", key)
			}
			if where, why = misspelt(v[key], element, object.Key(path, key)); why != "" {
				return where, why
			}
		}
	case []any:
		if t.Kind() != reflect.Slice {
			return "", ""
		}
		for i := range v {
			if where, why = misspelt(v[i], t.Elem(), object.Item(path, i)); why != "" {
				return where, why
			}
		}
	}
	return "", ""
}

// collect gathers a struct's JSON names, those of embedded structs included.
func collect(t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				collect(inner, into)
				continue
			}
		}
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		into[name] = f.Type
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
