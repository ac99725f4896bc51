package kubernetes

import (
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// workload is a Pod or the pod template of a workload of any kind.
type workload struct {
	object *object.Object
	field  string // of the pod's spec
	labels posture.Labels
}

// templates are where workload kinds keep their pod template: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, Argo's Rollout and
// most others in spec.template, CronJob in spec.jobTemplate.
var templates = []string{"spec.template", "spec.jobTemplate.spec.template"}

func workloads(objects *object.Set) []workload {
	var out []workload
	for _, o := range objects.All() {
		if o.Group() == "" && o.Kind == "Pod" {
			out = append(out, workload{o, "spec", o.Labels})
			continue
		}
		for _, at := range templates {
			if _, ok := o.Get(at + ".spec.containers").([]any); ok {
				out = append(out, workload{o, at + ".spec", o.Texts(at + ".metadata.labels")})
			}
		}
	}
	return out
}

// ports are the containers' ports by name, and the fields of those that are open on the node.
func (p workload) ports() (named map[string]int, host []string) {
	named = map[string]int{}
	for _, list := range []string{"containers", "initContainers"} {
		containers, _ := p.object.Get(p.field + "." + list).([]any)
		for i := range containers {
			at := object.Item(p.field+"."+list, i) + ".ports"
			ports, _ := p.object.Get(at).([]any)
			for j := range ports {
				port := object.Item(at, j)
				if name := p.object.Text(port + ".name"); name != "" {
					named[name] = number(p.object, port+".containerPort")
				}
				if number(p.object, port+".hostPort") != 0 {
					host = append(host, port+".hostPort")
				}
			}
		}
	}
	return named, host
}

// selects reports whether a Service's selector selects pods with these labels; an empty one selects none.
func selects(selector, labels posture.Labels) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

// number is an integer at a field path, or 0.
func number(o *object.Object, field string) int {
	switch v := o.Get(field).(type) {
	case int64:
		return int(v)
	case float64:
		return int(v)
	case int:
		return v
	default:
		return 0
	}
}
