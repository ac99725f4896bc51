// Package gitops writes what makes Flux or Argo CD apply a cluster's overlays: the hand-off from a fleet's files to its GitOps engine.
//
// A gateway's overlay is safe alone (its listeners verify clients, and nothing is reachable before a route attaches), so it may come
// first; what is removed from Git is removed from the cluster, because an exposure that was taken away must stop being served.
package gitops

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/fleet"
)

// Kind is the folder of a cluster that the hand-off's overlay is in, below the name of the fleet.
const Kind = "gitops"

// Overlay is one overlay of a cluster that the engine applies.
type Overlay struct {
	Kind, Name string   // "exposures", "relay"
	Path       string   // relative to the repository
	After      []string // paths of the overlays that come first
}

// Cluster is what is handed off.
type Cluster struct {
	Fleet, Name string
	Folder      string // of its overlays, relative to the repository
	GitOps      fleet.GitOps
	Overlays    []Overlay // sorted by path
}

// Write returns the engine's objects, in the order in which a person reads them. The fleet's GitOps has a HandOff and its defaults.
func Write(c Cluster) []map[string]any {
	if c.GitOps.Engine == fleet.EngineArgoCD {
		return []map[string]any{applicationSet(c)}
	}
	return flux(c)
}

// maxName is what a label's value holds: Flux writes the name of a Kustomization into a label of every object that it applies
// (kustomize-controller internal/controller/kustomization_controller.go, SetOwnerLabels), and Argo CD may (resource tracking by label).
const maxName = 63

// name joins the parts of an object's name, and shortens one that is too long so that two of them stay apart.
func name(parts ...string) string {
	whole := strings.Join(parts, "-")
	if len(whole) <= maxName {
		return whole
	}
	sum := sha256.Sum256([]byte(whole))
	return strings.TrimRight(whole[:maxName-9], "-.") + "-" + hex.EncodeToString(sum[:4])
}

const (
	fluxKind   = "Kustomization"
	fluxAPI    = "kustomize.toolkit.fluxcd.io/v1"
	sourceAPI  = "source.toolkit.fluxcd.io/v1"
	argoAPI    = "argoproj.io/v1alpha1"
	fluxWait   = "5m"
	fluxAgain  = "2m"
	fluxPeriod = "10m"
)

// flux is a Kustomization for each overlay and, where the fleet takes them from a signed artifact, the source that verifies it and a
// Kustomization for the hand-off itself: applied once by hand, it then comes from the artifact alone, and nothing of Git that did not
// pass the gate can change it.
func flux(c Cluster) []map[string]any {
	h := c.GitOps.HandOff
	source := map[string]any{"kind": "GitRepository", "name": h.GitRepository}
	var out []map[string]any
	if h.Artifact != nil {
		repository := ociRepository(c)
		source = map[string]any{"kind": "OCIRepository", "name": repository["metadata"].(map[string]any)["name"]}
		out = append(out, repository, kustomization(c, source, name(c.Fleet, Kind), path.Join(c.Folder, Kind, c.Fleet), nil))
	}
	if len(c.Overlays) == 0 && h.Artifact == nil {
		return []map[string]any{placeholder(c)}
	}
	names := map[string]string{}
	for _, o := range c.Overlays {
		names[o.Path] = name(c.Fleet, o.Kind, o.Name)
	}
	for _, o := range c.Overlays {
		var after []any
		for _, p := range slices.Sorted(slices.Values(o.After)) {
			after = append(after, map[string]any{"name": names[p]})
		}
		out = append(out, kustomization(c, source, names[o.Path], o.Path, after))
	}
	return out
}

// placeholder keeps the hand-off's folder when the last overlay has left: Flux prunes what a folder no longer holds, but of a folder that
// is not there, or that holds nothing, it keeps everything (kustomize-controller internal/controller/kustomization_controller.go,
// reconcile: the path must exist; kustomize refuses an empty kustomization).
func placeholder(c Cluster) map[string]any {
	return map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": c.metadata(name(c.Fleet, Kind)),
		"data": map[string]any{"overlays": "none: fleet " + c.Fleet + " has nothing in cluster " + c.Name}}
}

// kustomization applies one overlay and removes what leaves it. It substitutes nothing: overlays hold no variables, and what was
// judged is what is applied. Fields: kustomize-controller api/v1/kustomization_types.go.
func kustomization(c Cluster, source map[string]any, name, folder string, after []any) map[string]any {
	spec := map[string]any{
		"interval": fluxPeriod, "retryInterval": fluxAgain, "timeout": fluxWait,
		"path": "./" + folder, "prune": true, "sourceRef": source,
	}
	if after != nil {
		spec["dependsOn"] = after
	}
	if account := c.GitOps.HandOff.ServiceAccountName; account != "" {
		spec["serviceAccountName"] = account
	}
	return map[string]any{"apiVersion": fluxAPI, "kind": fluxKind, "metadata": c.metadata(name), "spec": spec}
}

// ociRepository takes the artifact only if the workflow that the fleet names has signed it. Flux reads both as regular expressions
// (source-controller internal/controller/ocirepository_controller.go, verifySignature: IssuerRegExp, SubjectRegExp), so they are quoted and anchored.
func ociRepository(c Cluster) map[string]any {
	a := c.GitOps.HandOff.Artifact
	exactly := func(text string) string { return "^" + regexp.QuoteMeta(text) + "$" }
	return map[string]any{"apiVersion": sourceAPI, "kind": "OCIRepository", "metadata": c.metadata(name(c.Fleet, c.Name)), "spec": map[string]any{
		"interval": fluxPeriod, "url": a.URL, "ref": map[string]any{"tag": a.Tag},
		"verify": map[string]any{"provider": "cosign", "matchOIDCIdentity": []any{
			map[string]any{"issuer": exactly(a.Signer.Issuer), "subject": exactly(a.Signer.Subject)},
		}},
	}}
}

// applicationSet is an Application for each overlay. The overlays are listed, not found: a folder that somebody adds by hand is
// applied by nobody. An overlay that leaves the list takes its Application along, and the finalizer its objects
// (argo-cd docs/operator-manual/applicationset/Application-Deletion.md). Waves do not order Applications; each overlay is safe alone.
func applicationSet(c Cluster) map[string]any {
	h := c.GitOps.HandOff
	elements := []any{}
	for _, o := range c.Overlays {
		elements = append(elements, map[string]any{"name": name(c.Fleet, c.Name, o.Kind, o.Name), "path": o.Path})
	}
	destination := map[string]any{"name": c.GitOps.Destination}
	if strings.Contains(c.GitOps.Destination, "://") {
		destination = map[string]any{"server": c.GitOps.Destination}
	}
	return map[string]any{"apiVersion": argoAPI, "kind": "ApplicationSet", "metadata": c.metadata(name(c.Fleet, c.Name)), "spec": map[string]any{
		"goTemplate": true, "goTemplateOptions": []any{"missingkey=error"},
		"generators": []any{map[string]any{"list": map[string]any{"elements": elements}}},
		"syncPolicy": map[string]any{"preserveResourcesOnDeletion": false},
		"template": map[string]any{
			"metadata": map[string]any{"name": "{{.name}}", "finalizers": []any{"resources-finalizer.argocd.argoproj.io"}},
			"spec": map[string]any{
				"project":     h.Project,
				"source":      map[string]any{"repoURL": h.RepoURL, "targetRevision": h.TargetRevision, "path": "{{.path}}"},
				"destination": destination,
				"syncPolicy": map[string]any{
					"automated":   map[string]any{"prune": true, "selfHeal": true},
					"syncOptions": []any{"ServerSideApply=true"},
				},
			},
		},
	}}
}

// metadata of an object in the engine's namespace.
func (c Cluster) metadata(name string) map[string]any {
	return map[string]any{"name": name, "namespace": c.GitOps.HandOff.Namespace}
}
