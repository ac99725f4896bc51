package istio

import (
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// classicIdentities is whom the proxies of a classic Gateway let through to one of its hosts. It configures every proxy with the labels of its
// selector, of whichever namespace (pilot/pkg/model/push_context.go mergeGateways; PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off by default), and a
// policy holds for the proxies of its own namespace alone, or of all when it is in the root namespace. The weakest of all proxies counts.
func (r *reader) classicIdentities(g item[classicGatewaySpec], hosts []string, at posture.Ref) posture.Setting[posture.Identities] {
	var out *posture.Setting[posture.Identities]
	for _, w := range r.classicProxies(g) {
		one := r.identities(w, hosts, nil)
		switch {
		case out == nil || one.Value.Everybody && !out.Value.Everybody:
			out = &one
		case !one.Value.Everybody && !out.Value.Everybody:
			all := slices.Concat(out.Value.Accepted, one.Value.Accepted)
			slices.SortFunc(all, compareIdentity)
			out.Value.Accepted = slices.Compact(all)
		}
	}
	if out == nil {
		anywhere := r.identities(workload{labels: g.spec.Selector}, hosts, nil)
		out = &anywhere
		if own := r.identities(workload{namespace: g.object.Namespace, labels: g.spec.Selector}, hosts, nil); out.Value.Everybody && !own.Value.Everybody {
			out.By = gatewayapi.Nearest(g.object, "spec.selector")
			out.Why = "no pod in Git has the labels of its selector, so that its proxies may be of another namespace, for which " + own.By.Kind + " " + own.By.Namespace + "/" + own.By.Name + " does not hold"
		}
	}
	if out.By.Kind == "" {
		out.By = at
	}
	return *out
}

// classicProxies are those that a classic Gateway selects, as far as Git tells: pods that people deploy, and those that Istio makes for a Gateway
// of Gateway API.
func (r *reader) classicProxies(g item[classicGatewaySpec]) []workload {
	var out []workload
	for _, p := range r.podsOf("", g.spec.Selector) {
		out = append(out, workload{namespace: p.object.Namespace, labels: p.labels})
	}
	for _, other := range r.Gateways {
		if labels := podLabels(other); len(g.spec.Selector) > 0 && subsetOf(g.spec.Selector, labels) {
			out = append(out, workload{namespace: other.Object.Namespace, gateway: other.Object.Name, labels: labels})
		}
	}
	return out
}
