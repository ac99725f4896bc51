package istio

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// virtualRule is one rule of a VirtualService, with the object that holds it.
type virtualRule struct {
	object  *object.Object
	field   string
	http    *virtualHTTP // nil for one of TLS or TCP
	forward []virtualDestination
}

// rulesOf are the rules of a VirtualService. One that delegates has those of another VirtualService in their place, one level deep; the
// other must name no hosts (pilot/pkg/model/virtualservice.go MergeHTTPRoutes). What it does not say itself it has of the rule that
// delegates: mirrors and headers.
func (r *reader) rulesOf(v item[virtualServiceSpec]) []virtualRule {
	var out []virtualRule
	for i := range v.spec.HTTP {
		h := &v.spec.HTTP[i]
		rule := virtualRule{object: v.object, field: object.Item("spec.http", i), http: h, forward: h.Route}
		out = append(out, rule)
		if h.Delegate == nil || h.Delegate.Name == "" {
			continue
		}
		namespace := cmp.Or(h.Delegate.Namespace, v.object.Namespace)
		found := slices.IndexFunc(r.virtual, func(d item[virtualServiceSpec]) bool {
			return d.object.Namespace == namespace && d.object.Name == h.Delegate.Name
		})
		if found < 0 {
			r.Unknown(v.object, "value", rule.field+".delegate", fmt.Sprintf("VirtualService %s/%s, which it delegates to, is not in Git", namespace, h.Delegate.Name))
			continue
		}
		to := r.virtual[found]
		for j := range to.spec.HTTP {
			out = append(out, virtualRule{object: to.object, field: object.Item("spec.http", j), http: &to.spec.HTTP[j], forward: to.spec.HTTP[j].Route})
		}
	}
	for _, part := range []struct {
		field string
		list  []virtualForward
	}{{"spec.tls", v.spec.TLS}, {"spec.tcp", v.spec.TCP}} {
		for i, f := range part.list {
			out = append(out, virtualRule{object: v.object, field: object.Item(part.field, i), forward: f.Route})
		}
	}
	return out
}

// virtualHop is one destination of a rule.
type virtualHop struct {
	target virtualTarget
	field  string
	mirror bool
}

func (v virtualRule) hops() []virtualHop {
	var out []virtualHop
	for j, d := range v.forward {
		out = append(out, virtualHop{d.Destination, object.Item(v.field+".route", j) + ".destination", false})
	}
	if v.http == nil {
		return out
	}
	if m := v.http.Mirror; m != nil {
		out = append(out, virtualHop{*m, v.field + ".mirror", true})
	}
	for j, m := range v.http.Mirrors {
		out = append(out, virtualHop{m.Destination, object.Item(v.field+".mirrors", j) + ".destination", true})
	}
	return out
}

// headers are the identity headers that a rule, or one of its destinations, changes.
func (v virtualRule) headers() []posture.Header {
	var out []posture.Header
	change := func(h *virtualHeaders, field string) {
		if h == nil || h.Request == nil {
			return
		}
		for does, names := range map[string][]string{
			"set": slices.Sorted(maps.Keys(h.Request.Set)), "add": slices.Sorted(maps.Keys(h.Request.Add)), "remove": h.Request.Remove,
		} {
			for _, name := range names {
				if gatewayapi.IdentityHeader(name) {
					out = append(out, posture.Header{Name: strings.ToLower(name), Does: does, By: gatewayapi.RefOf(v.object, field+".request."+does)})
				}
			}
		}
	}
	if v.http != nil {
		change(v.http.Headers, v.field+".headers")
	}
	for j, d := range v.forward {
		change(d.Headers, object.Item(v.field+".route", j)+".headers")
	}
	slices.SortFunc(out, func(a, b posture.Header) int {
		return cmp.Or(cmp.Compare(a.By.Field, b.By.Field), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// destinations are the hosts that a VirtualService routes to, by itself or by those that it delegates to.
func (r *reader) destinations(v item[virtualServiceSpec]) []string {
	var out []string
	for _, rule := range r.rulesOf(v) {
		for _, h := range rule.hops() {
			out = append(out, qualified(h.target.Host, rule.object.Namespace))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// virtualRoute is a VirtualService bound to a classic Gateway. The hop behind it follows the same DestinationRules.
func (r *reader) virtualRoute(g item[classicGatewaySpec], v item[virtualServiceSpec]) posture.Route {
	out := posture.Route{
		Ref: gatewayapi.RefOf(v.object, "spec.gateways"), Hostnames: append([]string{}, v.spec.Hosts...), Paths: []string{},
		RedirectOnly: len(v.spec.HTTP) > 0 && len(v.spec.TCP)+len(v.spec.TLS) == 0,
		Backends:     []posture.Backend{}, Mirrors: []posture.Backend{}, Headers: []posture.Header{},
	}
	slices.Sort(out.Hostnames)
	for _, rule := range r.rulesOf(v) {
		if h := rule.http; h != nil {
			out.RedirectOnly = out.RedirectOnly && h.Redirect != nil && h.Redirect.Scheme == "https" && len(h.Route) == 0
		}
		out.Headers = append(out.Headers, rule.headers()...)
		for _, h := range rule.hops() {
			if b := r.virtualBackend(g, rule, h); h.mirror {
				out.Mirrors = append(out.Mirrors, b)
			} else {
				out.Backends = append(out.Backends, b)
			}
		}
	}
	return out
}

func (r *reader) virtualBackend(g item[classicGatewaySpec], rule virtualRule, h virtualHop) posture.Backend {
	host := qualified(h.target.Host, rule.object.Namespace)
	at := gatewayapi.RefOf(rule.object, h.field)
	b := posture.Backend{From: at, Weight: 1, Granted: true, Exists: true, ExitIndex: -1, Host: host}
	if h.target.Port != nil {
		b.Port = h.target.Port.Number
	}
	u := plain(at, "a VirtualService of a classic Gateway leaves the mesh: the hop is not followed")
	b.TLS, b.CA, b.MinTLS = u.tls, u.ca, unheld("", at, u.tls.Why)
	b.Name = unheld("", at, u.tls.Why)
	if name, namespace, ok := localService(host); ok {
		b.Ref = posture.Ref{APIVersion: "v1", Kind: "Service", Namespace: namespace, Name: name}
		b.Exists = r.Objects.Find("", "Service", namespace, name) != nil
		r.inside(g.object, &b, workload{namespace: g.object.Namespace, labels: g.spec.Selector})
	} else {
		b.Ref, b.External = posture.Ref{APIVersion: networkingVersion, Kind: kindHostname, Namespace: rule.object.Namespace, Name: host}, true
	}
	return b
}
