package kubernetes

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
)

// InFront is the Service in front of proxies that are deployed beside their controller, where it is in Git: it selects the pods that the
// fleet names. Neither HAProxy's controller nor Traefik sets anything of it but ports.
func InFront(cluster controller.Cluster, objects *object.Set) (LoadBalancer, bool) {
	for _, o := range objects.Kind("", "Service") {
		if o.Namespace == cluster.Controller.DataPlaneNamespace && inFront(cluster, o) {
			return installed(cluster.Cloud, o), true
		}
	}
	return LoadBalancer{}, false
}

func inFront(cluster controller.Cluster, service *object.Object) bool {
	selector := service.Texts("spec.selector")
	for name, value := range selector {
		if cluster.Controller.DataPlanePods[name] != value {
			return false
		}
	}
	return len(selector) > 0
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
	return out
}
