package kubernetes

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// NameMisfits tells why the pods of a Service admit everybody where no NetworkPolicy selects them, and one of their namespace selects
// nothing that is known: it is the one at fault. Services are all that are known, also those that are not in Git.
func NameMisfits(objects *object.Set, services []posture.Service) {
	var pods []workload
	for i := range services {
		s := &services[i]
		if !s.Network.Value.Everybody || s.Network.By.Kind == "NetworkPolicy" || len(s.Selector) == 0 {
			continue
		}
		if pods == nil {
			pods = workloads(objects)
		}
		misfit := misfit(objects, s.Subject.Namespace, services, pods)
		if misfit == nil {
			continue
		}
		name := func(setting *posture.Setting[posture.Peers]) {
			setting.By = gatewayapi.RefOf(misfit, "spec.podSelector")
			setting.Why = fmt.Sprintf("no NetworkPolicy selects the pods for ingress, and %s selects none that is known", misfit.Name)
		}
		name(&s.Network)
		for port, setting := range s.Reach {
			if setting.Value.Everybody && setting.By.Kind != "NetworkPolicy" {
				name(&setting)
				s.Reach[port] = setting
			}
		}
	}
}

// misfit is the first NetworkPolicy for ingress of a namespace that selects neither pods in Git nor those of a Service.
func misfit(objects *object.Set, namespace string, services []posture.Service, pods []workload) *object.Object {
	for _, o := range objects.Kind("networking.k8s.io", "NetworkPolicy") {
		var policy networkingv1.NetworkPolicy
		if o.Namespace != namespace {
			continue
		}
		if _, err := o.Decode(&policy); err != nil || !ingress(policy.Spec) {
			continue
		}
		selects := func(labels posture.Labels) bool { return gatewayapi.Selects(&policy.Spec.PodSelector, labels) }
		if !slices.ContainsFunc(services, func(s posture.Service) bool { return s.Subject.Namespace == namespace && selects(s.Selector) }) &&
			!slices.ContainsFunc(pods, func(p workload) bool { return p.object.Namespace == namespace && selects(p.labels) }) {
			return o
		}
	}
	return nil
}
