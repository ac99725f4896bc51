package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// normal is an object as data that is worth writing: without status, without nulls and without what typed structs print
// although nobody said it (creationTimestamp: null, metadata: {}).
func normal(from any) (map[string]any, error) {
	raw, err := json.Marshal(from)
	if err != nil {
		return nil, err
	}
	var data map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &data); err != nil {
		return nil, err
	}
	delete(data, "status")
	return prune(data).(map[string]any), nil
}

func prune(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			below = prune(below)
			if m, isMap := below.(map[string]any); below == nil || key == "metadata" && isMap && len(m) == 0 {
				delete(v, key)
				continue
			}
			v[key] = below
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return value
}

// label adds labels to an object. What the fleet writes out keeps labels of its own.
func label(data map[string]any, labels map[string]string, override bool) {
	meta, _ := data["metadata"].(map[string]any)
	if meta == nil {
		return // hold refuses it
	}
	have, _ := meta["labels"].(map[string]any)
	if have == nil {
		have = map[string]any{}
	}
	for key, value := range labels {
		if _, there := have[key]; !there || override {
			have[key] = value
		}
	}
	meta["labels"] = have
}

// The names that the API server takes. Source: k8s.io/apimachinery pkg/util/validation (IsDNS1123Subdomain, IsDNS1123Label,
// IsDNS1035Label, IsValidLabelValue).
var (
	subdomain  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	dnsLabel   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	service    = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	labelValue = regexp.MustCompile(`^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$`)
)

// acceptable refuses an object that the API server would refuse for its names, or that Flux would change on the way.
func acceptable(data map[string]any) error {
	kind, _ := data["kind"].(string)
	meta, _ := data["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	switch {
	case len(name) > 253 || !subdomain.MatchString(name) && !strings.HasSuffix(kind, "RoleBinding") && !strings.HasSuffix(kind, "Role"):
		return fmt.Errorf("%s: %q is no object name (lower-case letters, digits, '-' and '.', at most 253 characters)", kind, name)
	case kind == "Service" && (len(name) > 63 || !service.MatchString(name)):
		return fmt.Errorf("%q is no name for a Service (lower-case letters, digits and '-', a letter first, at most 63 characters)", name)
	case kind == "Gateway" && len(name) > 63:
		return fmt.Errorf("%q is no name for a Gateway: controllers make it a label, which has 63 characters at most", name)
	}
	if namespace, there := meta["namespace"]; there {
		if text, ok := namespace.(string); !ok || len(text) > 63 || !dnsLabel.MatchString(text) {
			return fmt.Errorf("%s %s: %v is no namespace", kind, name, namespace)
		}
	}
	labels, _ := meta["labels"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if text, ok := labels[key].(string); !ok || len(text) > 63 || !labelValue.MatchString(text) {
			return fmt.Errorf("%s %s: %v is no value for label %s", kind, name, labels[key], key)
		}
	}
	if where := variable("", data); where != "" {
		return fmt.Errorf("%s %s: %s holds ${, which Flux would replace when it applies the overlay", kind, name, strings.TrimPrefix(where, "."))
	}
	return nil
}

// variable is the path of the first value or key that holds the beginning of a Flux variable, "" when none does. Flux runs
// the whole object through envsubst. Source: fluxcd/pkg kustomize/kustomize_varsub.go.
func variable(at string, value any) string {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "${") {
			return at
		}
	case []any:
		for i, below := range v {
			if where := variable(fmt.Sprintf("%s[%d]", at, i), below); where != "" {
				return where
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if strings.Contains(key, "${") {
				return at + "." + key
			}
			if where := variable(at+"."+key, v[key]); where != "" {
				return where
			}
		}
	}
	return ""
}

// copyable refuses an object of the fleet that would not arrive in the cluster as it is written.
func copyable(data map[string]any) error {
	kind, _ := data["kind"].(string)
	version, _ := data["apiVersion"].(string)
	meta, _ := data["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if kind == "" || version == "" || name == "" {
		return fmt.Errorf("it needs apiVersion, kind and metadata.name")
	}
	if strings.HasSuffix(kind, "List") && data["items"] != nil {
		return fmt.Errorf("%s is a list, which kustomize takes apart: write its items", kind)
	}
	if strings.HasPrefix(version, "kustomize.config.k8s.io/") {
		return fmt.Errorf("%s is kustomize's own configuration", kind)
	}
	annotations, _ := meta["annotations"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		// config.kubernetes.io/local-config makes kustomize drop the object. Source: kyaml kio/filters/local.go.
		if domain, _, _ := strings.Cut(key, "/"); domain == "config.kubernetes.io" || strings.HasSuffix(domain, ".config.kubernetes.io") || domain == "config.k8s.io" || domain == "kustomize.config.k8s.io" {
			return fmt.Errorf("%s %s: annotation %s is an instruction for kustomize", kind, name, key)
		}
	}
	if namespace, _ := meta["namespace"].(string); namespace == "" && !clusterScoped(version, kind) {
		return fmt.Errorf("%s %s needs metadata.namespace: whoever applies the overlay would choose one", kind, name)
	}
	return nil
}

// clusterScoped is what kustomize knows of the built-in kinds; for others, what their names say.
func clusterScoped(version, kind string) bool {
	if namespaced, known := openapi.IsNamespaceScoped(kyaml.TypeMeta{APIVersion: version, Kind: kind}); known {
		return !namespaced
	}
	return strings.HasPrefix(kind, "Cluster") || kind == "GatewayClass"
}
