package nginx

import (
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hatches finds what can undo everything that the reader understood of a Gateway.
func (r *reader) hatches(p proxyConfig) {
	for _, n := range p.chain {
		r.proxyHatches(p, n)
	}
	r.snippetsFilters(p)
	targeted(r, p, kindSnippetsPolicy, "snippets", func(s snippetsPolicySpec) []gatewayv1.LocalPolicyTargetReference { return s.TargetRefs },
		"snippets write into the configuration of nginx")
	targeted(r, p, kindExternalLoadBalancer, "gatewayLink", func(s externalLoadBalancerSpec) []gatewayv1.LocalPolicyTargetReference { return s.TargetRefs },
		"a load balancer in front of the gateway can end TLS, so that nginx never sees the client's certificate")
	targeted(r, p, kindPayloadProcessor, "processors", func(s payloadProcessorSpec) []gatewayv1.LocalPolicyTargetReference {
		return []gatewayv1.LocalPolicyTargetReference{s.TargetRef}
	}, "requests and responses are shown to another service")
}

// proxyHatches are the settings of an NginxProxy that reach past the fields that the reader understands.
func (r *reader) proxyHatches(p proxyConfig, n nginxProxy) {
	off, from := first(p, func(s nginxProxySpec) (bool, bool) {
		return deref(s.DisableSNIHostValidation, false), s.DisableSNIHostValidation != nil
	})
	if off && from == n.object {
		r.hatch(p, n.object, "spec.disableSNIHostValidation", "a connection that was verified for one host may ask for another")
	}
	k := n.spec.Kubernetes
	if k == nil {
		return
	}
	if len(service(n.spec).Patches) > 0 {
		r.hatch(p, n.object, serviceField+".patches", "patches can change the type, ports, sources and annotations of the proxies' Service")
	}
	for _, w := range []struct {
		field string
		*proxyWorkload
	}{{"spec.kubernetes.deployment", k.Deployment}, {"spec.kubernetes.daemonSet", k.DaemonSet}} {
		if w.proxyWorkload == nil {
			continue
		}
		if len(w.Patches) > 0 {
			r.hatch(p, n.object, w.field+".patches", "patches can replace the proxies' image, arguments and configuration")
		}
		c := w.Container
		if c == nil {
			continue
		}
		at := w.field + ".container."
		if len(c.HostPorts) > 0 {
			r.hatch(p, n.object, at+"hostPorts", "the proxies are reached at the nodes' addresses, past the load balancer")
		}
		if len(c.VolumeMounts) > 0 {
			r.hatch(p, n.object, at+"volumeMounts", "what is mounted can take the place of nginx's configuration and certificates")
		}
		if c.Lifecycle != nil {
			r.hatch(p, n.object, at+"lifecycle", "commands run beside nginx, and can change its configuration")
		}
		// The Helm chart always names an image; a mirror keeps the last parts of its name (charts/nginx-gateway-fabric/values.yaml, nginx.image).
		if c.Image != nil && c.Image.Repository != "" && !strings.Contains(c.Image.Repository, "nginx-gateway-fabric/nginx") {
			r.hatch(p, n.object, at+"image.repository", "the proxies run another image")
		}
	}
}

// snippetsFilters are those that a rule of one of the Gateway's routes refers to. They are off unless the installation switches them on
// (Helm value nginxGateway.snippets.enable), which Git does not show.
func (r *reader) snippetsFilters(p proxyConfig) {
	for _, route := range r.routes(p) {
		rules, _ := route.Get("spec.rules").([]any)
		for i := range rules {
			at := object.Item("spec.rules", i) + ".filters"
			filters, _ := route.Get(at).([]any)
			for j := range filters {
				ref := object.Item(at, j) + ".extensionRef"
				if route.Text(ref+".group") != Group || route.Text(ref+".kind") != kindSnippetsFilter {
					continue
				}
				const why = "snippets write into the configuration of nginx"
				if o := r.Objects.Find(Group, kindSnippetsFilter, route.Namespace, route.Text(ref+".name")); o != nil {
					r.hatch(p, o, "spec.snippets", why)
				} else {
					r.hatch(p, route, ref, why)
				}
			}
		}
	}
}

// targeted makes a hatch of every object of a kind that targets the Gateway, or a route of its, in the object's own namespace.
func targeted[S any](r *reader, p proxyConfig, kind, field string, targets func(S) []gatewayv1.LocalPolicyTargetReference, why string) {
	reached := append([]*object.Object{p.gateway.Object}, r.routes(p)...)
	for _, o := range r.Objects.Kind(Group, kind) {
		var d decoded[S]
		if !r.CheckFields(o, &d) {
			continue
		}
		for _, t := range targets(d.Spec) {
			if slices.ContainsFunc(reached, func(to *object.Object) bool {
				return string(t.Kind) == to.Kind && string(t.Name) == to.Name && o.Namespace == to.Namespace
			}) {
				r.hatch(p, o, "spec."+field, why)
			}
		}
	}
}

// routes are the route objects attached to a Gateway's listeners.
func (r *reader) routes(p proxyConfig) []*object.Object {
	var out []*object.Object
	for _, e := range r.Posture.Entries {
		if e.Gateway != gatewayapi.SubjectOf(p.gateway.Object) {
			continue
		}
		for _, route := range e.Routes {
			o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
			if o != nil && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// hatch records one escape hatch once, with every Gateway that it may touch.
func (r *reader) hatch(p proxyConfig, o *object.Object, field, why string) {
	gateway, by := gatewayapi.SubjectOf(p.gateway.Object), gatewayapi.Nearest(o, field)
	for i, known := range r.Posture.Hatches {
		if known.By == by && known.Why == why {
			if !slices.Contains(known.Gateways, gateway) {
				r.Posture.Hatches[i].Gateways = append(known.Gateways, gateway)
			}
			return
		}
	}
	r.Posture.Hatches = append(r.Posture.Hatches, posture.Hatch{Subject: gatewayapi.SubjectOf(o), By: by, Gateways: []posture.Subject{gateway}, Why: why})
}
