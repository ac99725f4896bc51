package fleet

import (
	"maps"
	"reflect"
	"strings"
)

// gateways checks what exposures share on a gateway: a hostname belongs to one of them.
func (c *checker) gateways() {
	type hostOn struct{ cluster, gateway, hostname string }
	hosts := map[hostOn]string{}
	for _, name := range sorted(c.fleet.Exposures) {
		x := c.fleet.Exposures[name]
		for _, cluster := range sorted(x.Providers) {
			gateway := x.Providers[cluster].Gateway
			k := hostOn{cluster, gateway, strings.ToLower(x.Hostname)}
			if other, ok := hosts[k]; ok {
				c.at([]string{"exposures", name, "hostname"}, "choose another hostname, or another gateway",
					"%q is also that of exposure %s on gateway %s of cluster %s (%s)", x.Hostname, other, gateway, cluster,
					c.place("exposures", other, "hostname"))
				continue
			}
			hosts[k] = name
		}
	}
}

// services checks exposures of one Service: each has a port of its own, with a name, and they agree on the pods.
func (c *checker) services() {
	type serviceIn struct{ cluster, namespace, name string }
	type portOf struct {
		serviceIn
		port int
	}
	type nameOf struct {
		serviceIn
		port string
	}
	first, ports, names := map[serviceIn]string{}, map[portOf]string{}, map[nameOf]string{}
	for _, name := range sorted(c.fleet.Exposures) {
		x := c.fleet.Exposures[name]
		s := x.Service
		at := func(field string) []string { return []string{"exposures", name, "service", field} }
		for _, cluster := range sorted(x.Providers) {
			in := serviceIn{cluster, s.Namespace, s.Name}
			if other, ok := ports[portOf{in, s.Port}]; ok {
				c.at(at("port"), "make them one exposure with the consumers of both",
					"port %d of Service %s/%s in cluster %s is already exposure %s (%s)", s.Port, s.Namespace, s.Name, cluster, other,
					c.place("exposures", other, "service", "port"))
				continue
			}
			ports[portOf{in, s.Port}] = name
			other, shared := first[in]
			if !shared {
				first[in] = name
				names[nameOf{in, s.PortName}] = name
				continue
			}
			for _, id := range []string{other, name} {
				if c.fleet.Exposures[id].Service.PortName == "" {
					c.at([]string{"exposures", id, "service"}, "add portName to both, with the names of the Service's ports",
						"Service %s/%s in cluster %s has the exposures %s and %s, so each must name its port", s.Namespace, s.Name, cluster, other, name)
				}
			}
			if same, ok := names[nameOf{in, s.PortName}]; ok && s.PortName != "" {
				c.at(at("portName"), "write the name of port "+itoa(s.Port), "%q is already the port of exposure %s (%s)", s.PortName, same,
					c.place("exposures", same, "service", "portName"))
			}
			names[nameOf{in, s.PortName}] = name
			if !maps.Equal(s.Selector, c.fleet.Exposures[other].Service.Selector) {
				c.at(at("selector"), "write the same labels: one Service has one set of pods", "differs from that of exposure %s (%s)", other,
					c.place("exposures", other, "service", "selector"))
			}
		}
	}
}

// consumers checks consumers of one cluster: a name means one workload, and a Service that pods call leads to one place.
func (c *checker) consumers() {
	type consumerIn struct{ cluster, name string }
	type serviceIn struct{ cluster, namespace, service string }
	type place struct{ exposure, consumer string }
	seen, services := map[consumerIn]string{}, map[serviceIn]place{}
	for _, name := range sorted(c.fleet.Exposures) {
		x := c.fleet.Exposures[name]
		for _, id := range sorted(x.Consumers) {
			consumer := x.Consumers[id]
			at := []string{"exposures", name, "consumers", id}
			if other, ok := seen[consumerIn{consumer.Cluster, id}]; ok {
				if field := differ(consumer, c.fleet.Exposures[other].Consumers[id]); field != "" {
					c.at(append(at, field), "write the same in both, or give one of them another name",
						"differs from consumer %s of exposure %s (%s)", id, other, c.place("exposures", other, "consumers", id, field))
				}
			} else {
				seen[consumerIn{consumer.Cluster, id}] = name
			}
			if consumer.Via != "gateway" {
				continue
			}
			k := serviceIn{consumer.Cluster, consumer.Namespace, consumer.ServiceName}
			if other, ok := services[k]; ok {
				c.at(append(at, "serviceName"), "set serviceName to another name",
					"Service %s/%s of cluster %s already leads consumer %s to exposure %s (%s)", k.namespace, k.service, k.cluster, other.consumer,
					other.exposure, c.place("exposures", other.exposure, "consumers", other.consumer))
				continue
			}
			services[k] = place{name, id}
		}
	}
}

// differ names the first field in which two mentions of one consumer differ.
func differ(a, b Consumer) string {
	for _, f := range []struct {
		name string
		a, b any
	}{
		{"namespace", a.Namespace, b.Namespace},
		{"identity", a.Identity, b.Identity},
		{"podSelector", a.PodSelector, b.PodSelector},
		{"serviceAccount", a.ServiceAccount, b.ServiceAccount},
		{"via", a.Via, b.Via},
		{"certificate", a.Certificate, b.Certificate},
		{"developers", a.Developers, b.Developers},
	} {
		if !reflect.DeepEqual(f.a, f.b) {
			return f.name
		}
	}
	return ""
}
