package plan

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v2"
)

// The order in which people read an object, and its metadata; the rest follows by name.
var (
	objectOrder   = []string{"apiVersion", "kind", "metadata", "type", "spec"}
	metadataOrder = []string{"name", "namespace", "labels", "annotations"}
)

// encode writes objects, as normal makes them, as YAML documents behind a header. The library is the one that sigs.k8s.io/yaml writes with,
// without its way through JSON, which normal has taken already.
func encode(header string, objects []map[string]any) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(header)
	for _, data := range objects {
		out.WriteString("---\n")
		for _, key := range ordered(data, objectOrder) {
			text, err := field(key, data[key])
			if err != nil {
				return nil, err
			}
			out.WriteString(text)
		}
	}
	return out.Bytes(), nil
}

// field writes one top-level field. Metadata has an order of its own, so its fields are written one by one and moved in.
func field(key string, value any) (string, error) {
	meta, ok := value.(map[string]any)
	if key != "metadata" || !ok || len(meta) == 0 {
		raw, err := yaml.Marshal(map[string]any{key: value})
		return string(raw), err
	}
	var out strings.Builder
	out.WriteString("metadata:\n")
	for _, name := range ordered(meta, metadataOrder) {
		raw, err := yaml.Marshal(map[string]any{name: meta[name]})
		if err != nil {
			return "", err
		}
		for line := range strings.Lines(string(raw)) {
			if strings.TrimSpace(line) != "" {
				out.WriteString("  ")
			}
			out.WriteString(line)
		}
	}
	return out.String(), nil
}

// ordered is the keys of a map: those that have a place, then the others by name.
func ordered(data map[string]any, order []string) []string {
	var out []string
	for _, key := range order {
		if _, ok := data[key]; ok {
			out = append(out, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(order, key) {
			out = append(out, key)
		}
	}
	return out
}
