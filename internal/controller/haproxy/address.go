package haproxy

import (
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// address fills in where a listener can be reached from, by the Service of the installation where it is in Git. The controller sets that
// Service's ports and nothing else (k8s/gate/hugservice/hugservice.go).
func (r *reader) address(e *posture.Entry) {
	e.Scheme.Why = "the Service of the installation is not in Git"
	for _, o := range r.Objects.Kind("", "Service") {
		if o.Namespace != r.Cluster.Controller.DataPlaneNamespace || !r.inFront(o) {
			continue
		}
		loadBalancer(r.Cluster.Cloud, o).Apply(e)
		return
	}
}

// inFront: the Service selects the proxies, whose labels the fleet names.
func (r *reader) inFront(service *object.Object) bool {
	selector := service.Texts("spec.selector")
	for name, value := range selector {
		if r.Cluster.Controller.DataPlanePods[name] != value {
			return false
		}
	}
	return len(selector) > 0
}

// loadBalancer is what the cloud makes of a Service.
func loadBalancer(cloud string, o *object.Object) kubernetes.LoadBalancer {
	out := kubernetes.LoadBalancer{
		Cloud: cloud, Type: o.Text("spec.type"), Class: o.Text("spec.loadBalancerClass"), TrafficPolicy: o.Text("spec.externalTrafficPolicy"),
		ExternalIPs: o.Get("spec.externalIPs") != nil, Annotations: map[string]kubernetes.Annotation{},
		By: gatewayapi.Nearest(o, "spec.type"), ClassBy: gatewayapi.Nearest(o, "spec.loadBalancerClass"), SourceRangesBy: gatewayapi.Nearest(o, "spec.loadBalancerSourceRanges"),
	}
	if out.Type == "" {
		out.Type = "ClusterIP"
	}
	for name, value := range o.Annotations {
		out.Annotations[name] = kubernetes.Annotation{Value: value, By: gatewayapi.RefOf(o, object.Key("metadata.annotations", name))}
	}
	ranges, _ := o.Get("spec.loadBalancerSourceRanges").([]any)
	for i := range ranges {
		out.SourceRanges = append(out.SourceRanges, o.Text(object.Item("spec.loadBalancerSourceRanges", i)))
	}
	return out
}
