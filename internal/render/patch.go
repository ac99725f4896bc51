package render

import (
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
)

// patch is one patch of a kustomization, parsed: either documents (strategic merge) or operations (JSON 6902).
type patch struct {
	file   string
	at     place // its entry in the kustomization
	docs   []*document
	ops    []*yaml.Node
	target map[string]any // nil: each document names its own
}

// checkPatches follows patches, patchesJson6902 and patchesStrategicMerge. The last becomes part of patches, before the others,
// as `kustomize edit fix` does.
func (k *kustomization) checkPatches(r *repository) *refusal {
	var merged []any
	for i, entry := range texts(k.data, "patchesStrategicMerge") {
		at := object.Item("patchesStrategicMerge", i)
		item := map[string]any{"path": entry}
		if isInline(entry) {
			item = map[string]any{"patch": entry}
		}
		if refused := k.checkPatch(r, item, at, at); refused != nil {
			return refused
		}
		merged = append(merged, item)
	}
	for _, field := range []string{"patches", "patchesJson6902"} {
		for i, item := range items(k.data, field) {
			at := object.Item(field, i)
			inner := at + ".path"
			if str(item, "patch") != "" {
				inner = at + ".patch"
			}
			if refused := k.checkPatch(r, item, at, inner); refused != nil {
				return refused
			}
		}
	}
	delete(k.data, "patchesStrategicMerge")
	if merged != nil {
		list, _ := k.data["patches"].([]any)
		k.data["patches"] = append(merged, list...)
	}
	return nil
}

// isInline tells a manifest that is written where a path could be. Kustomize tries to read a manifest first
// (api/internal/builtins/PatchStrategicMergeTransformer.go, loadFromPaths).
func isInline(entry string) bool {
	if !strings.ContainsAny(entry, "\n{:") {
		return false
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(entry), &node); err != nil || len(node.Content) == 0 {
		return strings.Contains(entry, "\n")
	}
	return node.Content[0].Kind != yaml.ScalarNode
}

// checkPatch reads one patch. at is its entry, inner the field that holds the path or the text.
func (k *kustomization) checkPatch(r *repository, item map[string]any, at, inner string) *refusal {
	p := patch{at: k.at(at), file: k.file}
	p.target, _ = item["target"].(map[string]any)
	var docs []*document
	var refused *refusal
	name, inline := str(item, "path"), str(item, "patch")
	switch {
	case inline != "":
		docs, refused = k.inline(r, inner, inline)
	case name != "":
		var to string
		if to, refused = k.use(r, k.at(inner), name, "patches.path", true); refused != nil {
			return refused
		}
		real, _, err := r.resolve(joined(k.dir, to))
		if err != nil {
			return refuse(ruleRoot, p.at, "the patch cannot be read: %v", err)
		}
		item["path"], p.file = to, real
		docs, refused = r.manifest(real)
	}
	if refused != nil {
		return refused
	}
	k.add(p, docs)
	return nil
}

// add keeps a patch and counts the operations that could make an object grow without end.
func (k *kustomization) add(p patch, docs []*document) {
	for _, d := range docs {
		if d.node.Kind != yaml.SequenceNode {
			p.docs = append(p.docs, d)
			continue
		}
		for _, op := range d.node.Content {
			op = resolved(op)
			if text(op, "op") == "copy" {
				k.copies++
			}
			p.ops = append(p.ops, op)
		}
	}
	k.patches = append(k.patches, p)
}

// inline parses YAML that is written as a text inside the kustomization, and moves its positions to where the text stands.
func (k *kustomization) inline(r *repository, field, content string) ([]*document, *refusal) {
	at := k.at(field)
	docs, refused := parse(k.file, []byte(content), r.limits)
	lines, columns := 0, 0
	if n := k.scalar(field); n != nil && (n.Style&(yaml.LiteralStyle|yaml.FoldedStyle)) != 0 {
		lines = n.Line
		columns = k.indent(r, n.Line+1)
	} else {
		lines, columns = at.line-1, at.col-1
	}
	if refused != nil {
		refused.line += lines
		refused.col += columns
		return nil, refused
	}
	for _, d := range docs {
		move(d.node, lines, columns)
	}
	return docs, nil
}

func (k *kustomization) scalar(field string) *yaml.Node {
	if k.node == nil {
		return nil
	}
	n := k.node
	for _, s := range object.ParsePath(field) {
		n = below(n, s)
		if n == nil {
			return nil
		}
	}
	return n
}

// indent counts the blanks before the first text at or after a line of the kustomization.
func (k *kustomization) indent(r *repository, line int) int {
	real, _, err := r.resolve(k.file)
	if err != nil {
		return 0
	}
	f, refused := r.read(real)
	if refused != nil {
		return 0
	}
	lines := strings.Split(string(f.content), "\n")
	for i := line - 1; i < len(lines); i++ {
		if trimmed := strings.TrimLeft(lines[i], " "); strings.TrimSpace(trimmed) != "" {
			return len(lines[i]) - len(trimmed)
		}
	}
	return 0
}

func move(n *yaml.Node, lines, columns int) {
	n.Line += lines
	n.Column += columns
	for _, c := range n.Content {
		move(c, lines, columns)
	}
}

// matches reports whether a patch applies to an object as it was written. Label selectors are taken to match: what follows from a
// match is a question to the user, never a pass.
func (p *patch) matches(d *document, apiVersion, kind, namespace, name string) bool {
	if p.target == nil {
		return d != nil && d.kind == kind && d.name == name && group(d.apiVersion) == group(apiVersion) &&
			(d.namespace == "" || namespace == "" || d.namespace == namespace)
	}
	for _, m := range []struct{ field, value string }{
		{"group", group(apiVersion)}, {"kind", kind}, {"name", name}, {"namespace", namespace},
	} {
		want := str(p.target, m.field)
		if want == "" {
			continue
		}
		// Kustomize anchors each pattern (api/types/selector.go, anchorRegex).
		pattern, err := regexp.Compile("^(?:" + want + ")$")
		if err != nil || !pattern.MatchString(m.value) {
			return false
		}
	}
	return true
}

func group(apiVersion string) string {
	if g, _, found := strings.Cut(apiVersion, "/"); found {
		return g
	}
	return ""
}
