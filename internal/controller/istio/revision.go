package istio

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// meshesOf are the configurations that may be in force for a Gateway: that of its revision, by label. A revision whose configuration is
// not in Git has none. Where no label says, it is the default one, and with the add-on of AKS the fleet's, or a higher one that
// is in Git too: of two control planes the higher takes the Gateways without a label (AKS articles/aks/istio-gateway-api.md).
// Where nothing decides, each of them may be the one.
func (r *reader) meshesOf(labels map[string]string) []mesh {
	revision := r.revisionOf(labels[labelRevision])
	if revision == "" && r.managed() {
		return r.higher(r.Cluster.Controller.Version)
	}
	for _, m := range r.meshes {
		if m.revision == revision || m.revision == "" && revision == "default" {
			return []mesh{m}
		}
	}
	if revision != "" {
		return nil
	}
	return r.meshes
}

// higher are the configurations of a revision and those after it.
func (r *reader) higher(revision string) []mesh {
	var out []mesh
	exact := revision == ""
	for _, m := range r.meshes {
		exact = exact || m.revision == revision
		if revision == "" || controller.CompareVersions(m.revision, revision) >= 0 {
			out = append(out, m)
		}
	}
	if !exact {
		return nil // its own is not there
	}
	return out
}

// revisionOf resolves a tag: a MutatingWebhookConfiguration with its name says which revision it means. `istioctl tag set` makes it, and the
// chart istiod for its value revisionTags (manifests/charts/istio-control/istio-discovery/templates/revision-tags-mwc.yaml).
func (r *reader) revisionOf(label string) string {
	if label == "" {
		return ""
	}
	for _, o := range r.Objects.Kind("admissionregistration.k8s.io", "MutatingWebhookConfiguration") {
		if o.Labels["istio.io/tag"] == label && o.Labels[labelRevision] != "" {
			return o.Labels[labelRevision]
		}
	}
	for _, release := range r.releases() {
		if tags, _ := release.value("revisionTags").([]any); slices.Contains(tags, any(label)) {
			return cmp.Or(release.text("revision"), "default")
		}
	}
	return label
}

// lostFloor is the floor of a Gateway whose revision has no configuration in Git, while another has: what the fleet declares is said of
// the other. An upgrade to a revision whose ConfigMap nobody made loses the floor in silence.
func (r *reader) lostFloor(g *object.Object) posture.Setting[string] {
	namespace, name := r.home()
	revision, at := r.revisionOf(g.Labels[labelRevision]), gatewayapi.RefOf(g, object.Key("metadata.labels", labelRevision))
	if revision == "" {
		revision, at = r.Cluster.Controller.Version, gatewayapi.RefOf(g, "spec.gatewayClassName")
	}
	var others []string
	for _, m := range r.meshes {
		others = append(others, m.object.Name)
	}
	slices.Sort(others)
	return by("1.2", at, fmt.Sprintf(
		"revision %s reads ConfigMap %s/%s-%s, which is not in Git; only %s is", revision, namespace, name, revision, strings.Join(others, ", ")))
}
