package render

import (
	"fmt"
	"regexp"
	"strings"

	kjson "sigs.k8s.io/json"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// substitution is a Flux Kustomization's postBuild. Flux replaces variables in each object's YAML text, so that a variable may
// become a number or a map (kustomize-controller docs, "Post build variable substitution").
type substitution struct {
	root     *root
	literals map[string]string
	// from tells that variables also come from ConfigMaps or Secrets of the cluster, which Git does not show.
	from bool
}

// variable matches ${name}, ${name:-default}, ${name:=default} and ${name-default}; other forms of shell expansion are found by
// anyVariable and stay unknown. A doubled dollar escapes.
var (
	variable    = regexp.MustCompile(`\$?\$\{([_a-zA-Z][_a-zA-Z0-9]*)(?:(:?[-=])([^{}$]*))?\}`)
	anyVariable = regexp.MustCompile(`(^|[^$])\$\{[^}]*\}`)
)

// apply replaces what is known, and reports each variable that stays unknown in an object that decides what a gateway enforces.
func (s *substitution) apply(objects []map[string]any) ([]map[string]any, []Fact) {
	var facts []Fact
	out := make([]map[string]any, 0, len(objects))
	for _, data := range objects {
		replaced, err := s.one(data)
		if err != nil {
			facts = append(facts, s.root.fact(ruleVariable, s.root.byAt, fmt.Sprintf("%v %s is not YAML any more once its variables are replaced", data["kind"], nameOf(data))))
			replaced = data
		}
		out = append(out, replaced)
		facts = append(facts, s.unknown(replaced)...)
	}
	return out, facts
}

func (s *substitution) one(data map[string]any) (map[string]any, error) {
	if disabled(data) || !holdsVariable(data) {
		return data, nil
	}
	text, err := sigsyaml.Marshal(data)
	if err != nil {
		return nil, err
	}
	replaced := variable.ReplaceAllStringFunc(string(text), func(match string) string {
		if strings.HasPrefix(match, "$$") {
			return match
		}
		parts := variable.FindStringSubmatch(match)
		if v, known := s.literals[parts[1]]; known && (v != "" || !strings.HasPrefix(parts[2], ":")) {
			return v
		}
		if parts[2] != "" && !s.from {
			return parts[3]
		}
		return match
	})
	encoded, err := sigsyaml.YAMLToJSON([]byte(strings.ReplaceAll(replaced, "$${", "${")))
	if err != nil {
		return nil, err
	}
	var decoded map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(encoded, &decoded); err != nil {
		return nil, err
	}
	return decoded, nil
}

// unknown reports the variables that are left.
func (s *substitution) unknown(data map[string]any) []Fact {
	apiVersion, _ := data["apiVersion"].(string)
	if !decidesGateway(group(apiVersion)) || disabled(data) {
		return nil
	}
	var facts []Fact
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range sortedKeys(v) {
				walk(v[key], object.Key(path, key))
			}
		case []any:
			for i := range v {
				walk(v[i], object.Item(path, i))
			}
		case string:
			if !anyVariable.MatchString(v) {
				return
			}
			kind, _ := data["kind"].(string)
			meta, _ := data["metadata"].(map[string]any)
			f := s.root.fact(ruleVariable, s.root.byAt, fmt.Sprintf("%s is %q, and Git does not show what Flux puts there", path, v))
			f.By = posture.Ref{APIVersion: apiVersion, Kind: kind, Namespace: str(meta, "namespace"), Name: str(meta, "name"), Field: path}
			f.Subject = posture.Subject{Kind: kind, Namespace: f.By.Namespace, Name: f.By.Name}
			facts = append(facts, f)
		}
	}
	walk(data, "")
	return facts
}

// disabled tells an object that Flux leaves as it is.
func disabled(data map[string]any) bool {
	meta, _ := data["metadata"].(map[string]any)
	for _, field := range []string{"annotations", "labels"} {
		m, _ := meta[field].(map[string]any)
		if m["kustomize.toolkit.fluxcd.io/substitute"] == "disabled" {
			return true
		}
	}
	return false
}

func holdsVariable(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if strings.Contains(key, "${") || holdsVariable(value) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if holdsVariable(item) {
				return true
			}
		}
	case string:
		return strings.Contains(v, "${")
	}
	return false
}

func nameOf(data map[string]any) string {
	meta, _ := data["metadata"].(map[string]any)
	return str(meta, "name")
}
