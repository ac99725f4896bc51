package render

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
)

// plugins are the transformers and generators that are part of kustomize (api/internal/plugins/builtinhelpers/builtins.go), with
// the fields that hold paths. Helm's is left out: it runs a program.
var plugins = map[string]struct{ path, paths, list string }{
	"AnnotationsTransformer":         {},
	"ConfigMapGenerator":             {},
	"HashTransformer":                {},
	"IAMPolicyGenerator":             {},
	"ImageTagTransformer":            {},
	"LabelTransformer":               {},
	"NamespaceTransformer":           {},
	"PatchJson6902Transformer":       {path: "path"},
	"PatchStrategicMergeTransformer": {paths: "paths"},
	"PatchTransformer":               {path: "path"},
	"PrefixSuffixTransformer":        {},
	"PrefixTransformer":              {},
	"ReplacementTransformer":         {list: "replacements"},
	"ReplicaCountTransformer":        {},
	"SecretGenerator":                {},
	"SuffixTransformer":              {},
	"ValueAddTransformer":            {path: "targetFilePath"},
}

// pathFields are all names of fields that a built-in plugin reads a path from. Their configurations are decoded in any letter
// case, so that another spelling is refused.
var pathFields = []string{"path", "paths", "replacements", "targetFilePath", "files", "envs", "env"}

// checkPlugins follows generators, transformers and validators. Only what is part of kustomize may be configured, in files or
// inline; kustomize gets every configuration inline. It takes inline ones first (api/internal/target/kusttarget.go,
// configureExternalTransformers), and so do we.
func (k *kustomization) checkPlugins(r *repository) *refusal {
	for _, field := range []string{"generators", "transformers", "validators"} {
		var first, later []any
		for i, entry := range texts(k.data, field) {
			where := object.Item(field, i)
			at := k.at(where)
			inline := isInline(entry)
			var docs []*document
			var refused *refusal
			from := k.file
			if inline {
				docs, refused = k.inline(r, where, entry)
			} else {
				real, isDir, wrong := r.local(at, k.dir, entry, field)
				switch {
				case wrong != nil:
					return wrong
				case isDir:
					return refuse(rulePlugin, at, "%s refers to the directory %q: name the files of built-in plugins instead", field, entry)
				}
				from = real
				docs, refused = r.manifest(real)
			}
			if refused != nil {
				return refused
			}
			for _, d := range docs {
				encoded, refused := k.plugin(r, from, d)
				if refused != nil {
					return refused
				}
				if inline {
					first = append(first, encoded)
				} else {
					later = append(later, encoded)
				}
			}
		}
		if all := slices.Concat(first, later); len(all) > 0 {
			k.data[field] = all
		} else {
			delete(k.data, field)
		}
	}
	return nil
}

// plugin checks one plugin's configuration and encodes it with its paths rewritten.
func (k *kustomization) plugin(r *repository, from string, d *document) (string, *refusal) {
	at := place{from, d.node.Line, d.node.Column}
	fields, known := plugins[d.kind]
	if d.kind == "HelmChartInflationGenerator" {
		return "", refuse(ruleHelm, at, "a Helm chart is inflated by a program that is not run here")
	}
	decoded, err := value(d.node)
	config, ok := decoded.(map[string]any)
	if err != nil || !ok {
		return "", refuse(ruleRoot, at, "the plugin's configuration is not a manifest")
	}
	meta, _ := config["metadata"].(map[string]any)
	annotations, _ := meta["annotations"].(map[string]any)
	for name := range annotations {
		if strings.HasPrefix(name, "config.kubernetes.io/") || strings.HasPrefix(name, "config.k8s.io/") {
			return "", refuse(rulePlugin, at, "the annotation %s makes %s %s a function, which is not run here", name, d.kind, d.name)
		}
	}
	if d.apiVersion != "builtin" || !known {
		return "", refuse(rulePlugin, at, "%s %s is a plugin that is not part of kustomize", d.apiVersion, d.kind)
	}
	if spelling := misspeltPath(config); spelling != "" {
		return "", refuse(ruleField, at, "the field %q must be spelt exactly as kustomize names it", spelling)
	}
	field := func(name string) place {
		n := locate(d.node, object.ParsePath(name))
		return place{from, n.Line, n.Column}
	}
	if refused := k.pluginPaths(r, config, fields.path, fields.paths, fields.list, field); refused != nil {
		return "", refused
	}
	switch d.kind {
	case "ConfigMapGenerator", "SecretGenerator":
		k.generated = append(k.generated, generated{strings.TrimSuffix(d.kind, "Generator"), d.name, d.namespace, at})
		if refused := k.sources(r, config, "", d.kind); refused != nil {
			return "", refused
		}
	case "PrefixTransformer", "SuffixTransformer", "PrefixSuffixTransformer":
		k.renames = append(k.renames, rename{prefix: str(config, "prefix"), suffix: str(config, "suffix"), field: d.kind, at: at})
	case "NamespaceTransformer":
		k.renames = append(k.renames, rename{namespace: d.namespace, field: d.kind, at: at})
	}
	encoded, err := json.Marshal(config)
	if err != nil {
		return "", refuse(ruleRoot, at, "the plugin's configuration cannot be encoded: %v", err)
	}
	return string(encoded), nil
}

// pluginPaths rewrites the paths of a configuration, and keeps the patches that it holds.
func (k *kustomization) pluginPaths(r *repository, config map[string]any, one, many, list string, at func(string) place) *refusal {
	if name := str(config, one); one != "" && name != "" {
		to, refused := k.use(r, at(one), name, one, true)
		if refused != nil {
			return refused
		}
		config[one] = to
		k.keepPatch(r, config, to, at(one))
	}
	if inline := str(config, "patch"); inline != "" {
		docs, refused := parse(at("patch").file, []byte(inline), r.limits)
		if refused != nil {
			refused.line = at("patch").line
			return refused
		}
		target, _ := config["target"].(map[string]any)
		for _, d := range docs {
			flatten(d.node, at("patch"))
		}
		k.add(patch{file: at("patch").file, at: at("patch"), target: target}, docs)
	}
	if many != "" {
		var rewritten []any
		for i, entry := range texts(config, many) {
			if isInline(entry) {
				if _, refused := parse(k.file, []byte(entry), r.limits); refused != nil {
					return refused
				}
				rewritten = append(rewritten, entry)
				continue
			}
			to, refused := k.use(r, at(object.Item(many, i)), entry, many, true)
			if refused != nil {
				return refused
			}
			rewritten = append(rewritten, to)
			k.keepPatch(r, nil, to, at(object.Item(many, i)))
		}
		if rewritten != nil {
			config[many] = rewritten
		}
	}
	for i, item := range items(config, list) {
		if name := str(item, "path"); name != "" {
			to, refused := k.use(r, at(object.Item(list, i)), name, list+".path", true)
			if refused != nil {
				return refused
			}
			item["path"] = to
		}
	}
	return nil
}

// keepPatch keeps a patch file that a plugin applies.
func (k *kustomization) keepPatch(r *repository, config map[string]any, to string, at place) {
	real := joined(k.dir, to)
	docs, refused := r.manifest(real)
	if refused != nil {
		return // use has read it before
	}
	target, _ := config["target"].(map[string]any)
	k.add(patch{file: real, at: at, target: target}, docs)
}

// flatten gives every node of a text one place: where the text stands.
func flatten(n *yaml.Node, at place) {
	n.Line, n.Column = at.line, at.col
	for _, c := range n.Content {
		flatten(c, at)
	}
}

// misspeltPath finds a field at any depth that names a path in another letter case.
func misspeltPath(v any) string {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			for _, name := range pathFields {
				if strings.EqualFold(key, name) && key != name {
					return key
				}
			}
			if found := misspeltPath(v[key]); found != "" {
				return found
			}
		}
	case []any:
		for _, item := range v {
			if found := misspeltPath(item); found != "" {
				return found
			}
		}
	}
	return ""
}

func joined(dir, to string) string { return path.Join(dir, to) }
