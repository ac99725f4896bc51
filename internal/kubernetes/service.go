package kubernetes

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// services are all Services with what is behind them and who may reach it.
func services(objects *object.Set, pods []workload) []posture.Service {
	var out []posture.Service
	for _, o := range objects.Kind("", "Service") {
		s := posture.Service{
			Subject: gatewayapi.SubjectOf(o), Ref: gatewayapi.RefOf(o, ""),
			Type: cmp.Or(o.Text("spec.type"), "ClusterIP"), Selector: o.Texts("spec.selector"), Ports: map[string]int{},
		}
		list, _ := o.Get("spec.ports").([]any)
		for i := range list {
			at := object.Item("spec.ports", i)
			port := number(o, at+".port")
			s.Ports[cmp.Or(o.Text(at+".name"), strconv.Itoa(port))] = port
		}
		s.Network, s.Reach = network(objects, o, s.Selector, pods)
		out = append(out, s)
	}
	return out
}

// network is who may reach the pods behind a Service on any of its ports, and on each. The labels of the pods are those of the workloads
// in Git that it selects; without any, the selector is all that is known of them.
func network(objects *object.Set, service *object.Object, selector posture.Labels, pods []workload) (posture.Setting[posture.Peers], map[string]posture.Setting[posture.Peers]) {
	if len(selector) == 0 {
		return posture.Setting[posture.Peers]{
			Value: posture.Peers{Everybody: true}, Enforcer: posture.ByNobody, By: gatewayapi.Nearest(service, "spec.selector"),
			Why: "the Service selects no pods, so what is behind it is not known",
		}, nil
	}
	behind := []workload{}
	for _, p := range pods {
		if p.object.Namespace == service.Namespace && selects(selector, p.labels) {
			behind = append(behind, p)
		}
	}
	partial := len(behind) == 0
	if partial {
		behind = append(behind, workload{service, "", selector})
	}
	settings := map[int][]posture.Setting[posture.Peers]{}
	for _, p := range behind {
		for port, targets := range targetPorts(service, p) {
			for _, target := range targets {
				settings[port] = append(settings[port], IngressPeers(objects, service.Namespace, p.labels, partial, target))
			}
		}
	}
	var all []posture.Setting[posture.Peers]
	reach := map[string]posture.Setting[posture.Peers]{}
	for _, port := range slices.Sorted(maps.Keys(settings)) {
		out := union(settings[port])
		if out.By.Name == "" {
			out.By = gatewayapi.Nearest(service, "spec.selector")
		}
		all, reach[strconv.Itoa(port)] = append(all, out), out
	}
	return union(all), reach
}

// targetPorts are the pods' ports behind each of a Service's ports, which may be there once for each protocol; 0, which stands for every
// port, where a name is not known.
func targetPorts(service *object.Object, pod workload) map[int][]int {
	named := map[string]int{}
	if pod.field != "" {
		named, _ = pod.ports()
	}
	out := map[int][]int{}
	list, _ := service.Get("spec.ports").([]any)
	for i := range list {
		at := object.Item("spec.ports", i)
		port := number(service, at+".port")
		switch name := service.Text(at + ".targetPort"); {
		case name != "":
			out[port] = append(out[port], named[name])
		default:
			out[port] = append(out[port], cmp.Or(number(service, at+".targetPort"), port))
		}
	}
	if len(out) == 0 {
		out[0] = []int{0}
	}
	return out
}

// union is who may reach something in one of several ways: everybody as soon as one way lets everybody.
func union(settings []posture.Setting[posture.Peers]) posture.Setting[posture.Peers] {
	out := settings[0]
	for _, s := range settings[1:] {
		switch {
		case out.Value.Everybody:
		case s.Value.Everybody:
			out = s
		default:
			out.Value.Admitted = append(slices.Clone(out.Value.Admitted), s.Value.Admitted...)
		}
	}
	slices.Sort(out.Value.Admitted)
	out.Value.Admitted = slices.Compact(out.Value.Admitted)
	return out
}
