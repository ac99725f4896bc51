package gatewayapi

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// How the content of an anchor is known.
const (
	FromGit     = "git"
	FromFleet   = "fleet"
	FromSecret  = "secret" // made outside Git, or by an object whose result is not in Git
	FromNowhere = "missing"
	FromUnknown = "unknown" // there, but not understood: an unknown says so, and what the controller makes of it is not known
)

// bundleKey is where Gateway API wants the roots (apis/v1/gateway_types.go, CACertificateRefs).
const bundleKey = "ca.crt"

// Anchors resolves references to CA bundles: ConfigMaps and Secrets with the key ca.crt. Namespace is where a reference without one
// looks, field the path of the list in owner. Usable is true when at least one bundle is there, or has to be taken as there, may be
// referred to and is understood; the others are still returned, with the source "missing" or "unknown".
func (w *World) Anchors(owner *object.Object, namespace, field string, refs []gatewayv1.ObjectReference, onMissing string) (anchors []posture.Anchor, usable bool) {
	for i, ref := range refs {
		at := object.Item(field, i)
		id := object.ID{
			Group: string(ref.Group), Kind: string(ref.Kind), Name: string(ref.Name),
			Namespace: cmp.Or(string(deref(ref.Namespace, "")), namespace),
		}
		if id.Group != "" || id.Kind != "ConfigMap" && id.Kind != "Secret" {
			w.Unknown(owner, "value", at, fmt.Sprintf("what a controller makes of a CA of kind %s is not known; it wants a ConfigMap", id.Kind))
			anchors = append(anchors, posture.Anchor{Ref: refTo(id), Source: FromUnknown})
			continue
		}
		r := w.Resolve(owner, at, id, onMissing)
		a := w.anchor(owner, at, id, r)
		if !r.Granted {
			a = posture.Anchor{Ref: a.Ref, Source: FromNowhere}
		}
		usable = usable || a.Source != FromNowhere && a.Source != FromUnknown
		anchors = append(anchors, a)
	}
	return anchors, usable
}

// AllMissing reports whether none of the bundles is there, or none may be referred to. A listener with bundles that are there and not
// understood may be served, so that it has to be judged.
func AllMissing(anchors []posture.Anchor) bool {
	return !slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return a.Source != FromNowhere })
}

func refTo(id object.ID) posture.Ref {
	ref := posture.Ref{APIVersion: id.Group, Kind: id.Kind, Namespace: id.Namespace, Name: id.Name}
	if id.Group == "" {
		ref.APIVersion = "v1"
	}
	return ref
}

func (w *World) anchor(owner *object.Object, at string, id object.ID, r posture.Reference) posture.Anchor {
	a := posture.Anchor{Ref: refTo(id), Source: FromNowhere}
	domain, made := w.trustDomain(id), w.Maker(id)
	switch {
	case r.Resolved != ByObject && made == nil && w.bundleNamed(id) != nil:
		return a // the Bundle of that name does not reach this namespace, whatever the fleet says
	case r.Resolved == ByObject:
		o := w.Objects.Find("", id.Kind, id.Namespace, id.Name)
		field, roots, known := bundle(o)
		if !known {
			a.Source = FromSecret
			return a
		}
		held, err := Roots(RefOf(o, field), roots)
		if err != nil {
			w.Unknown(o, "value", field, err.Error())
			a.Source = FromUnknown
			return a
		}
		a.Ref.Field, a.SHA256, a.Source, a.Roots = field, Fingerprints(held), FromGit, held
		if isBundle(made) {
			w.Unknown(made, "value", "spec.target", fmt.Sprintf("trust-manager overwrites %s %s/%s, which is in Git too", id.Kind, id.Namespace, id.Name))
			w.fromBundle(&a, made)
		}
	case r.Resolved == ByMaker && domain < 0:
		a.Source = FromSecret
		w.fromBundle(&a, made)
	case domain >= 0:
		a.SHA256, a.Source, a.TrustDomain = Sums(w.Cluster.TrustDomains[domain].SHA256), FromFleet, w.Cluster.TrustDomains[domain].Name
		w.fromBundle(&a, made)
		if a.Source == FromFleet { // a Bundle in Git says itself what is in it
			w.Assume(owner, at, fmt.Sprintf("%s %s/%s holds the roots of trust domain %s", id.Kind, id.Namespace, id.Name, a.TrustDomain))
		}
	case r.Resolved == ByFleet, id.Kind == "Secret":
		a.Source = FromSecret
	}
	if a.TrustDomain == "" {
		a.TrustDomain = w.domainOf(a.SHA256)
	}
	if a.Source == FromSecret && made != nil {
		a.Made = w.madeFrom(made)
	}
	return a
}

// trustDomain is the index of the trust domain whose bundle the fleet says is made under that name, or -1.
func (w *World) trustDomain(id object.ID) int {
	for i, td := range w.Cluster.TrustDomains {
		if (id.Kind == "ConfigMap" || td.Distributed && id.Kind == "Secret") && !td.Written() && td.ConfigMap != "" && td.ConfigMap == id.Name {
			return i
		}
	}
	return -1
}

// domainOf is the trust domain that has all these fingerprints.
func (w *World) domainOf(fingerprints []string) string {
	for _, td := range w.Cluster.TrustDomains {
		have := Sums(td.SHA256)
		foreign := func(sum string) bool { return !slices.Contains(have, sum) }
		if len(fingerprints) > 0 && !slices.ContainsFunc(fingerprints, foreign) {
			return td.Name
		}
	}
	return ""
}

// bundle is the PEM of a ConfigMap or Secret in Git. It is not known when the Secret is encrypted.
func bundle(o *object.Object) (field, roots string, known bool) {
	for _, part := range []string{"stringData", "data", "binaryData"} {
		field = object.Key(part, bundleKey)
		text := o.Text(field)
		if text == "" {
			continue
		}
		if strings.HasPrefix(text, "ENC[") {
			return field, "", false
		}
		if part == "binaryData" || part == "data" && o.Kind == "Secret" {
			decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
			if err != nil {
				return field, "", true
			}
			text = string(decoded)
		}
		return field, text, true
	}
	return "data", "", true
}

// Sums brings fingerprints as people write them into one form.
func Sums(written []string) []string {
	out := make([]string, 0, len(written))
	for _, s := range written {
		out = append(out, strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(s, "sha256:"), ":", "")))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
