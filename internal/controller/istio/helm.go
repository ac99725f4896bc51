package istio

import (
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/object"
)

// release is one release of the chart istiod, with its values as far as they are in Git.
type release struct {
	object *object.Object
	field  string         // of the values
	values map[string]any // inline ones, which out-rank all others
}

// value is a value by its path.
func (r release) value(path ...string) any {
	var at any = r.values
	for _, key := range path {
		m, _ := at.(map[string]any)
		at = m[key]
	}
	return at
}

func (r release) text(path ...string) string {
	s, _ := r.value(path...).(string)
	return s
}

// releases are those of Flux and of Argo CD. What a post-renderer, or a parameter of Argo CD, makes of the chart Git does not tell here: such a
// release tells nothing of the mesh's configuration. Flux lays inline values over those of valuesFrom, Argo CD valuesObject over values.
func (r *reader) releases() []release {
	var out []release
	for _, o := range r.Objects.Kind("helm.toolkit.fluxcd.io", "HelmRelease") {
		if o.Text("spec.chart.spec.chart") == istiodChart && o.Get("spec.postRenderers") == nil {
			values, _ := o.Get("spec.values").(map[string]any)
			out = append(out, release{o, "spec.values", values})
		}
	}
	for _, o := range r.Objects.Kind("argoproj.io", "Application") {
		places := []string{"spec.source"}
		list, _ := o.Get("spec.sources").([]any)
		for i := range list {
			places = append(places, object.Item("spec.sources", i))
		}
		for _, at := range places {
			if o.Text(at+".chart") != istiodChart || o.Get(at+".helm.parameters") != nil || o.Get(at+".helm.fileParameters") != nil {
				continue
			}
			if values, ok := o.Get(at + ".helm.valuesObject").(map[string]any); ok {
				out = append(out, release{o, at + ".helm.valuesObject", values})
				continue
			}
			var values map[string]any
			if err := yaml.Unmarshal([]byte(o.Text(at+".helm.values")), &values); err != nil {
				r.Unknown(o, "value", at+".helm.values", "the values cannot be read: "+err.Error())
			}
			out = append(out, release{o, at + ".helm.values", values})
		}
	}
	return out
}

// istiodChart is the chart of the control plane (manifests/charts/istio-control/istio-discovery/Chart.yaml).
const istiodChart = "istiod"

// charts are the mesh configurations that releases write: values.meshConfig lies over the chart's own, which sets no lowest version
// (manifests/charts/istio-control/istio-discovery/templates/configmap.yaml). A ConfigMap in Git out-ranks the release of its revision:
// one of them has the other's name.
func (r *reader) charts(have []mesh) []mesh {
	var out []mesh
	for _, release := range r.releases() {
		if release.value("configMap") == false {
			continue
		}
		m := mesh{object: release.object, key: release.field, revision: release.text("revision")}
		if m.object.Get(m.key+".meshConfig") != nil {
			m.key += ".meshConfig"
		}
		if slices.ContainsFunc(have, func(h mesh) bool { return h.revision == m.revision }) {
			continue
		}
		raw, err := yaml.Marshal(release.value("meshConfig"))
		if err == nil {
			err = yaml.Unmarshal(raw, &m.config)
		}
		if err != nil {
			r.Unknown(m.object, "value", m.key, "the mesh configuration cannot be read: "+err.Error())
			m.config = meshConfig{}
		}
		out = append(out, m)
	}
	return out
}
