package awslb

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// target is a TargetGroupConfiguration.
type target struct {
	object *object.Object
	spec   targetGroup
}

// hops fills in how backends are reached. BackendTLSPolicies are not read; no load balancer checks the certificate of a target (AWS,
// load-balancer-target-groups.html). A backendRef of kind TargetGroupName leads to a target group of AWS.
func (r *reader) hops(c config, balancer string, e *posture.Entry) {
	for i := range e.Routes {
		route := &e.Routes[i]
		for j := range route.Backends {
			b := &route.Backends[j]
			switch {
			case b.Ref.Kind == "TargetGroupName":
				if o := r.Objects.Find(gatewayapi.Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name); o != nil {
					r.Unknown(o, "value", b.From.Field, fmt.Sprintf("target group %s is not in Git, so where it leads is not known", b.Ref.Name))
				}
			case b.Ref.Kind == "Service" && !b.External && e.TLS.Value != posture.TLSPassthrough:
				r.hop(c, balancer, route.Ref, b)
			}
		}
	}
}

// hop is the protocol of a backend's target group: HTTP for an ALB, and of an NLB TCP, unless a TargetGroupConfiguration for the Service
// says otherwise, or else the default one that the LoadBalancerConfiguration names. Of several for a Service one counts, and Git does
// not tell which (pkg/gateway/routeutils/backend.go LookUpTargetGroupConfiguration): the weakest is taken.
func (r *reader) hop(c config, balancer string, route posture.Ref, b *posture.Backend) {
	rivals := r.forService(b.Ref)
	fallback := r.defaults(c)
	if len(rivals) == 0 {
		rivals = []*target{nil}
	}
	tie := ""
	if len(rivals) > 1 {
		tie = fmt.Sprintf("; %d configurations are for it, one of them counts, and Git does not tell which", len(rivals))
	}
	for i, t := range rivals {
		protocol, at := b.From, "HTTP is the protocol by default: no TargetGroupConfiguration sets another"
		value := posture.TLSNone
		if name, where := t.protocol(route); name != "" {
			protocol, at, value = where, "protocol is "+name, encrypted(balancer, name)
		} else if name, where := fallback.protocol(route); name != "" {
			protocol, at, value = where, "protocol is "+name, encrypted(balancer, name)
		} else if t != nil {
			protocol = gatewayapi.Nearest(t.object, "spec.defaultConfiguration.protocol")
		}
		if i == 0 || value == posture.TLSNone {
			b.TLS = unheld(value, protocol, at+tie)
		}
		if value != posture.TLSNone && i == 0 {
			b.TLS.Enforcer = posture.ByNetwork
		}
	}
	b.CA = unheld([]posture.Anchor{}, b.TLS.By, "a load balancer checks no certificate of its targets")
	b.Name = unheld("", b.TLS.By, "a load balancer checks no certificate of its targets")
	b.MinTLS = unheld("1.0", b.TLS.By, "the policy towards targets is AWS' own, and accepts TLS 1.0")
}

// encrypted is what a protocol of target groups comes to.
func encrypted(balancer, protocol string) string {
	if protocol == "HTTPS" && balancer == controllerALB || protocol == "TLS" && balancer == controllerNLB {
		return "tls"
	}
	return posture.TLSNone
}

// forService are the configurations for a Service: those of its namespace that name it. Without a kind they mean a Service.
func (r *reader) forService(service posture.Ref) []*target {
	var out []*target
	for i := range r.targets {
		t := &r.targets[i]
		ref := t.spec.TargetReference
		if ref != nil && t.object.Namespace == service.Namespace && ref.Name == service.Name && (ref.Kind == nil || *ref.Kind == "Service") {
			out = append(out, t)
		}
	}
	return out
}

// defaults is the configuration that counts where a Service's own says nothing: the first that a LoadBalancerConfiguration names.
func (r *reader) defaults(c config) *target {
	for _, l := range c.layers {
		ref := l.spec.DefaultTargetGroupConf
		if ref == nil {
			continue
		}
		r.Resolve(l.object, "spec.defaultTargetGroupConfiguration.name", object.ID{Group: Group, Kind: kindTargetGroup, Namespace: l.object.Namespace, Name: ref.Name}, "closed")
		for i := range r.targets {
			if t := &r.targets[i]; t.object.Namespace == l.object.Namespace && t.object.Name == ref.Name {
				return t
			}
		}
	}
	return nil
}

// protocol is what a configuration says for a route: the entry of routeConfigurations that fits best, over the default
// (pkg/gateway/tg_config_constructor.go). It is "" where neither says anything.
func (t *target) protocol(route posture.Ref) (string, posture.Ref) {
	if t == nil {
		return "", posture.Ref{}
	}
	best, rank := -1, 0
	for i, c := range t.spec.Routes {
		id := c.Route
		kind, namespace := id.Kind == route.Kind, id.Namespace == route.Namespace
		switch {
		case kind && namespace && id.Name == route.Name && rank < 3:
			best, rank = i, 3
		case id.Name != "":
		case kind && namespace && rank < 2:
			best, rank = i, 2
		case kind && id.Namespace == "" && rank < 1:
			best, rank = i, 1
		}
	}
	if best >= 0 && t.spec.Routes[best].Props.Protocol != nil {
		return *t.spec.Routes[best].Props.Protocol, gatewayapi.RefOf(t.object, object.Item("spec.routeConfigurations", best)+".targetGroupProps.protocol")
	}
	if t.spec.Default.Protocol != nil {
		return *t.spec.Default.Protocol, gatewayapi.RefOf(t.object, "spec.defaultConfiguration.protocol")
	}
	return "", posture.Ref{}
}
