package render

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// DirReader lists a directory of the repository, with slashes and relative to its root.
type DirReader func(dir string) ([]fs.DirEntry, error)

// Applications fills the template of an ApplicationSet with what its generators find. Modelled are git directories and lists; complete is
// false when there is another generator, or a selector. Of the repository, most entries are looked at.
func Applications(set map[string]any, list DirReader, most int) (applications []map[string]any, complete bool) {
	spec, _ := set["spec"].(map[string]any)
	template, _ := spec["template"].(map[string]any)
	values, complete := parameters(spec, list, most)
	for _, v := range values {
		applications = append(applications, Fill(template, v))
	}
	return applications, complete
}

// parameters returns what each Application of an ApplicationSet is filled with.
func parameters(spec map[string]any, list DirReader, most int) (sets []map[string]string, complete bool) {
	complete = true
	for _, generator := range items(spec, "generators") {
		known := false
		if given, ok := generator["list"].(map[string]any); ok && given["elementsYaml"] == nil {
			known = true
			for _, element := range items(given, "elements") {
				values := map[string]string{}
				for key, v := range element {
					if s, ok := v.(string); ok {
						values[key] = s
					}
				}
				sets = append(sets, values)
			}
		}
		if git, ok := generator["git"].(map[string]any); ok && git["files"] == nil && git["values"] == nil {
			known = true
			for _, dir := range directories(items(git, "directories"), list, most) {
				sets = append(sets, directoryParameters(dir))
			}
		}
		if !known || generator["selector"] != nil {
			complete = false
		}
	}
	return sets, complete
}

// directories returns the directories that a git generator selects (Argo CD: path.Match on whole paths, exclusions win, hidden
// directories are left out).
func directories(patterns []map[string]any, list DirReader, most int) []string {
	var out []string
	walked := 0
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := list(dir)
		if err != nil {
			return
		}
		for _, e := range entries {
			if walked++; walked > most || !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			name := path.Join(dir, e.Name())
			selected := false
			for _, p := range patterns {
				if matched, err := path.Match(str(p, "path"), name); err == nil && matched && p["exclude"] != true {
					selected = true
				}
			}
			for _, p := range patterns {
				if matched, err := path.Match(str(p, "path"), name); err == nil && matched && p["exclude"] == true {
					selected = false
				}
			}
			if selected {
				out = append(out, name)
			}
			walk(name)
		}
	}
	walk(".")
	return out
}

var notNormal = regexp.MustCompile(`[^a-z0-9.-]+`)

func directoryParameters(dir string) map[string]string {
	base := path.Base(dir)
	normal := notNormal.ReplaceAllString(strings.ToLower(strings.ReplaceAll(base, "_", "-")), "-")
	return map[string]string{
		"path": dir, "path.path": dir, "path.basename": base, "path.basenameNormalized": normal,
	}
}

// expression is a template's expression that only names a value, in both of Argo CD's template languages.
var expression = regexp.MustCompile(`\{\{\s*\.?([A-Za-z0-9_.-]+)\s*\}\}`)

// Parameter is the first expression of a text that names a value, and what is around it.
func Parameter(text string) (before, name, after string, found bool) {
	at := expression.FindStringSubmatchIndex(text)
	if at == nil {
		return text, "", "", false
	}
	return text[:at[0]], text[at[2]:at[3]], text[at[1]:], true
}

// Fill replaces the parameters in a template of an ApplicationSet; what it does not know stays.
func Fill(template map[string]any, values map[string]string) map[string]any {
	out, _ := fill(template, values).(map[string]any)
	return out
}

func fill(v any, values map[string]string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = fill(item, values)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = fill(v[i], values)
		}
		return out
	case string:
		return expression.ReplaceAllStringFunc(v, func(match string) string {
			if value, known := values[expression.FindStringSubmatch(match)[1]]; known {
				return value
			}
			return match
		})
	}
	return v
}

// namespaced tells whether objects of a kind live in namespaces: what kustomize knows of built-in kinds, and for others their usual
// names.
func namespaced(apiVersion, kind string) bool {
	if known, found := openapi.IsNamespaceScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind}); found {
		return known
	}
	return kind != "GatewayClass" && !strings.HasPrefix(kind, "Cluster") && kind != "Namespace"
}
