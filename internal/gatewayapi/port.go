package gatewayapi

import (
	"fmt"
	"strconv"

	"github.com/gatespan/gatespan/internal/object"
)

// PortName is the name of a Service's port, which is what a policy's sectionName means. Where the Service is not in Git, the fleet
// may say it; "" when nobody does, and then no policy that names a port counts.
func (w *World) PortName(namespace, service string, port int) string {
	if o := w.Objects.Find("", "Service", namespace, service); o != nil {
		for _, at := range ports(o) {
			if fmt.Sprint(o.Get(at+".port")) == strconv.Itoa(port) {
				return o.Text(at + ".name")
			}
		}
		return ""
	}
	for _, p := range w.Cluster.ServicePorts {
		if p.Namespace == namespace && p.Service == service && p.Port == port {
			return p.Name
		}
	}
	return ""
}

// PortNumber is the number of a Service's named port, from the Service in Git or else from the fleet.
func (w *World) PortNumber(namespace, service, name string) (port int, found bool) {
	if o := w.Objects.Find("", "Service", namespace, service); o != nil {
		for _, at := range ports(o) {
			if o.Text(at+".name") == name {
				n, err := strconv.Atoi(fmt.Sprint(o.Get(at + ".port")))
				return n, err == nil
			}
		}
		return 0, false
	}
	for _, p := range w.Cluster.ServicePorts {
		if p.Namespace == namespace && p.Service == service && p.Name == name {
			return p.Port, true
		}
	}
	return 0, false
}

// ports are the field paths of a Service's ports.
func ports(service *object.Object) []string {
	list, _ := service.Get("spec.ports").([]any)
	out := make([]string, len(list))
	for i := range list {
		out[i] = object.Item("spec.ports", i)
	}
	return out
}
