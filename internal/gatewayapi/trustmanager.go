package gatewayapi

import (
	"slices"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// isBundle reports whether an object is trust-manager's: a Bundle, or its successor (pkg/apis/trust/v1alpha1/types_bundle.go and
// pkg/apis/trustmanager/v1alpha2/types_cluster_bundle.go of trust-manager v0.25.0).
func isBundle(o *object.Object) bool {
	return o != nil && (o.Kind == "Bundle" || o.Kind == "ClusterBundle")
}

// bundleNamed is the Bundle that makes a ConfigMap or Secret of that name in some namespace, or nil.
func (w *World) bundleNamed(id object.ID) *object.Object {
	w.Maker(id) // gathers the makers
	id.Namespace = anyNamespace
	return w.makers[id]
}

// targets reports whether a Bundle makes an object of a kind with the roots under ca.crt: controllers look nowhere else.
func targets(o *object.Object, kind string) bool {
	field := map[string]string{"ConfigMap": "spec.target.configMap", "Secret": "spec.target.secret"}[kind]
	if o.Text(field+".key") == bundleKey {
		return true
	}
	data, _ := o.Get(field + ".data").([]any) // ClusterBundle
	for i := range data {
		if o.Text(object.Item(field+".data", i)+".key") == bundleKey {
			return true
		}
	}
	return false
}

// fromBundle adds what a Bundle says of its content to an anchor. What it holds in Git counts always: one foreign root is enough. What it
// takes from elsewhere leaves the anchor as it was, except a Secret: nobody knows whose ca.crt that is.
func (w *World) fromBundle(a *posture.Anchor, bundle *object.Object) {
	if !isBundle(bundle) {
		return
	}
	if a.Ref.Kind == "Secret" {
		// cmd/trust-manager/app/options/options.go of trust-manager v0.25.0: off by default; then a Bundle with a Secret target makes nothing.
		w.Assume(bundle, "spec.target.secret", "trust-manager runs with --secret-targets-enabled and may write Secret "+a.Ref.Name)
	}
	c := w.content(bundle)
	a.System = a.System || c.system
	a.Roots = uniteRoots(a.Roots, c.roots)
	sums := Fingerprints(c.roots)
	switch {
	case c.unread:
		a.Source, a.SHA256, a.TrustDomain = FromUnknown, nil, ""
	case c.broken:
		a.Source, a.SHA256, a.TrustDomain = FromNowhere, nil, ""
	case c.secret:
		a.Source, a.SHA256, a.TrustDomain = FromSecret, nil, ""
	case c.elsewhere && a.Source == FromSecret: // nothing is known of the rest
	case c.elsewhere, a.Source == FromGit:
		a.SHA256, a.TrustDomain = union(a.SHA256, sums), ""
	case len(sums) > 0:
		a.SHA256, a.Source, a.TrustDomain = sums, FromGit, ""
	}
}

// content is what a Bundle gathers.
type content struct {
	roots     []posture.Root // that are in Git
	system    bool           // every public CA, too
	elsewhere bool           // some of it is in ConfigMaps that are not in Git
	secret    bool           // some of it comes from Secrets
	unread    bool           // there is something that is no certificate; an unknown says so
	broken    bool           // there is nothing
}

func (w *World) content(bundle *object.Object) content {
	var c content
	inline := func(by posture.Ref, text string) {
		if text == "" {
			return
		}
		found, err := Roots(by, text)
		if err != nil {
			w.Unknown(bundle, "value", by.Field, err.Error())
			c.unread = true
		}
		c.roots = uniteRoots(c.roots, found)
	}
	from := func(kind, name, key string) {
		if kind == "Secret" {
			c.secret = true
			return
		}
		seen := false
		for _, o := range w.Objects.Kind("", "ConfigMap") { // of the trust namespace, which is a flag of trust-manager: any of that name
			if o.Name == name {
				seen = true
				inline(RefOf(o, object.Key("data", key)), o.Text(object.Key("data", key)))
			}
		}
		c.elsewhere = c.elsewhere || !seen
	}
	sources, _ := bundle.Get("spec.sources").([]any)
	for i := range sources {
		at := object.Item("spec.sources", i)
		if value, there := bundle.Get(at + ".useDefaultCAs").(bool); there {
			c.system = c.system || value
		}
		inline(RefOf(bundle, at+".inLine"), bundle.Text(at+".inLine"))
		for field, kind := range map[string]string{".configMap": "ConfigMap", ".secret": "Secret"} {
			if bundle.Get(at+field) != nil {
				from(kind, bundle.Text(at+field+".name"), bundle.Text(at+field+".key"))
			}
		}
	}
	references, _ := bundle.Get("spec.sourceRefs").([]any)
	for i := range references {
		at := object.Item("spec.sourceRefs", i)
		from(bundle.Text(at+".sourceRef.kind"), bundle.Text(at+".sourceRef.name"), bundle.Text(at+".key"))
	}
	inline(RefOf(bundle, "spec.inLineCAs"), bundle.Text("spec.inLineCAs"))
	if bundle.Get("spec.defaultCAs") != nil && bundle.Text("spec.defaultCAs.provider") != "Disabled" {
		c.system = true
	}
	c.broken = len(c.roots) == 0 && !c.system && !c.elsewhere && !c.secret
	return c
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
