package kubernetes

import (
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// others are policies of network engines that can admit more than NetworkPolicies do: Cilium's add to them, Calico's and the
// administrator's can come before them. What they admit is not modelled.
var others = []struct{ group, kind string }{
	{"cilium.io", "CiliumClusterwideNetworkPolicy"},
	{"cilium.io", "CiliumNetworkPolicy"},
	{"crd.projectcalico.org", "GlobalNetworkPolicy"},
	{"crd.projectcalico.org", "NetworkPolicy"},
	{"policy.networking.k8s.io", "AdminNetworkPolicy"},
	{"policy.networking.k8s.io", "ClusterNetworkPolicy"},
	{"projectcalico.org", "GlobalNetworkPolicy"},
	{"projectcalico.org", "NetworkPolicy"},
}

// opened is the setting of the first policy of another engine that may admit somebody to the pods, if there is one: whom it admits is
// not known, so it is everybody.
func opened(objects *object.Set, namespace string, pods map[string]string) (posture.Setting[posture.Peers], bool) {
	for _, other := range others {
		for _, o := range objects.Kind(other.group, other.kind) {
			if o.Namespace != "" && o.Namespace != namespace {
				continue
			}
			for _, spec := range specs(o) {
				if field := spec + ".ingress"; mayAdmit(o, field) && maySelect(o, spec, namespace, pods) {
					return everybody(o, field, fmt.Sprintf("whom a %s admits is not modelled", o.Kind)), true
				}
			}
		}
	}
	return posture.Setting[posture.Peers]{}, false
}

// specs are the fields that hold rules: spec, and Cilium's list of them.
func specs(o *object.Object) []string {
	out := []string{"spec"}
	list, _ := o.Get("specs").([]any)
	for i := range list {
		out = append(out, object.Item("specs", i))
	}
	return out
}

// mayAdmit reports whether one of the rules admits: those with the action Deny, Log or Pass do not.
func mayAdmit(o *object.Object, field string) bool {
	rules, _ := o.Get(field).([]any)
	for i := range rules {
		switch o.Text(object.Item(field, i) + ".action") {
		case "Deny", "Log", "Pass":
		default:
			return true
		}
	}
	return false
}

// maySelect reports whether nothing that is known of the pods contradicts Cilium's endpointSelector; the selectors of the others are
// not looked at.
func maySelect(o *object.Object, spec, namespace string, pods map[string]string) bool {
	for key, value := range o.Texts(spec + ".endpointSelector.matchLabels") {
		for _, source := range []string{"k8s:", "any:"} {
			key = strings.TrimPrefix(key, source)
		}
		have, known := pods[key]
		if key == "io.kubernetes.pod.namespace" {
			have, known = namespace, true
		}
		if known && have != value {
			return false
		}
	}
	return true
}
