package kubernetes

import (
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// InFront is every Service in front of proxies that are deployed beside their controller, as far as they are in Git.
type InFront struct {
	// certain select the pods that the fleet names. possible may: they have labels in common, and more that the fleet does not tell of, so
	// that they can make an entry weaker and never stricter.
	certain, possible []LoadBalancer
	// bound are target groups of AWS that the proxies are registered in: load balancers that are not in Git.
	bound []posture.Ref
}

// ReadInFront finds the Services in front of the cluster's proxies. Neither HAProxy's controller nor Traefik sets anything of them but ports.
func ReadInFront(cluster controller.Cluster, objects *object.Set) InFront {
	var out InFront
	var names []string
	pods := proxyLabels(cluster, objects)
	for _, o := range objects.Kind("", "Service") {
		if o.Namespace != cluster.Controller.DataPlaneNamespace {
			continue
		}
		selector := o.Texts("spec.selector")
		switch {
		case selects(selector, pods):
			out.certain = append(out.certain, installed(cluster.Cloud, o))
		case sharesLabels(selector, pods):
			out.possible = append(out.possible, installed(cluster.Cloud, o))
		default:
			continue
		}
		names = append(names, o.Name)
	}
	for _, o := range targetGroups(objects) {
		if o.Namespace == cluster.Controller.DataPlaneNamespace && slices.Contains(names, o.Text("spec.serviceRef.name")) {
			out.bound = append(out.bound, gatewayapi.Nearest(o, "spec.serviceRef"))
		}
	}
	return out
}

// proxyLabels are the labels that the fleet names, and those that pods in Git have beside them.
func proxyLabels(cluster controller.Cluster, objects *object.Set) posture.Labels {
	out := posture.Labels(maps.Clone(cluster.Controller.DataPlanePods))
	for _, p := range workloads(objects) {
		if p.object.Namespace == cluster.Controller.DataPlaneNamespace && selects(cluster.Controller.DataPlanePods, p.labels) {
			for name, value := range p.labels {
				if _, known := out[name]; !known {
					out[name] = value
				}
			}
		}
	}
	return out
}

// sharesLabels reports whether a selector has labels of the proxies, none that is another's, and some that nobody tells of.
func sharesLabels(selector, pods posture.Labels) bool {
	common := false
	for name, value := range selector {
		have, known := pods[name]
		if known && have != value {
			return false
		}
		common = common || known
	}
	return common
}

// Apply makes an entry what the weakest of the ways to the proxies makes of it. Services of type ClusterIP open nothing beside others: pods
// reach the proxies' addresses without them. Where nothing is in Git the entry is left as it is.
func (f InFront) Apply(e *posture.Entry) {
	ways := outward(f.certain)
	if len(ways) == 0 && len(f.certain) > 0 {
		ways = f.certain[:1]
	}
	before := *e
	for i, b := range ways {
		one := before
		b.Apply(&one)
		if i == 0 {
			*e = one
		} else {
			join(e, one)
		}
	}
	for _, b := range outward(f.possible) {
		one := before
		b.Apply(&one)
		join(e, one)
	}
	for _, at := range f.bound {
		one := before
		one.Scheme = unheld(posture.SchemeUnknown, at, "the proxies are in a target group of a load balancer that is not in Git")
		join(e, one)
	}
}

// outward are those that are reached from outside the cluster.
func outward(all []LoadBalancer) []LoadBalancer {
	return slices.DeleteFunc(slices.Clone(all), func(b LoadBalancer) bool { return b.Type == "ClusterIP" && !b.ExternalIPs })
}

// join leaves of each setting that a Service decides the weaker one.
func join(e *posture.Entry, other posture.Entry) {
	e.Scheme = weaker(e.Scheme, other.Scheme, posture.CompareScheme)
	e.MinTLS = weaker(e.MinTLS, other.MinTLS, posture.CompareVersion)
	e.ClientAuth = weaker(e.ClientAuth, other.ClientAuth, posture.CompareClientAuth)
	e.Identities = weaker(e.Identities, other.Identities, func(a, b posture.Identities) posture.Order {
		return posture.CompareSets(a.Everybody, a.Keys(), b.Everybody, b.Keys())
	})
	if other.TLS.Enforcer == posture.ByNetwork {
		e.TLS = other.TLS
	}
	if e.Probe.Value == "" {
		e.Probe = other.Probe
	}
	a, b := e.SourceCIDRs, other.SourceCIDRs
	if posture.CompareSets(a.Value.Everybody, a.Value.CIDRs, b.Value.Everybody, b.Value.CIDRs) == posture.Exchanged {
		b.Value.CIDRs = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.Value.CIDRs, b.Value.CIDRs))))
		b.Value.Trusted = a.Value.Trusted && b.Value.Trusted
	}
	e.SourceCIDRs = weaker(a, b, func(a, b posture.SourceCIDRs) posture.Order {
		return posture.CompareSets(a.Everybody, a.CIDRs, b.Everybody, b.CIDRs)
	})
}

func weaker[T any](a, b posture.Setting[T], compare func(T, T) posture.Order) posture.Setting[T] {
	if compare(a.Value, b.Value) == posture.Weaker {
		return b
	}
	return a
}

// installed is what the cloud makes of a Service.
func installed(cloud string, o *object.Object) LoadBalancer {
	out := LoadBalancer{
		Cloud: cloud, Type: o.Text("spec.type"), Class: o.Text("spec.loadBalancerClass"), TrafficPolicy: o.Text("spec.externalTrafficPolicy"),
		ExternalIPs: o.Get("spec.externalIPs") != nil, Annotations: map[string]Annotation{},
		By: gatewayapi.Nearest(o, "spec.type"), ClassBy: gatewayapi.Nearest(o, "spec.loadBalancerClass"), SourceRangesBy: gatewayapi.Nearest(o, "spec.loadBalancerSourceRanges"),
	}
	if out.Type == "" {
		out.Type = "ClusterIP"
	}
	for name, value := range o.Annotations {
		out.Annotations[name] = Annotation{Value: value, By: gatewayapi.RefOf(o, object.Key("metadata.annotations", name))}
	}
	ranges, _ := o.Get("spec.loadBalancerSourceRanges").([]any)
	for i := range ranges {
		out.SourceRanges = append(out.SourceRanges, o.Text(object.Item("spec.loadBalancerSourceRanges", i)))
	}
	out.ports = servicePorts(o)
	return out
}
