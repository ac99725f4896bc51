package gatewayapi

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// How a reference is resolved.
const (
	ByObject = "object"
	ByMaker  = "maker"
	ByFleet  = "fleet"
	ByNobody = ""
)

// Resolve records a reference of an object and tells how its target comes to be, and whether a ReferenceGrant lets it cross
// namespaces. OnMissing is what the controller does without the target: closed, open or unknown. A Secret that nothing in Git makes is
// an assumption where it fails closed: Secrets are not expected in Git.
func (w *World) Resolve(owner *object.Object, field string, to object.ID, onMissing string) posture.Reference {
	r := posture.Reference{
		From:      RefOf(owner, field),
		To:        posture.Ref{APIVersion: to.Group, Kind: to.Kind, Namespace: to.Namespace, Name: to.Name},
		OnMissing: onMissing,
		CrossNS:   to.Namespace != owner.Namespace,
	}
	if to.Group == "" {
		r.To.APIVersion = "v1"
	}
	target := w.Objects.Find(to.Group, to.Kind, to.Namespace, to.Name)
	switch {
	case target != nil:
		r.Resolved, r.To.APIVersion = ByObject, target.APIVersion
	case w.Maker(to) != nil:
		r.Resolved = ByMaker
	case to.Group == "" && w.Cluster.ProvidedObject(to.Kind, to.Namespace, to.Name):
		r.Resolved = ByFleet
	}
	r.Granted = !r.CrossNS || w.granted(r)
	if r.Resolved == ByNobody && onMissing == "closed" && to.Group == "" && to.Kind == "Secret" {
		w.Assume(owner, field, fmt.Sprintf("Secret %s/%s is made outside Git; without it nothing is served", to.Namespace, to.Name))
	}
	if w.once(r) {
		w.Posture.References = append(w.Posture.References, r)
	}
	return r
}

// Maker is the object that makes a ConfigMap or Secret in the cluster, or nil: cert-manager's Certificate, an ExternalSecret,
// trust-manager's Bundle, a SealedSecret, a SecretProviderClass.
func (w *World) Maker(id object.ID) *object.Object {
	if w.makers == nil {
		w.makers = makers(w.Objects)
	}
	if o := w.makers[id]; o != nil {
		return o
	}
	id.Namespace = anyNamespace
	return w.makers[id]
}

// anyNamespace stands for every namespace among the makers: trust-manager's Bundle is cluster-scoped.
const anyNamespace = "*"

func makers(objects *object.Set) map[object.ID]*object.Object {
	out := map[object.ID]*object.Object{}
	makes := func(o *object.Object, kind, namespace, name string) {
		if name != "" {
			out[object.ID{Kind: kind, Namespace: namespace, Name: name}] = o
		}
	}
	for _, o := range objects.Kind("cert-manager.io", "Certificate") {
		makes(o, "Secret", o.Namespace, o.Text("spec.secretName"))
	}
	for _, o := range objects.Kind("external-secrets.io", "ExternalSecret") {
		// With creationPolicy None and Merge the Secret is somebody else's (external-secrets, externalsecret_types.go).
		if policy := o.Text("spec.target.creationPolicy"); policy == "None" || policy == "Merge" {
			continue
		}
		name := o.Text("spec.target.name")
		if name == "" {
			name = o.Name
		}
		makes(o, "Secret", o.Namespace, name)
	}
	for _, kind := range []string{"Bundle", "ClusterBundle"} {
		for _, o := range objects.Kind("trust.cert-manager.io", kind) {
			if o.Get("spec.target.configMap") != nil {
				makes(o, "ConfigMap", anyNamespace, o.Name)
			}
			if o.Get("spec.target.secret") != nil {
				makes(o, "Secret", anyNamespace, o.Name)
			}
		}
	}
	for _, o := range objects.Kind("bitnami.com", "SealedSecret") {
		name := o.Text("spec.template.metadata.name")
		if name == "" {
			name = o.Name
		}
		makes(o, "Secret", o.Namespace, name)
	}
	for _, o := range objects.Kind("secrets-store.csi.x-k8s.io", "SecretProviderClass") {
		list, _ := o.Get("spec.secretObjects").([]any)
		for i := range list {
			makes(o, "Secret", o.Namespace, o.Text(object.Item("spec.secretObjects", i)+".secretName"))
		}
	}
	return out
}
