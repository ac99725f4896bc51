package render

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	yaml "go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/object"
)

// kustomization is a kustomization that was read, checked, and rewritten so that each path in it is real and local.
type kustomization struct {
	dir  string // without links
	file string
	node *yaml.Node
	// data is what kustomize gets, as JSON. A root's copy may gain what Flux or Argo CD add.
	data      map[string]any
	component bool

	resources []entry // files and directories
	others    []entry // components
	files     map[string][]byte
	patches   []patch
	generated []generated
	renames   []rename
	copies    int
	refused   *refusal
}

// entry is something that a kustomization refers to.
type entry struct {
	path string // real
	dir  bool
	at   place
}

// generated is an object that a generator makes.
type generated struct {
	kind, name, namespace string
	at                    place
}

// rename is a field that changes names or namespaces of whole objects.
type rename struct {
	prefix, suffix, namespace string
	field                     string
	at                        place
}

// kustomization reads the kustomization of a directory once.
func (r *repository) kustomization(dir string) *kustomization {
	r.mu.Lock()
	known, ok := r.kusts[dir]
	r.mu.Unlock()
	if ok {
		return known
	}
	k := r.readKustomization(dir)
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.kusts[dir]; ok {
		return known
	}
	r.kusts[dir] = k
	return k
}

func (r *repository) readKustomization(dir string) *kustomization {
	k := &kustomization{dir: dir, files: map[string][]byte{}}
	names := r.kustomizationIn(dir)
	switch len(names) {
	case 0:
		k.refused = refuse(ruleRoot, place{dir, 0, 0}, "%s has no kustomization.yaml", dir)
		return k
	case 1:
		k.file = names[0]
	default:
		k.refused = refuse(ruleField, place{names[1], 1, 1}, "there is a second kustomization beside %s, and kustomize takes neither", names[0])
		return k
	}
	real, isDir, err := r.resolve(k.file)
	if err != nil || isDir {
		k.refused = refuse(ruleOutside, place{k.file, 1, 1}, "the kustomization is a link that leaves the repository or leads nowhere")
		return k
	}
	f, refused := r.read(real)
	if refused == nil {
		refused = k.load(r, f)
	}
	k.refused = refused
	return k
}

func (k *kustomization) load(r *repository, f *file) *refusal {
	docs, refused := r.documents(f)
	if refused != nil {
		return refused
	}
	switch len(docs) {
	case 0:
		return refuse(ruleDropped, place{k.file, 1, 1}, "the kustomization is empty")
	case 1:
		k.node = docs[0].node
	default:
		return refuse(ruleField, place{k.file, docs[1].node.Line, 1}, "kustomize reads only the first document of a kustomization")
	}
	if k.data, refused = decodeKustomization(k.file, f.content); refused != nil {
		if where, why := misspeltIn(k.data); why != "" {
			return refuse(ruleField, k.at(where), "%s", why)
		}
		return refused
	}
	if where, why := misspeltIn(k.data); why != "" {
		return refuse(ruleField, k.at(where), "%s", why)
	}
	return k.check(r)
}

func misspeltIn(data map[string]any) (where, why string) {
	return misspelt(data, reflect.TypeFor[types.Kustomization](), "")
}

// decodeKustomization decodes with the reader that kustomize uses for kustomizations, so that what is checked here is what
// kustomize would have understood.
func decodeKustomization(name string, content []byte) (map[string]any, *refusal) {
	encoded, err := sigsyaml.YAMLToJSONStrict(content)
	if err != nil {
		rule := ruleRoot
		if strings.Contains(err.Error(), "already set in map") {
			rule = ruleDuplicate
		}
		return nil, refuse(rule, place{name, 1, 1}, "the kustomization cannot be read: %s", strings.Join(strings.Fields(err.Error()), " "))
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var data map[string]any
	if err := decoder.Decode(&data); err != nil {
		return nil, refuse(ruleRoot, place{name, 1, 1}, "the kustomization is not a map")
	}
	var typed types.Kustomization
	if err := json.Unmarshal(encoded, &typed); err != nil {
		return data, refuse(ruleRoot, place{name, 1, 1}, "the kustomization cannot be read: %v", err)
	}
	return data, nil
}

// at is the position of a field of the kustomization, or of its nearest parent.
func (k *kustomization) at(field string) place {
	if k.node == nil {
		return place{k.file, 1, 1}
	}
	n := locate(k.node, object.ParsePath(field))
	return place{k.file, n.Line, n.Column}
}

// texts returns a field that is a list of texts.
func texts(data map[string]any, field string) []string {
	list, _ := data[field].([]any)
	out := make([]string, 0, len(list))
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// items returns a field that is a list of maps; an item of another type is an empty map.
func items(data map[string]any, field string) []map[string]any {
	list, _ := data[field].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, v := range list {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

func str(m map[string]any, field string) string {
	s, _ := m[field].(string)
	return s
}
