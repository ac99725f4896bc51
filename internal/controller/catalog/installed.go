package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// InstalledVersion is the id of the prerequisite that the version in Git is the fleet's. No profile lists it: it holds for all.
const InstalledVersion = "installed-version"

// Install is a version of a controller that an object in Git installs.
type Install struct {
	Version string // "1.9.1"
	Object  *object.Object
	Field   string
}

// wholeVersion is one version; a range of them, or a name such as latest, tells none.
var wholeVersion = regexp.MustCompile(`^v?([0-9]+\.[0-9]+\.[0-9]+)(-[-.A-Za-z0-9]+)?$`)

// Installs are the versions of a controller that a cluster's Helm releases (of Flux and of Argo CD) and workloads install, in the order of the
// objects. A release whose values name a tag of their own, or that is rendered into something else, tells nothing.
func Installs(name string, set *object.Set) []Install {
	known, ok := ByName(name)
	if !ok {
		return nil
	}
	charts, images := known.Profile().Charts, known.Profile().Images
	var out []Install
	add := func(o *object.Object, field, version string) {
		if parts := wholeVersion.FindStringSubmatch(version); parts != nil {
			out = append(out, Install{parts[1], o, field})
		}
	}
	for _, o := range set.Kind("helm.toolkit.fluxcd.io", "HelmRelease") {
		if o.Get("spec.postRenderers") != nil || o.Get("spec.valuesFrom") != nil || namesTag(o.Get("spec.values")) {
			continue
		}
		if slices.Contains(charts, o.Text("spec.chart.spec.chart")) {
			add(o, "spec.chart.spec.version", o.Text("spec.chart.spec.version"))
		}
		if o.Text("spec.chartRef.kind") != "OCIRepository" {
			continue
		}
		namespace := o.Text("spec.chartRef.namespace")
		if namespace == "" {
			namespace = o.Namespace
		}
		if source := set.Find("source.toolkit.fluxcd.io", "OCIRepository", namespace, o.Text("spec.chartRef.name")); source != nil &&
			endsWith(source.Text("spec.url"), charts) && source.Get("spec.ref.digest") == nil && source.Get("spec.ref.semver") == nil {
			add(source, "spec.ref.tag", source.Text("spec.ref.tag"))
		}
	}
	for _, o := range set.Kind("argoproj.io", "Application") {
		places := []string{"spec.source"}
		list, _ := o.Get("spec.sources").([]any)
		for i := range list {
			places = append(places, object.Item("spec.sources", i))
		}
		for _, at := range places {
			if slices.Contains(charts, o.Text(at+".chart")) && o.Get(at+".helm") == nil {
				add(o, at+".targetRevision", o.Text(at+".targetRevision"))
			}
		}
	}
	for _, kind := range []string{"Deployment", "DaemonSet"} {
		for _, o := range set.Kind("apps", kind) {
			list, _ := o.Get("spec.template.spec.containers").([]any)
			for i := range list {
				at := object.Item("spec.template.spec.containers", i) + ".image"
				image, _, _ := strings.Cut(o.Text(at), "@")
				if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") && endsWith(image[:colon], images) {
					add(o, at, image[colon+1:])
				}
			}
		}
	}
	return out
}

// endsWith reports whether the last parts of a path are one of the ends.
func endsWith(path string, ends []string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return path == end || strings.HasSuffix(path, "/"+end) })
}

// namesTag reports whether values name an image's tag somewhere.
func namesTag(values any) bool {
	switch values := values.(type) {
	case map[string]any:
		for key, value := range values {
			if key == "tag" || key == "image" && value != nil || namesTag(value) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(values, namesTag)
	}
	return false
}

// Installed compares the versions in Git with the one that the fleet declares, by which everything else is judged. Nil when Git tells none, or
// the cloud installs the controller. Of several (an upgrade by revision) one must be the fleet's; a later patch of it counts as it.
func Installed(cluster controller.Cluster, set *object.Set) *posture.Prerequisite {
	c := cluster.Controller
	if c.Version == "" || c.Distribution != "" && c.Distribution != "upstream" {
		return nil
	}
	var first *posture.Prerequisite
	for _, install := range Installs(c.Name, set) {
		found := posture.Prerequisite{
			ID: InstalledVersion, State: posture.PrerequisiteMet, Subject: gatewayapi.SubjectOf(install.Object), By: gatewayapi.RefOf(install.Object, install.Field),
			Why: fmt.Sprintf("Git installs %s %s, and the fleet declares %s", c.Name, install.Version, c.Version),
		}
		minor := strings.Join(strings.Split(install.Version, ".")[:2], ".")
		if controller.CompareVersions(minor, c.Version) == 0 && controller.CompareVersions(install.Version, c.Version) >= 0 {
			return &found
		}
		if found.State = posture.PrerequisiteViolated; first == nil {
			first = &found
		}
	}
	return first
}
