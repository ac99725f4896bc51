package gatewayapi

import (
	"cmp"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// backend is one backendRef or mirror of a route: whether it is granted and exists, and where it leads. The hop to it is plaintext
// until a reader finds what protects it. Without its target a rule answers 500 (apis/v1/httproute_types.go, BackendRefs): closed.
func (w *World) backend(o *object.Object, b backend) posture.Backend {
	id := BackendID(b.ref, o.Namespace)
	r := w.Resolve(o, b.field, id, "closed")
	from := RefOf(o, b.field)
	out := posture.Backend{
		Ref: r.To, From: from, Port: int(deref(b.ref.Port, 0)), Weight: b.weight,
		Granted: r.Granted, Exists: r.Resolved != ByNobody, ExitIndex: -1,
		TLS:    setting(posture.TLSNone, from, "no policy makes the gateway speak TLS to it"),
		CA:     setting([]posture.Anchor{}, from, "no policy names the CA of its certificate"),
		Name:   setting("", from, "no policy names the host of its certificate"),
		MinTLS: setting("", from, "no policy sets the lowest TLS version"),
	}
	if service := w.Objects.Find(id.Group, id.Kind, id.Namespace, id.Name); service != nil && id.Group == "" && id.Kind == "Service" {
		if service.Text("spec.type") == "ExternalName" {
			out.External, out.Host = true, service.Text("spec.externalName")
		}
	}
	return out
}

// BackendID is what a backendRef of a route in a namespace refers to; by default a Service of that namespace. The group "core" is no group
// of the API, but Traefik takes it for the core group (v3.7.13 pkg/provider/kubernetes/gateway/httproute.go), and a controller that does not
// refuses the reference.
func BackendID(ref gatewayv1.BackendObjectReference, namespace string) object.ID {
	group := string(deref(ref.Group, ""))
	if group == "core" {
		group = ""
	}
	return object.ID{
		Group: group, Kind: string(deref(ref.Kind, "Service")),
		Namespace: cmp.Or(string(deref(ref.Namespace, "")), namespace), Name: string(ref.Name),
	}
}
