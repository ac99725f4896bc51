package object

import (
	"slices"
	"testing"
)

// FuzzPath: a path that is written from keys is read as these keys, and any other text is read as something.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"spec.listeners[0].tls", `metadata.annotations["a.b/c"]`, "[", "[]", "[-1]", `["`, `["]`, "..", "[99999999999999999999]", "a[0", "\xff"} {
		f.Add(seed, "key", 3)
	}
	f.Add("", "]", 0)
	f.Fuzz(func(t *testing.T, path, key string, index int) {
		o := &Object{Data: map[string]any{"spec": map[string]any{"a": []any{map[string]any{"b": "c"}}}}}
		o.Get(path)
		o.Text(path)
		ParsePath(path)
		index &= 0xffff
		if key == "" || slices.Contains([]byte(key), '"') {
			return // no key of a Kubernetes object has one
		}
		want := []Step{{Key: "spec", Index: -1}, {Key: key, Index: -1}, {Index: index}}
		if got := ParsePath(Item(Key("spec", key), index)); !slices.Equal(got, want) {
			t.Errorf("%q is read as %v", Item(Key("spec", key), index), got)
		}
	})
}
