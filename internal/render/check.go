package render

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

var varName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// check walks every field of a kustomization that holds a path, refuses what must not be used, and rewrites the others. The
// fields are those of types.Kustomization; misspelt has already refused any other.
func (k *kustomization) check(r *repository) *refusal {
	kind := str(k.data, "kind")
	k.component = kind == "Component"
	for _, forbidden := range []struct{ field, rule, why string }{
		{"helmCharts", ruleHelm, "a Helm chart is inflated by a program that is not run here"},
		{"helmChartInflationGenerator", ruleHelm, "a Helm chart is inflated by a program that is not run here"},
		{"helmGlobals", ruleHelm, "a Helm chart is inflated by a program that is not run here"},
		{"openapi", ruleOpenAPI, "another OpenAPI schema changes what every patch does"},
	} {
		if v, present := k.data[forbidden.field]; present && v != nil {
			return refuse(forbidden.rule, k.at(forbidden.field), "%s: %s", forbidden.field, forbidden.why)
		}
	}
	k.mergeDeprecated()
	for _, step := range []func(*repository) *refusal{
		k.checkEntries, k.checkFiles, k.checkPatches, k.checkGenerators, k.checkPlugins,
	} {
		if refused := step(r); refused != nil {
			return refused
		}
	}
	if refused := k.moveJSONPatches(); refused != nil {
		return refused
	}
	for _, v := range items(k.data, "vars") {
		// Kustomize prints the names of variables that nothing uses.
		if name := str(v, "name"); !varName.MatchString(name) {
			return refuse(ruleRoot, k.at("vars"), "the name %q of a variable is not a plain word", name)
		}
	}
	for _, field := range []string{"namePrefix", "nameSuffix", "namespace"} {
		if v := str(k.data, field); v != "" {
			rn := rename{field: field, at: k.at(field)}
			switch field {
			case "namePrefix":
				rn.prefix = v
			case "nameSuffix":
				rn.suffix = v
			default:
				rn.namespace = v
			}
			k.renames = append(k.renames, rn)
		}
	}
	return nil
}

// mergeDeprecated moves fields to their newer names as kustomize itself does (api/types/kustomization.go, FixKustomization and
// FixKustomizationPreMarshalling), which also keeps it from printing a warning. patchesJson6902 stays: it is applied later than
// patches are. Positions are looked up under the old names.
func (k *kustomization) mergeDeprecated() {
	labels, present := k.data["commonLabels"].(map[string]any)
	if present && len(labels) > 0 {
		for _, l := range items(k.data, "labels") {
			pairs, _ := l["pairs"].(map[string]any)
			for name := range pairs {
				if _, both := labels[name]; both {
					return // kustomize refuses this when it fixes a file; here both apply, in its own order
				}
			}
		}
		list, _ := k.data["labels"].([]any)
		k.data["labels"] = append(list, map[string]any{"pairs": labels, "includeSelectors": true})
		delete(k.data, "commonLabels")
	}
}

// afterPatches are the fields that kustomize applies after patchesJson6902 and before transformers (api/internal/target/
// kusttarget_configplugin.go, transformer order).
var afterPatches = []string{"replicas", "images", "imageTags", "replacements"}

// moveJSONPatches makes transformers of patchesJson6902 where nothing comes between the two, because kustomize prints a warning
// on standard error about the field.
func (k *kustomization) moveJSONPatches() *refusal {
	list := items(k.data, "patchesJson6902")
	for _, field := range afterPatches {
		if k.data[field] != nil {
			return nil
		}
	}
	var moved []any
	for i, item := range list {
		config := map[string]any{"apiVersion": "builtin", "kind": "PatchJson6902Transformer", "metadata": map[string]any{"name": fmt.Sprintf("patchesJson6902-%d", i)}}
		for from, to := range map[string]string{"target": "target", "path": "path", "patch": "jsonOp"} {
			if v, ok := item[from]; ok {
				config[to] = v
			}
		}
		encoded, err := json.Marshal(config)
		if err != nil {
			return refuse(ruleRoot, k.at(object.Item("patchesJson6902", i)), "the patch cannot be encoded: %v", err)
		}
		moved = append(moved, string(encoded))
	}
	if moved != nil {
		others, _ := k.data["transformers"].([]any)
		k.data["transformers"] = append(moved, others...)
	}
	delete(k.data, "patchesJson6902")
	return nil
}

// checkEntries follows resources, bases and components.
func (k *kustomization) checkEntries(r *repository) *refusal {
	var rewritten []any
	for _, field := range []string{"resources", "bases"} {
		for i, name := range texts(k.data, field) {
			at := k.at(object.Item(field, i))
			real, isDir, refused := r.local(at, k.dir, name, field)
			if refused != nil {
				return refused
			}
			if !isDir {
				content, refused := k.manifest(r, at, real)
				if refused != nil {
					return refused
				}
				k.files[real] = content
			}
			k.resources = append(k.resources, entry{real, isDir, at})
			rewritten = append(rewritten, relative(k.dir, real))
		}
	}
	delete(k.data, "bases")
	if rewritten != nil {
		k.data["resources"] = rewritten
	}
	var components []any
	for i, name := range texts(k.data, "components") {
		at := k.at(object.Item("components", i))
		real, isDir, refused := r.local(at, k.dir, name, "components")
		if refused != nil {
			return refused
		}
		if !isDir {
			return refuse(ruleRoot, at, "components refers to %q, which is not a directory", name)
		}
		k.others = append(k.others, entry{real, true, at})
		components = append(components, relative(k.dir, real))
	}
	if components != nil {
		k.data["components"] = components
	}
	return nil
}

// manifest reads and checks a YAML file for kustomize.
func (k *kustomization) manifest(r *repository, at place, real string) ([]byte, *refusal) {
	f, refused := r.read(real)
	if refused != nil {
		return nil, refused
	}
	docs, refused := r.documents(f)
	if refused != nil {
		if refused.rule == ruleRoot && !refused.limit && path.Base(real) == "kustomization.yaml" {
			return nil, refuse(ruleRoot, at, "a kustomization is referred to by its directory")
		}
		return nil, refused
	}
	if k.file == "" {
		return named(f.content, docs, len(k.files)), nil
	}
	return f.content, nil
}

// named makes names of what the API server would complete to names, each another one. Kustomize refuses objects without a name; where
// there is no kustomization, Argo CD creates them (argo-cd, resource hooks: generate name).
func named(content []byte, docs []*document, file int) []byte {
	const field = "generateName"
	var lines []string
	for _, d := range docs {
		metadata, _ := child(d.node, "metadata")
		name, _ := child(metadata, "name")
		prefix, key := child(metadata, field)
		if name != nil || key == nil {
			continue
		}
		if lines == nil {
			lines = strings.SplitAfter(string(content), "\n")
		}
		if key.Line > len(lines) {
			continue
		}
		before, after, found := strings.Cut(lines[key.Line-1], field)
		if found {
			unique := fmt.Sprintf("%s-%d-%d", prefix.Value, file, key.Line)
			lines[key.Line-1] = before + "name" + strings.Replace(after, prefix.Value, unique, 1)
		}
	}
	if lines == nil {
		return content
	}
	return []byte(strings.Join(lines, ""))
}

// checkFiles follows the fields that name YAML files of kustomize's own.
func (k *kustomization) checkFiles(r *repository) *refusal {
	for _, field := range []string{"crds", "configurations"} {
		var rewritten []any
		for i, name := range texts(k.data, field) {
			to, refused := k.use(r, k.at(object.Item(field, i)), name, field, true)
			if refused != nil {
				return refused
			}
			rewritten = append(rewritten, to)
		}
		if rewritten != nil {
			k.data[field] = rewritten
		}
	}
	return k.rewrite(r, items(k.data, "replacements"), "replacements", "path")
}

// rewrite follows the path in one field of each item of a list.
func (k *kustomization) rewrite(r *repository, items []map[string]any, list, field string) *refusal {
	for i, item := range items {
		name, present := item[field].(string)
		if !present || name == "" {
			continue
		}
		to, refused := k.use(r, k.at(object.Key(object.Item(list, i), field)), name, list+"."+field, true)
		if refused != nil {
			return refused
		}
		item[field] = to
	}
	return nil
}

// use reads a file that a field names, keeps its content for kustomize, and returns the path to write instead.
func (k *kustomization) use(r *repository, at place, name, field string, isYAML bool) (string, *refusal) {
	real, isDir, refused := r.local(at, k.dir, name, field)
	if refused != nil {
		return "", refused
	}
	if isDir {
		return "", refuse(ruleRoot, at, "%s refers to %q, which is a directory", field, name)
	}
	var content []byte
	if isYAML {
		content, refused = k.manifest(r, at, real)
	} else {
		var f *file
		if f, refused = r.read(real); refused == nil {
			content = f.content
		}
	}
	if refused != nil {
		return "", refused
	}
	k.files[real] = content
	return relative(k.dir, real), nil
}

// checkGenerators follows the files of configMapGenerator and secretGenerator.
func (k *kustomization) checkGenerators(r *repository) *refusal {
	for _, generator := range []struct{ field, kind string }{{"configMapGenerator", "ConfigMap"}, {"secretGenerator", "Secret"}} {
		field, kind := generator.field, generator.kind
		for i, g := range items(k.data, field) {
			at := object.Item(field, i)
			k.generated = append(k.generated, generated{kind, str(g, "name"), str(g, "namespace"), k.at(at)})
			if refused := k.sources(r, g, at, field); refused != nil {
				return refused
			}
		}
	}
	return nil
}

// sources follows the files that a generator reads; what they hold is data, not YAML.
func (k *kustomization) sources(r *repository, g map[string]any, at, field string) *refusal {
	var files []any
	for j, source := range texts(g, "files") {
		// "key=path" or "path" (api/internal/generators/utils.go, ParseFileSource)
		key, name, given := strings.Cut(source, "=")
		if !given {
			key, name = path.Base(source), source
		}
		if key == "" || strings.Contains(name, "=") {
			return refuse(ruleRoot, k.at(object.Item(at+".files", j)), "%s.files has %q, which is not [key=]path", field, source)
		}
		to, refused := k.use(r, k.at(object.Item(at+".files", j)), name, field+".files", false)
		if refused != nil {
			return refused
		}
		files = append(files, key+"="+to)
	}
	if files != nil {
		g["files"] = files
	}
	var envs []any
	for j, name := range texts(g, "envs") {
		to, refused := k.use(r, k.at(object.Item(at+".envs", j)), name, field+".envs", false)
		if refused != nil {
			return refused
		}
		envs = append(envs, to)
	}
	if envs != nil {
		g["envs"] = envs
	}
	if name := str(g, "env"); name != "" {
		to, refused := k.use(r, k.at(at+".env"), name, field+".env", false)
		if refused != nil {
			return refused
		}
		g["env"] = to
	}
	return nil
}
