package vpclattice

import (
	"cmp"
	"fmt"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
)

// parents reports routes whose parentRefs name several Gateways of the controller: the Lattice service has the listeners of the first
// alone, and is in the service networks of all. The listeners are then looked up by the Gateway's name, whatever the namespace
// (pkg/gateway/model_build_listener.go findGateway and buildListeners).
func (r *reader) parents() {
	for _, kind := range routeKinds {
		for _, o := range r.Objects.Kind(gatewayapi.Group, kind) {
			first := ""
			refs, _ := o.Get("spec.parentRefs").([]any)
			for i := range refs {
				at := object.Item("spec.parentRefs", i)
				namespace, name := cmp.Or(o.Text(at+".namespace"), o.Namespace), o.Text(at+".name")
				if !r.owns(namespace, name) && (first == "" || name != nameOf(first)) {
					continue
				}
				if key := namespace + "/" + name; first == "" {
					first = key
				} else if key != first {
					r.Unknown(o, "value", at, fmt.Sprintf(
						"the route has the listeners of Gateway %s alone, is in the service network of %s too, and which of its own settings count is not modelled", first, key))
				}
			}
		}
	}
}

func nameOf(key string) string {
	for i := range key {
		if key[i] == '/' {
			return key[i+1:]
		}
	}
	return key
}

func (r *reader) owns(namespace, name string) bool {
	for _, g := range r.Gateways {
		if g.Object.Namespace == namespace && g.Object.Name == name {
			return true
		}
	}
	return false
}

// namesakes reports Gateways that share a service network, which has their name without the namespace (docs/api-types/gateway.md).
func (r *reader) namesakes() {
	for i, b := range r.Gateways {
		for _, a := range r.Gateways[:i] {
			if a.Object.Name == b.Object.Name {
				r.Unknown(b.Object, "value", "metadata.name", fmt.Sprintf(
					"Gateway %s/%s has the same name, so both are one service network and who reaches one reaches the other", a.Object.Namespace, a.Object.Name))
			}
		}
	}
}
