package gatewayapi

import (
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// Listen gives a Gateway the listeners that it declares itself, made by a controller in its own way, and returns the ListenerSets with the
// others, by name. They are in the Gateway's namespace, and it admits no others.
func Listen(spec *gatewayv1.GatewaySpec, g controller.Gateway, listener func(controller.Listener) gatewayv1.Listener) []any {
	sets := map[string][]gatewayv1.ListenerEntry{}
	for _, l := range g.Listeners {
		if made := listener(l); l.Set == "" {
			spec.Listeners = append(spec.Listeners, made)
		} else {
			sets[l.Set] = append(sets[l.Set], gatewayv1.ListenerEntry(made))
		}
	}
	if len(sets) == 0 {
		return nil
	}
	spec.AllowedListeners = &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: pointer(gatewayv1.NamespacesFromSame)}}
	var out []any
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		out = append(out, Make(Version, "ListenerSet", Meta{Name: name, Namespace: g.Namespace}, gatewayv1.ListenerSetSpec{
			ParentRef: gatewayv1.ParentGatewayReference{Group: pointer(gatewayv1.Group(Group)), Kind: pointer(gatewayv1.Kind("Gateway")), Name: gatewayv1.ObjectName(g.Name)},
			Listeners: sets[name],
		}))
	}
	return out
}
