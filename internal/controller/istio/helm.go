package istio

import (
	"slices"

	"sigs.k8s.io/yaml"
)

// charts are the mesh configurations that releases of the chart istiod write: values.meshConfig lies over the chart's own, which sets no
// lowest version (manifests/charts/istio-control/istio-discovery/templates/configmap.yaml). Inline values out-rank those of valuesFrom
// (Flux, HelmRelease); what a post-renderer makes of the ConfigMap Git does not tell, so such a release tells nothing. A ConfigMap
// in Git out-ranks the release of its revision: one of them has the other's name.
func (r *reader) charts(have []mesh) []mesh {
	var out []mesh
	for _, o := range r.Objects.Kind("helm.toolkit.fluxcd.io", "HelmRelease") {
		if !istiodChart(o) || o.Get("spec.postRenderers") != nil || o.Get("spec.values.configMap") == false {
			continue
		}
		m := mesh{object: o, key: "spec.values.meshConfig", revision: o.Text("spec.values.revision")}
		if slices.ContainsFunc(have, func(h mesh) bool { return h.revision == m.revision }) {
			continue
		}
		raw, err := yaml.Marshal(o.Get(m.key))
		if err == nil {
			err = yaml.Unmarshal(raw, &m.config)
		}
		if err != nil {
			r.Unknown(o, "value", m.key, "the mesh configuration cannot be read: "+err.Error())
			m.config = meshConfig{}
		}
		out = append(out, m)
	}
	return out
}
