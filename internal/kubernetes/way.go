package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// ways are all ways to pods and Services that core Kubernetes opens beside a gateway.
func ways(objects *object.Set, pods []workload) []posture.Way {
	var out []posture.Way
	for _, o := range objects.Kind("", "Service") {
		out = append(out, serviceWays(objects, o)...)
	}
	for _, p := range pods {
		out = append(out, podWays(p)...)
	}
	for _, group := range []string{"extensions", "networking.k8s.io"} {
		for _, o := range objects.Kind(group, "Ingress") {
			out = append(out, ingressWays(objects, o)...)
		}
	}
	for _, o := range objects.Kind("discovery.k8s.io", "EndpointSlice") {
		out = append(out, endpoints(objects, o, o.Labels["kubernetes.io/service-name"], "endpoints"))
	}
	for _, o := range objects.Kind("", "Endpoints") {
		out = append(out, endpoints(objects, o, o.Name, "subsets"))
	}
	for _, o := range targetGroups(objects) {
		w := way(o, "load-balancer", "spec.serviceRef", "an AWS target group sends to it")
		out = append(out, reaching(objects, w, o.Namespace, o.Text("spec.serviceRef.name")))
	}
	return out
}

// targetGroups register a Service's pods, or its node ports, in a target group of a load balancer that is not in Git, whatever that does
// with TLS. The second group is that of EKS Auto Mode.
//
// Source: AWS Load Balancer Controller, docs/guide/targetgroupbinding/targetgroupbinding.md; Amazon EKS user guide, auto-elb-example.
func targetGroups(objects *object.Set) []*object.Object {
	return slices.Concat(objects.Kind("elbv2.k8s.aws", "TargetGroupBinding"), objects.Kind("eks.amazonaws.com", "TargetGroupBinding"))
}

func way(o *object.Object, via, field, why string) posture.Way {
	return posture.Way{Subject: gatewayapi.SubjectOf(o), Via: via, By: gatewayapi.Nearest(o, field), Why: why}
}

// reaching says which Service a way leads to, and which pods that selects.
func reaching(objects *object.Set, w posture.Way, namespace, name string) posture.Way {
	w.Service = posture.Subject{Kind: "Service", Namespace: namespace, Name: name}
	if s := objects.Find("", "Service", namespace, name); s != nil {
		w.Selector = s.Texts("spec.selector")
	}
	return w
}

func serviceWays(objects *object.Set, o *object.Object) []posture.Way {
	var out []posture.Way
	switch kind := o.Text("spec.type"); kind {
	case "LoadBalancer":
		out = append(out, way(o, "load-balancer", "spec.type", "type is LoadBalancer"))
	case "NodePort":
		out = append(out, way(o, "node-port", "spec.type", "type is NodePort"))
	case "ExternalName":
		host := o.Text("spec.externalName")
		if name, namespace, inside := clusterService(host); inside {
			w := way(o, "external-name", "spec.externalName", "externalName is "+host)
			return []posture.Way{reaching(objects, w, namespace, name)}
		}
		return nil
	}
	if list, _ := o.Get("spec.externalIPs").([]any); len(list) > 0 {
		out = append(out, way(o, "external-ip", "spec.externalIPs", "externalIPs is set"))
	}
	for i := range out {
		out[i] = reaching(objects, out[i], o.Namespace, o.Name)
	}
	return out
}

// clusterService splits the DNS name of a Service of the cluster, name.namespace.svc.<cluster domain>.
func clusterService(host string) (name, namespace string, ok bool) {
	parts := strings.Split(strings.TrimSuffix(strings.ToLower(host), "."), ".")
	if len(parts) < 3 || parts[2] != "svc" {
		return "", "", false
	}
	return parts[0], parts[1], true
}

func podWays(p workload) []posture.Way {
	var out []posture.Way
	if p.object.Get(p.field+".hostNetwork") == true {
		w := way(p.object, "host-network", p.field+".hostNetwork", "the pods use the network of the node")
		w.Pods = p.labels
		out = append(out, w)
	}
	_, host := p.ports()
	for _, field := range host {
		w := way(p.object, "host-port", field, fmt.Sprintf("port %d is open on the node", number(p.object, field)))
		w.Pods = p.labels
		out = append(out, w)
	}
	return out
}

// ingressWays are the backends of an Ingress, of networking.k8s.io/v1 and of the versions before it.
func ingressWays(objects *object.Set, o *object.Object) []posture.Way {
	var out []posture.Way
	add := func(field string) {
		name := cmp.Or(o.Text(field+".service.name"), o.Text(field+".serviceName"))
		if name != "" {
			out = append(out, reaching(objects, way(o, "ingress", field, "the Ingress sends to it"), o.Namespace, name))
		}
	}
	add("spec.defaultBackend")
	add("spec.backend")
	rules, _ := o.Get("spec.rules").([]any)
	for i := range rules {
		at := object.Item("spec.rules", i) + ".http.paths"
		paths, _ := o.Get(at).([]any)
		for j := range paths {
			add(object.Item(at, j) + ".backend")
		}
	}
	return out
}

// endpoints is what addresses written by hand open: whoever calls the Service is sent to them, whichever pods or hosts they are
// (CVE-2021-25740).
func endpoints(objects *object.Set, o *object.Object, service, field string) posture.Way {
	return reaching(objects, way(o, "endpoints", field, "the addresses behind the Service are written by hand"), o.Namespace, service)
}
