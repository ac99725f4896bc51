package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// localConfig is the annotation that makes kustomize leave an object out of what it renders (api/konfig/general.go).
const localConfig = "config.kubernetes.io/local-config"

// gatewayGroups are the API groups in which an object decides what a gateway enforces.
var gatewayGroups = []string{
	"gateway.networking.k8s.io", "gateway.networking.x-k8s.io", "gateway.envoyproxy.io", "networking.istio.io", "security.istio.io",
	"telemetry.istio.io", "extensions.istio.io", "traefik.io", "gateway.nginx.org", "alb.networking.azure.io",
	"application-networking.k8s.aws", "gateway.k8s.aws",
}

func decidesGateway(apiGroup string) bool { return slices.Contains(gatewayGroups, apiGroup) }

// observe looks for what kustomize did without a word.
func (r *root) observe(x *index) []Fact {
	var facts []Fact
	for _, k := range r.survey.kusts {
		facts = append(facts, r.droppedBy(k)...)
		for i := range k.patches {
			facts = append(facts, r.cut(&k.patches[i], x)...)
		}
	}
	facts = append(facts, r.dropped(x)...)
	return append(facts, r.broken()...)
}

// dropped reports objects that are written down but left out. A ConfigMap or Secret that only feeds replacements is an ordinary
// use of the annotation; whoever needs such an object finds that it is missing.
func (r *root) dropped(x *index) []Fact {
	var facts []Fact
	for _, key := range sortedKeys(x.byKind) {
		if key == "/ConfigMap" || key == "/Secret" {
			continue
		}
		for _, o := range x.byKind[key] {
			if o.node == nil {
				continue
			}
			annotations, _ := child(o.node, "metadata")
			annotations, _ = child(annotations, "annotations")
			v, at := child(annotations, localConfig)
			if v == nil || v.Value == "false" {
				continue
			}
			f := r.fact(ruleDropped, place{o.file, at.Line, at.Column}, fmt.Sprintf("the annotation %s leaves %s %s out of what is applied", localConfig, o.kind, o.name))
			f.By = posture.Ref{APIVersion: o.apiVersion, Kind: o.kind, Namespace: o.namespace, Name: o.name, Field: object.Key("metadata.annotations", localConfig)}
			f.Subject = posture.Subject{Kind: o.kind, Namespace: o.namespace, Name: o.name}
			facts = append(facts, f)
		}
	}
	return facts
}

// droppedBy reports a kustomization or patch that gives the annotation to objects.
func (r *root) droppedBy(k *kustomization) []Fact {
	var facts []Fact
	if common, _ := k.data["commonAnnotations"].(map[string]any); common[localConfig] != nil {
		facts = append(facts, r.fact(ruleDropped, k.at(object.Key("commonAnnotations", localConfig)), "the annotation "+localConfig+" leaves every object out of what is applied"))
	}
	for _, p := range k.patches {
		for _, d := range p.docs {
			annotations, _ := child(d.node, "metadata")
			annotations, _ = child(annotations, "annotations")
			if v, at := child(annotations, localConfig); v != nil && v.Value != "false" {
				facts = append(facts, r.fact(ruleDropped, place{p.file, at.Line, at.Column}, "a patch gives the annotation "+localConfig+", which leaves its object out of what is applied"))
			}
		}
		for _, op := range p.ops {
			where := text(op, "path")
			if strings.Contains(where, "local-config") && text(op, "op") != "remove" {
				facts = append(facts, r.fact(ruleDropped, place{p.file, op.Line, op.Column}, "a patch gives the annotation "+localConfig+", which leaves its object out of what is applied"))
			}
		}
	}
	return facts
}

// cut reports entries that a strategic merge patch drops from a list. Kustomize knows the merge keys of built-in kinds only; in
// any other kind the patch's list takes the place of the whole list (kustomize#5878, #4613).
func (r *root) cut(p *patch, x *index) []Fact {
	var facts []Fact
	for _, d := range p.docs {
		for _, key := range sortedKeys(x.byKind) {
			apiGroup := key[:strings.LastIndexByte(key, '/')]
			if !decidesGateway(apiGroup) {
				continue
			}
			for _, o := range x.byKind[key] {
				if o.node == nil || !p.matches(d, o.apiVersion, o.kind, o.namespace, o.name) {
					continue
				}
				for _, c := range lostEntries(o.node, d.node, "") {
					f := r.fact(ruleListeners, place{p.file, c.at.Line, c.at.Column},
						fmt.Sprintf("the patch replaces the whole list %s of %s %s and drops %s", c.field, o.kind, o.name, c.lost))
					f.By = posture.Ref{APIVersion: o.apiVersion, Kind: o.kind, Namespace: o.namespace, Name: o.name, Field: c.field}
					f.Subject = posture.Subject{Kind: o.kind, Namespace: o.namespace, Name: o.name}
					facts = append(facts, f)
				}
			}
		}
	}
	return facts
}

type cutList struct {
	field, lost string
	at          *yaml.Node
}

// lostEntries compares the lists of a patch with those of the object. Entries are told apart by their name, or as a whole.
func lostEntries(base, patch *yaml.Node, path string) []cutList {
	base, patch = resolved(base), resolved(patch)
	if base == nil || patch == nil || base.Kind != patch.Kind {
		return nil
	}
	var out []cutList
	switch patch.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(patch.Content); i += 2 {
			name := patch.Content[i].Value
			if v, _ := child(base, name); v != nil {
				found := lostEntries(v, patch.Content[i+1], object.Key(path, name))
				for j := range found {
					if found[j].at == nil {
						found[j].at = patch.Content[i]
					}
				}
				out = append(out, found...)
			}
		}
	case yaml.SequenceNode:
		kept := map[string]bool{}
		for _, item := range patch.Content {
			kept[identity(resolved(item))] = true
			if text(resolved(item), "$patch") != "" {
				return nil // a directive says what happens to the list
			}
		}
		var lost []string
		for i, item := range base.Content {
			if id := identity(resolved(item)); !kept[id] {
				if name := text(resolved(item), "name"); name != "" {
					lost = append(lost, name)
				} else {
					lost = append(lost, fmt.Sprintf("item %d", i))
				}
			}
		}
		if lost != nil {
			out = append(out, cutList{field: path, lost: strings.Join(lost, ", ")})
		}
	}
	return out
}

func identity(n *yaml.Node) string {
	if name := text(n, "name"); name != "" {
		return "name " + name
	}
	printed, err := yaml.Marshal(n)
	if err != nil {
		return fmt.Sprintf("%d:%d", n.Line, n.Column)
	}
	return string(printed)
}

// reference is a place in a Gateway API object, or a policy of a gateway controller, that names another object.
var referenceField = regexp.MustCompile(`^(parentRefs|backendRefs|targetRefs|targetRef|backendRef|certificateRefs|caCertificateRefs|clientCertificateRef|extensionRef|to)(\[\d+\])?$`)

// broken reports references that a name or namespace transformer left behind. Kustomize has no name references for Gateway API
// kinds (kustomize#5208, #6162), so that a renamed Gateway keeps its old name in every route.
func (r *root) broken() []Fact {
	var renames []rename
	for _, k := range r.survey.kusts {
		renames = append(renames, k.renames...)
	}
	if len(renames) == 0 {
		return nil
	}
	type key struct{ group, kind, namespace, name string }
	present := map[key]bool{}
	var byKind = map[[2]string][]*object.Object{}
	for _, o := range r.decoded {
		present[key{o.Group(), o.Kind, o.Namespace, o.Name}] = true
		byKind[[2]string{o.Group(), o.Kind}] = append(byKind[[2]string{o.Group(), o.Kind}], o)
	}
	var facts []Fact
	for _, o := range r.decoded {
		if !decidesGateway(o.Group()) {
			continue
		}
		for _, ref := range references(o) {
			if present[key{ref.group, ref.kind, ref.namespace, ref.name}] {
				continue
			}
			for _, target := range byKind[[2]string{ref.group, ref.kind}] {
				why := left(ref, target, o, renames)
				if why == "" {
					continue
				}
				rn := responsible(ref, target, renames)
				f := r.fact(ruleNames, rn.at, fmt.Sprintf("%s of the kustomization changes %s but not %s of %s: %s", rn.field, target, ref.field, o, why))
				f.By, f.Subject = refOf(o, ref.field), subjectOf(o)
				facts = append(facts, f)
				break
			}
		}
	}
	return facts
}

// left tells whether a reference names what the target was called before a transformer.
func left(ref reference, target, holder *object.Object, renames []rename) string {
	if target.Name == ref.name && target.Namespace != ref.namespace && ref.explicit {
		for _, rn := range renames {
			if rn.namespace != "" && rn.namespace == target.Namespace && rn.namespace == holder.Namespace {
				return fmt.Sprintf("it still names the namespace %s", ref.namespace)
			}
		}
		return ""
	}
	if target.Name != ref.name && strings.Contains(target.Name, ref.name) {
		for _, rn := range renames {
			if rn.prefix != "" && strings.HasPrefix(target.Name, rn.prefix) || rn.suffix != "" && strings.HasSuffix(target.Name, rn.suffix) {
				return fmt.Sprintf("it still names %s", ref.name)
			}
		}
	}
	return ""
}

func responsible(ref reference, target *object.Object, renames []rename) rename {
	for _, rn := range renames {
		if target.Name != ref.name && (rn.prefix != "" && strings.HasPrefix(target.Name, rn.prefix) || rn.suffix != "" && strings.HasSuffix(target.Name, rn.suffix)) ||
			target.Name == ref.name && rn.namespace == target.Namespace {
			return rn
		}
	}
	return renames[0]
}

type reference struct {
	field                        string
	group, kind, namespace, name string
	explicit                     bool // the namespace is written down
}

// defaultReference is the kind that a reference field has when it names none (Gateway API, Parent-, Backend- and
// SecretObjectReference).
var defaultReference = map[string][2]string{
	"parentRefs": {"gateway.networking.k8s.io", "Gateway"}, "backendRefs": {"", "Service"}, "backendRef": {"", "Service"},
	"certificateRefs": {"", "Secret"}, "caCertificateRefs": {"", "ConfigMap"}, "clientCertificateRef": {"", "Secret"},
}

func references(o *object.Object) []reference {
	var out []reference
	var walk func(v any, path, field string)
	walk = func(v any, path, field string) {
		switch v := v.(type) {
		case map[string]any:
			if name, ok := v["name"].(string); ok && referenceField.MatchString(field) {
				ref := reference{field: path, name: name, namespace: o.Namespace}
				kind := defaultReference[field]
				ref.group, ref.kind = kind[0], kind[1]
				if g, ok := v["group"].(string); ok {
					ref.group = g
				}
				if k, ok := v["kind"].(string); ok {
					ref.kind = k
				}
				if ns, ok := v["namespace"].(string); ok && ns != "" {
					ref.namespace, ref.explicit = ns, true
				}
				out = append(out, ref)
			}
			for _, key := range sortedKeys(v) {
				walk(v[key], object.Key(path, key), key)
			}
		case []any:
			for i := range v {
				walk(v[i], object.Item(path, i), field)
			}
		}
	}
	walk(o.Data["spec"], "spec", "spec")
	return out
}
