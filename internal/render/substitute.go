package render

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
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
	// from tells that variables also come from a ConfigMap or Secret of the cluster that Git does not show.
	from bool
}

// variable matches ${name}, ${name:-default}, ${name:=default} and ${name-default}; other forms of shell expansion are found by
// anyVariable and stay unknown. A doubled dollar escapes.
var (
	variable    = regexp.MustCompile(`\$?\$\{([_a-zA-Z][_a-zA-Z0-9]*)(?:(:?[-=])([^{}$]*))?\}`)
	anyVariable = regexp.MustCompile(`(^|[^$])\$\{[^}]*\}`)
)

// substitution reads a postBuild. Later sources win over earlier ones, and what is written in place over all of them
// (kustomize-controller docs, "Post build substitution"): what is not in Git may replace whatever comes before it.
func (c *cluster) substitution(r *root, o *object.Object, post map[string]any) *substitution {
	s := &substitution{root: r, literals: map[string]string{}}
	for _, source := range items(post, "substituteFrom") {
		data, inGit := c.settings(str(source, "kind"), str(source, "name"), o.Namespace)
		if !inGit {
			s.from = true
			clear(s.literals)
		}
		s.add(data)
	}
	literals, _ := post["substitute"].(map[string]any)
	s.add(literals)
	return s
}

func (s *substitution) add(data map[string]any) {
	for key, v := range data {
		s.literals[key], _ = v.(string)
	}
}

// settings are the values of a ConfigMap that one root, and only one, renders. Secrets in Git are encrypted.
func (c *cluster) settings(kind, name, namespace string) (data map[string]any, inGit bool) {
	if kind != "ConfigMap" {
		return nil, false
	}
	for _, r := range c.roots {
		for _, o := range r.decoded {
			if o.Group() == "" && o.Kind == kind && o.Name == name && o.Namespace == namespace {
				found, _ := o.Data["data"].(map[string]any)
				if inGit && !reflect.DeepEqual(data, found) {
					return nil, false
				}
				data, inGit = found, true
			}
		}
	}
	return data, inGit
}

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
			if !anyVariable.MatchString(v) || idle(path) {
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

// annotations are the domains whose annotations controllers, clouds and engines read, with everything below them.
var annotations = []string{
	"istio.io", "envoyproxy.io", "networking.k8s.io", "networking.x-k8s.io", "kubernetes.io", "k8s.aws", "azure.io", "fluxcd.io", "argoproj.io",
}

// idle tells an annotation that decides nothing about a gateway, such as those of external-dns and dashboards. Labels are never idle:
// policies and selectors attach by any of them.
func idle(field string) bool {
	key, found := strings.CutPrefix(field, "metadata.annotations")
	if !found {
		return false
	}
	domain, _, _ := strings.Cut(strings.TrimLeft(key, `.["`), "/")
	if strings.HasPrefix(domain, "external-dns.") {
		return true
	}
	return !slices.ContainsFunc(annotations, func(d string) bool { return domain == d || strings.HasSuffix(domain, "."+d) })
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
