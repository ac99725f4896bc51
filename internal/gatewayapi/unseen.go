package gatewayapi

import (
	"cmp"
	"fmt"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// ViaUnseenGateway is the way of a route whose Gateway or ListenerSet is not in Git.
const ViaUnseenGateway = "unseen-gateway"

// UnseenGateways are the ways that routes open through Gateways that are not among the cluster's objects: who may come in there, and
// how, is not known. One for every Service of the cluster behind such a route.
func UnseenGateways(objects *object.Set) []posture.Way {
	var out []posture.Way
	for _, kind := range RouteKinds {
		for _, o := range objects.Kind(Group, kind) {
			r, err := decode(o)
			if err != nil {
				continue
			}
			for i, p := range r.parents {
				kind, namespace := string(deref(p.Kind, "Gateway")), cmp.Or(string(deref(p.Namespace, "")), o.Namespace)
				if string(deref(p.Group, Group)) != Group || kind != "Gateway" && kind != "ListenerSet" || objects.Find(Group, kind, namespace, string(p.Name)) != nil {
					continue
				}
				why := fmt.Sprintf("%s %s/%s is not in Git, so who comes in there is not known", kind, namespace, p.Name)
				out = append(out, r.ways(objects, object.Item("spec.parentRefs", i), why)...)
			}
		}
	}
	return out
}

func (r *route) ways(objects *object.Set, field, why string) []posture.Way {
	var out []posture.Way
	seen := map[object.ID]bool{}
	for _, rule := range r.rules {
		for _, b := range rule.backends {
			id := BackendID(b.ref, r.object.Namespace)
			if id.Group != "" || id.Kind != "Service" || seen[id] {
				continue
			}
			seen[id] = true
			w := posture.Way{
				Subject: SubjectOf(r.object), Via: ViaUnseenGateway, By: RefOf(r.object, field), Why: why,
				Service: posture.Subject{Kind: "Service", Namespace: id.Namespace, Name: id.Name},
			}
			if s := objects.Find("", "Service", id.Namespace, id.Name); s != nil {
				w.Selector = s.Texts("spec.selector")
			}
			out = append(out, w)
		}
	}
	return out
}
