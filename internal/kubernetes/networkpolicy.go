package kubernetes

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// IngressPeers is who may reach pods with these labels on a port (0: on any port): the union over all NetworkPolicies that select the
// pods and concern ingress, as Kubernetes adds them up. Everybody when none does, or when one admits all. By is zero when no policy
// decides. A policy of another engine that may admit somebody counts as one that admits all.
//
// Partial says that the pods may have other labels too, as where only a Service's selector is known. A policy that may select them by
// such a label protects nothing, because it may not, and admits whom it names, because it may.
func IngressPeers(objects *object.Set, namespace string, podLabels map[string]string, partial bool, port int) posture.Setting[posture.Peers] {
	out := posture.Setting[posture.Peers]{
		Value: posture.Peers{Everybody: true, Admitted: []string{}}, Enforcer: posture.ByNobody, Why: "no NetworkPolicy selects the pods for ingress",
	}
	for _, o := range objects.Kind("networking.k8s.io", "NetworkPolicy") {
		if o.Namespace != namespace || contradicts(o, podLabels, partial) {
			continue
		}
		var policy networkingv1.NetworkPolicy
		if _, err := o.Decode(&policy); err != nil {
			continue
		}
		surely, maybe := selected(policy.Spec.PodSelector, podLabels, partial)
		if surely && len(policy.Spec.Ingress) > 0 && !ingress(policy.Spec) && out.By.Kind == "" {
			out.By, out.Why = gatewayapi.RefOf(o, "spec.policyTypes"), "policyTypes has no Ingress, so that its rules for ingress are ignored"
		}
		if !maybe || !ingress(policy.Spec) {
			continue
		}
		if surely && out.Enforcer == posture.ByNobody {
			out.Value.Everybody, out.Enforcer = false, posture.ByNetwork
			out.By, out.Why = gatewayapi.RefOf(o, "spec.podSelector"), "NetworkPolicies select the pods"
		}
		for i, rule := range policy.Spec.Ingress {
			ports, open := admits(rule.Ports, port)
			if !open {
				continue
			}
			at := object.Item("spec.ingress", i)
			if len(rule.From) == 0 {
				return everybody(o, at, "the rule names no peer")
			}
			for j, peer := range rule.From {
				text, all := admitted(peer, namespace)
				if all {
					return everybody(o, object.Item(at+".from", j), "the peer is everybody")
				}
				out.Value.Admitted = append(out.Value.Admitted, text+ports)
			}
		}
	}
	if out.Value.Everybody {
		out.Value.Admitted = []string{} // named only by policies that may not be the pods' own
	}
	if other, open := opened(objects, namespace, podLabels); open && !out.Value.Everybody {
		return other
	}
	slices.Sort(out.Value.Admitted)
	out.Value.Admitted = slices.Compact(out.Value.Admitted)
	return out
}

// contradicts tells without decoding that a policy asks for a label that the pods do not have: a namespace of many Services has a policy
// for each.
func contradicts(policy *object.Object, podLabels map[string]string, partial bool) bool {
	for name, value := range policy.Texts("spec.podSelector.matchLabels") {
		if have, known := podLabels[name]; have != value && (known || !partial) {
			return true
		}
	}
	return false
}

// selected tells whether a selector selects pods surely, and whether it may: labels that are not known may be there where the known ones
// are a part of all.
func selected(selector metav1.LabelSelector, podLabels map[string]string, partial bool) (surely, maybe bool) {
	if !partial {
		selects := gatewayapi.Selects(&selector, podLabels)
		return selects, selects
	}
	known := metav1.LabelSelector{MatchLabels: map[string]string{}}
	surely = true
	for name, value := range selector.MatchLabels {
		if _, ok := podLabels[name]; ok {
			known.MatchLabels[name] = value
		} else {
			surely = false
		}
	}
	for _, e := range selector.MatchExpressions {
		if _, ok := podLabels[e.Key]; ok {
			known.MatchExpressions = append(known.MatchExpressions, e)
		} else {
			surely = false
		}
	}
	maybe = gatewayapi.Selects(&known, podLabels)
	return surely && maybe, maybe
}

func everybody(o *object.Object, field, why string) posture.Setting[posture.Peers] {
	return posture.Setting[posture.Peers]{
		Value: posture.Peers{Everybody: true, Admitted: []string{}}, Enforcer: posture.ByNobody, By: gatewayapi.RefOf(o, field), Why: why,
	}
}

// ingress reports whether a policy concerns ingress, which it does unless policyTypes says otherwise.
func ingress(spec networkingv1.NetworkPolicySpec) bool {
	return len(spec.PolicyTypes) == 0 || slices.Contains(spec.PolicyTypes, networkingv1.PolicyTypeIngress)
}

// admits reports whether the ports of a rule hold a port, and writes them down. A named port may be any.
func admits(ports []networkingv1.NetworkPolicyPort, port int) (text string, open bool) {
	var parts []string
	for _, p := range ports {
		protocol := "TCP"
		if p.Protocol != nil {
			protocol = string(*p.Protocol)
		}
		part := protocol
		matches := protocol == "TCP" || port == 0
		if p.Port != nil {
			part += ":" + p.Port.String()
			if p.EndPort != nil {
				part += fmt.Sprintf("-%d", *p.EndPort)
			}
			matches = matches && (port == 0 || p.Port.Type == intstr.String || within(port, p.Port.IntValue(), p.EndPort))
		}
		open = open || matches
		parts = append(parts, part)
	}
	slices.Sort(parts)
	return " ports{" + strings.Join(parts, ",") + "}", open || len(ports) == 0
}

func within(port, first int, end *int32) bool {
	last := first
	if end != nil {
		last = int(*end)
	}
	return first <= port && port <= last
}

// admitted writes one peer down, and reports whether it is everybody: all addresses, or all pods of (nearly) all namespaces.
func admitted(peer networkingv1.NetworkPolicyPeer, namespace string) (text string, all bool) {
	if peer.IPBlock != nil {
		text = "cidr{" + peer.IPBlock.CIDR
		for _, except := range slices.Sorted(slices.Values(peer.IPBlock.Except)) {
			text += " except " + except
		}
		prefix, err := netip.ParsePrefix(peer.IPBlock.CIDR)
		return text + "}", err != nil || wide(prefix)
	}
	namespaces := "namespaces{kubernetes.io/metadata.name=" + namespace + "}"
	if peer.NamespaceSelector != nil {
		namespaces = "namespaces{" + gatewayapi.SelectorText(peer.NamespaceSelector) + "}"
	}
	pods := peer.PodSelector == nil || gatewayapi.NearlyAll(peer.PodSelector)
	return namespaces + " pods{" + gatewayapi.SelectorText(peer.PodSelector) + "}", pods && gatewayapi.NearlyAll(peer.NamespaceSelector)
}

// wide reports whether a block holds so many addresses that it is no restriction: more than half of IPv4 in a handful of blocks, or the
// same share of IPv6's. Private ranges are narrower: 10.0.0.0/8, fc00::/7.
func wide(prefix netip.Prefix) bool {
	if prefix.Addr().Is4() {
		return prefix.Bits() < 8
	}
	return prefix.Bits() < 7
}
