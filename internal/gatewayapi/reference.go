package gatewayapi

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	if made := w.Maker(to); target == nil && made != nil && made.Kind == "SecretProviderClass" {
		// secrets-store-csi-driver, docs/book topics/sync-as-kubernetes-secret.md: synced while a pod mounts it, deleted with the last one.
		w.Assume(owner, field, fmt.Sprintf("a pod mounts SecretProviderClass %s/%s all the time: Secret %s is there only while one does", made.Namespace, made.Name, to.Name))
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
	namespace := id.Namespace
	id.Namespace = anyNamespace
	if o := w.makers[id]; o != nil && w.covers(o, namespace) {
		return o
	}
	return nil
}

// covers reports whether a Bundle is made in a namespace: by its selector, and in every namespace without one. A namespace that is not in
// Git is taken to match where it could (trust-manager, pkg/bundle/controller.go).
func (w *World) covers(bundle *object.Object, namespace string) bool {
	raw := bundle.Get("spec.target.namespaceSelector")
	if raw == nil {
		return true
	}
	var decoded struct {
		Spec struct {
			Target struct {
				NamespaceSelector *metav1.LabelSelector `json:"namespaceSelector"`
			} `json:"target"`
		} `json:"spec"`
	}
	if _, err := bundle.Decode(&decoded); err != nil {
		w.Unknown(bundle, "value", "spec.target.namespaceSelector", "the API server would refuse it: "+err.Error())
		return false
	}
	selector := decoded.Spec.Target.NamespaceSelector
	if len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
		return true
	}
	switch w.namespaceMatches(selector, namespace) {
	case Never:
		return false
	case Possibly:
		w.Assume(bundle, "spec.target.namespaceSelector", fmt.Sprintf("namespace %s is not in Git and is taken to match, so that the bundle is made there", namespace))
	}
	return true
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
	for _, kind := range [][2]string{{"trust.cert-manager.io", "Bundle"}, {"trust-manager.io", "ClusterBundle"}} {
		for _, o := range objects.Kind(kind[0], kind[1]) {
			for _, kind := range []string{"ConfigMap", "Secret"} {
				if targets(o, kind) {
					makes(o, kind, anyNamespace, o.Name)
				}
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
