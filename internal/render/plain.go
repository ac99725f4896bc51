package render

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/object"
)

// plain turns decoded YAML into what the API server would get: kustomize encodes each object as JSON before it prints it
// (kyaml/yaml/rnode.go, MarshalJSON), so that dates are text, whole numbers stay whole however they are written, and a number
// that is not finite or a key that is not a text cannot be applied at all. Integers come back as int64, others as float64.
func plain(v any, path string) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			p, err := plain(value, object.Key(path, key))
			if err != nil {
				return nil, err
			}
			v[key] = p
		}
		return v, nil
	case map[any]any:
		for key := range v {
			if _, ok := key.(string); !ok {
				return nil, fmt.Errorf("the key %v of %s is not a text", key, orTop(path))
			}
		}
		return nil, fmt.Errorf("a key of %s is not a text", orTop(path))
	case []any:
		for i := range v {
			p, err := plain(v[i], object.Item(path, i))
			if err != nil {
				return nil, err
			}
			v[i] = p
		}
		return v, nil
	case int:
		return int64(v), nil
	case uint64:
		if v > math.MaxInt64 {
			return float64(v), nil
		}
		return int64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%s is not a finite number", orTop(path))
		}
		return whole(v), nil
	case time.Time:
		encoded, err := v.MarshalText()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", orTop(path), err)
		}
		return string(encoded), nil
	case nil, string, bool, int64:
		return v, nil
	}
	return nil, fmt.Errorf("%s has an unexpected type %T", orTop(path), v)
}

func orTop(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

// whole returns a float64 that JSON would print without a point or an exponent as int64: 1e3 is applied as 1000.
func whole(f float64) any {
	printed, err := json.Marshal(f)
	if err != nil || strings.ContainsAny(string(printed), ".eE") {
		return f
	}
	if i, err := strconv.ParseInt(string(printed), 10, 64); err == nil {
		return i
	}
	return f
}
