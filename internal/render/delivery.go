package render

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Delivery is how an overlay gets into the cluster: who applies it, from which source, and what that engine leaves undone.
type Delivery struct {
	Overlay      string
	By           posture.Ref // the Flux Kustomization or Argo CD Application; zero where none was found
	Source       string      // what it is taken from; "" where nobody was found
	Content      string      // what else decides which files are in that source, to be compared
	File         string      // where By says so, or the overlay's kustomization
	Line, Column int
	Exceptions   []Exception
	Objects      []posture.Ref
}

// Exception is something that an engine does not do with what it applies.
type Exception struct {
	Kind         string
	Object       posture.Ref // the one that it is about; zero: everything in the overlay
	By           posture.Ref // the object and field that say so
	File         string      // where, if that is known already
	Line, Column int
	Why          string
	Stays        bool // what leaves Git stays in the cluster
	Ordinary     bool // what the engine does unless told otherwise: worth a word only where it was told before
}

// Kinds of exceptions.
const (
	NotApplied = "not-applied" // what Git says is not, or not always, what the engine applies
	NotKept    = "not-kept"    // it is applied, and not kept as Git has it
)

// delivery is a Delivery before its root is rendered.
type delivery struct {
	by         posture.Ref
	at         place
	source     func() (name, content string)
	exceptions func(objects []*object.Object) []Exception
	ignore     ignoring
}

// deliveries are how the roots that were kept get into the cluster.
func (c *cluster) deliveries() []Delivery {
	var out []Delivery
	for _, r := range c.roots {
		if r.skipped || r.refused != nil {
			continue
		}
		var objects []posture.Ref
		for _, o := range r.decoded {
			objects = append(objects, refOf(o, ""))
		}
		from := r.deliveries
		if len(from) == 0 {
			from = []delivery{{at: place{r.kust.file, 1, 1}}}
		}
		for _, d := range from {
			one := Delivery{Overlay: r.dir, By: d.by, File: d.at.file, Line: d.at.line, Column: d.at.col, Objects: objects}
			if d.source != nil {
				one.Source, one.Content = d.source()
			}
			if d.exceptions != nil {
				one.Exceptions = d.exceptions(r.decoded)
			}
			one.Exceptions = append(one.Exceptions, c.checkout(r, d.by, d.ignore)...)
			for _, o := range r.decoded {
				one.Exceptions = append(one.Exceptions, marked(o, d.by)...)
			}
			out = append(out, one)
		}
	}
	return out
}

// mark is a label or annotation by which an object asks an engine to leave something undone.
type mark struct {
	key, value string
	kind, why  string
	stays      bool
}

// fluxMarks are read from labels and annotations, in any letter case (kustomize-controller v1.9.5
// internal/controller/kustomization_controller.go, apply and deleteObjects; fluxcd/pkg ssa/utils, AnyInMetadata).
var fluxMarks = []mark{
	{fluxGroup + "/reconcile", "disabled", NotApplied, "Flux does not apply it", true},
	{fluxGroup + "/ssa", "Ignore", NotApplied, "Flux does not apply it", true},
	{fluxGroup + "/ssa", "IfNotPresent", NotApplied, "Flux leaves it as it is once it exists", false},
	{fluxGroup + "/ssa", "Merge", NotKept, "Flux leaves in it what others have written", false},
	{fluxGroup + "/prune", "disabled", NotKept, "Flux does not remove it when it leaves Git", true},
	{fluxGroup + "/force", "enabled", NotKept, "Flux deletes it and makes it again when a field cannot be changed", false},
}

// argoMarks are options in annotations, several of them with commas (Argo CD docs/user-guide/sync-options.md and compare-options.md;
// controller/state.go: an object that is only extraneous does not make the Application out of sync, so that nothing prunes it).
var argoMarks = []mark{
	{argoSyncOptions, "Prune=false", NotKept, "Argo CD does not remove it when it leaves Git", true},
	{argoSyncOptions, "Prune=confirm", NotKept, "Argo CD waits for a person before it removes it", true},
	{argoSyncOptions, "Delete=false", NotKept, "Argo CD does not remove it with its Application", true},
	{argoSyncOptions, "Delete=confirm", NotKept, "Argo CD waits for a person before it removes it with its Application", true},
	{argoSyncOptions, "Replace=true", NotKept, "Argo CD may delete it and make it again", false},
	{argoSyncOptions, "Force=true", NotKept, "Argo CD deletes it and makes it again", false},
	{argoGroupKey + "/compare-options", "IgnoreExtraneous", NotKept, "Argo CD sees no difference when it leaves Git", true},
}

const (
	argoGroupKey    = "argocd.argoproj.io"
	argoSyncOptions = argoGroupKey + "/sync-options"
)

// argoHooks make an object one that Argo CD applies while it syncs and then forgets, or, with Skip, never applies (Argo CD
// docs/user-guide/sync-waves.md and helm.md, Helm hooks).
var argoHooks = []string{argoGroupKey + "/hook", "helm.sh/hook"}

// marked are the exceptions that an object asks for. Who applies it decides which of them count; all do where nobody was found.
func marked(o *object.Object, by posture.Ref) []Exception {
	var out []Exception
	add := func(field, key, kind, why string, stays bool) {
		at := object.Key("metadata."+field, key)
		out = append(out, Exception{Kind: kind, Object: refOf(o, ""), By: refOf(o, at), Why: why, Stays: stays})
	}
	if by.Kind == "" || by.Kind == "Kustomization" {
		for _, field := range []string{"labels", "annotations"} {
			values, _ := o.Get("metadata." + field).(map[string]any)
			for _, m := range fluxMarks {
				if v, _ := values[m.key].(string); strings.EqualFold(v, m.value) {
					add(field, m.key, m.kind, m.why, m.stays)
				}
			}
		}
	}
	if by.Kind == "Kustomization" {
		return out
	}
	annotations, _ := o.Get("metadata.annotations").(map[string]any)
	for _, m := range argoMarks {
		if slices.Contains(options(annotations[m.key]), m.value) {
			add("annotations", m.key, m.kind, m.why, m.stays)
		}
	}
	for _, key := range argoHooks {
		if v, _ := annotations[key].(string); v != "" && v != "crd-install" {
			add("annotations", key, NotApplied, "Argo CD takes it for a hook, which it does not keep in the cluster as it is in Git", false)
		}
	}
	return out
}

func options(v any) []string {
	text, _ := v.(string)
	out := strings.Split(text, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
