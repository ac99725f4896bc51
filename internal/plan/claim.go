package plan

import (
	"cmp"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
)

// claimed notes what a cluster has beside what overlays write: the Services of exposures, which are their owners', and what the controller makes
// by itself under names that it composes. Two names of the fleet may come to one of those.
func (w *writer) claimed(c *Cluster) {
	seen := map[string]bool{}
	for _, x := range c.Exposures {
		at := path("exposures", x.Name, "service")
		services := []string{x.Service.Name}
		for _, weighted := range x.Service.Weights {
			services = append(services, weighted.Name)
		}
		for _, name := range services {
			// Exposures may share a Service.
			if what := (object.ID{Kind: "Service", Namespace: x.Service.Namespace, Name: name}).String(); !seen[what] {
				seen[what] = true
				w.claim(what, holder{who: "is behind exposure " + x.Name, at: at, theirs: true})
			}
		}
	}
	claims := profile(c).Claims
	if claims == nil {
		return
	}
	add := func(intent any, place func(controller.Claim) []string) {
		for _, claim := range claims(c.Facts, intent) {
			w.claim(claim.What, holder{who: "is " + claim.Why, at: place(claim)})
		}
	}
	for _, g := range c.Gateways {
		add(g, func(controller.Claim) []string { return path("clusters", c.Facts.Name, "gateways", g.Name) })
	}
	for _, x := range c.Exposures {
		add(x, func(controller.Claim) []string { return path("exposures", x.Name) })
	}
	for _, consumer := range c.Consumers {
		add(consumer, func(claim controller.Claim) []string {
			exposure := claim.Exposure
			if exposure == "" {
				exposure = consumer.Destinations[0].Exposure
			}
			return path("exposures", exposure, "consumers", consumer.Name)
		})
	}
}

// makes are the Secrets that somebody makes of an object, each once, as describe says them.
func makes(o *object.Object) []string {
	var names []string
	switch o.Group() + "/" + o.Kind {
	case "cert-manager.io/Certificate":
		names = append(names, o.Text("spec.secretName"))
	case "external-secrets.io/ExternalSecret":
		names = append(names, cmp.Or(o.Text("spec.target.name"), o.Name))
	case "secrets-store.csi.x-k8s.io/SecretProviderClass":
		list, _ := o.Get("spec.secretObjects").([]any)
		for i := range list {
			names = append(names, o.Text(object.Item("spec.secretObjects", i)+".secretName"))
		}
	}
	var out []string
	for _, name := range names {
		if what := (object.ID{Kind: "Secret", Namespace: o.Namespace, Name: name}).String(); name != "" && !slices.Contains(out, what) {
			out = append(out, what)
		}
	}
	return out
}
