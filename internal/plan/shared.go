package plan

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
)

// shared refuses what exposures cannot share, each with the place of the other one.
func (m *maker) shared() {
	m.sharedHostnames()
	m.sharedServices()
	m.sharedConsumers()
	m.sharedServiceNames()
	m.sharedCertificates()
	m.providersAgree()
	m.claimedTrust()
	for _, name := range slices.Sorted(maps.Keys(m.fleet.Exposures)) {
		m.reserved(name, path("exposures", name))
		for id := range m.fleet.Exposures[name].Consumers {
			m.reserved(id, path("exposures", name, "consumers", id))
		}
	}
	for cluster, c := range m.fleet.Clusters {
		for name := range c.Gateways {
			m.reserved(name, path("clusters", cluster, "gateways", name))
		}
	}
}

// reserved: an overlay's objects are in <name>.yaml, beside kustomization.yaml.
func (m *maker) reserved(name string, at []string) {
	if name == "kustomization" {
		m.at(at, "choose another name", "the name kustomization is kustomize's own file")
	}
}

// sharedHostnames: two listeners of a Gateway with the same port and hostname conflict, and neither is programmed.
func (m *maker) sharedHostnames() {
	type key struct{ cluster, gateway, hostname string }
	first := map[key]string{}
	for _, name := range slices.Sorted(maps.Keys(m.fleet.Exposures)) {
		x := m.fleet.Exposures[name]
		for _, cluster := range slices.Sorted(maps.Keys(x.Providers)) {
			k := key{cluster, x.Providers[cluster].Gateway, x.Hostname}
			if other, taken := first[k]; taken {
				m.at(path("exposures", name, "hostname"), "choose another hostname or another gateway",
					"exposure %s: gateway %s of cluster %s already serves %s for exposure %s (%s)",
					name, k.gateway, cluster, x.Hostname, other, m.place(path("exposures", other, "hostname")))
			} else {
				first[k] = name
			}
		}
	}
}

// sharedServices: one Service port, one exposure per cluster, because the hop to the pods has one policy; and two exposures
// of one Service must mean the same pods.
func (m *maker) sharedServices() {
	type service struct{ cluster, namespace, name string }
	users := map[service][]string{}
	for _, name := range slices.Sorted(maps.Keys(m.fleet.Exposures)) {
		x := m.fleet.Exposures[name]
		for _, cluster := range slices.Sorted(maps.Keys(x.Providers)) {
			k := service{cluster, x.Service.Namespace, x.Service.Name}
			users[k] = append(users[k], name)
		}
	}
	for k, names := range users {
		for i, name := range names {
			mine := m.fleet.Exposures[name].Service
			if len(names) > 1 && mine.PortName == "" {
				m.at(path("exposures", name, "service"), "add exposures."+name+".service.portName, as the Service names the port",
					"exposure %s shares Service %s/%s of cluster %s with exposure %s, so the policies of the hop to the pods must name the port",
					name, k.namespace, k.name, k.cluster, names[(i+1)%len(names)])
			}
			for _, other := range names[:i] {
				theirs := m.fleet.Exposures[other].Service
				where := m.place(path("exposures", other, "service"))
				if mine.Port == theirs.Port || mine.PortName != "" && mine.PortName == theirs.PortName {
					m.at(path("exposures", name, "service", "port"), "add the consumers to exposure "+other+", or expose another port",
						"exposure %s: port %d of Service %s/%s in cluster %s is already exposed by exposure %s (%s)",
						name, mine.Port, k.namespace, k.name, k.cluster, other, where)
				}
				if !maps.Equal(mine.Selector, theirs.Selector) {
					m.at(path("exposures", name, "service", "selector"), "a Service has one selector: write the same in both",
						"exposure %s: the selector of Service %s/%s differs from that in exposure %s (%s)", name, k.namespace, k.name, other, where)
				}
			}
		}
	}
}

// sharedConsumers: the same name in a cluster is the same consumer, so everything that its overlay is made of must agree.
func (m *maker) sharedConsumers() {
	first := map[[2]string]string{}
	for _, u := range m.uses {
		k := [2]string{u.cluster, u.consumer}
		other, again := first[k]
		if !again {
			first[k] = u.exposure
			continue
		}
		a, b := m.fleet.Exposures[other].Consumers[u.consumer], m.fleet.Exposures[u.exposure].Consumers[u.consumer]
		for _, field := range []struct {
			name string
			same bool
		}{
			{"namespace", a.Namespace == b.Namespace},
			{"podSelector", maps.Equal(a.PodSelector.MatchLabels, b.PodSelector.MatchLabels)},
			{"serviceAccount", a.ServiceAccount == b.ServiceAccount},
			{"identity", a.Identity.URI == b.Identity.URI && a.Identity.DNS == b.Identity.DNS},
			{"via", via(a) == via(b)},
			{"certificate", reflect.DeepEqual(a.Certificate, b.Certificate)},
		} {
			if !field.same {
				m.at(path("exposures", u.exposure, "consumers", u.consumer, field.name), "write the same in both, or give one of them another name",
					"consumer %s of cluster %s has another %s in exposure %s (%s): the same name is the same consumer",
					u.consumer, u.cluster, field.name, other, m.place(path("exposures", other, "consumers", u.consumer)))
			}
		}
		mine, theirs := m.trustOf(u.exposure), m.trustOf(other)
		if mine != theirs {
			m.at(path("exposures", u.exposure, "consumers", u.consumer), "give the consumer another name and a certificate for each trust domain",
				"consumer %s has one client certificate, but exposure %s asks for one of trust domain %s, and exposure %s (%s) for one of %s",
				u.consumer, u.exposure, mine, other, m.place(path("exposures", other)), theirs)
		}
	}
}

// trustOf is the trust domain of an exposure's gateways; providersAgree refuses more than one.
func (m *maker) trustOf(exposure string) string {
	x := m.fleet.Exposures[exposure]
	for _, cluster := range slices.Sorted(maps.Keys(x.Providers)) {
		if g, ok := m.fleet.Clusters[cluster].Gateways[x.Providers[cluster].Gateway]; ok {
			return g.TrustDomain
		}
	}
	return ""
}

// sharedServiceNames: what pods call is a Service of their namespace; a name can be taken once.
func (m *maker) sharedServiceNames() {
	type key struct{ cluster, namespace, name string }
	taken := map[key]string{}
	places := map[key][]string{}
	for _, name := range slices.Sorted(maps.Keys(m.fleet.Exposures)) {
		x := m.fleet.Exposures[name]
		for cluster := range x.Providers {
			k := key{cluster, x.Service.Namespace, x.Service.Name}
			taken[k], places[k] = "the Service of exposure "+name, path("exposures", name, "service")
		}
	}
	for _, cluster := range slices.Sorted(maps.Keys(m.clusters)) {
		for _, consumer := range m.clusters[cluster].Consumers {
			if consumer.Via != "gateway" {
				continue
			}
			for _, d := range consumer.Destinations {
				k := key{cluster, consumer.Namespace, d.ServiceName}
				at := path("exposures", d.Exposure, "consumers", consumer.Name)
				if other, ok := taken[k]; ok {
					m.at(at, "set exposures."+d.Exposure+".consumers."+consumer.Name+".serviceName to another name",
						"exposure %s, consumer %s: Service %s/%s of cluster %s is already %s (%s)",
						d.Exposure, consumer.Name, k.namespace, k.name, cluster, other, m.place(places[k]))
					continue
				}
				taken[k], places[k] = "what consumer "+consumer.Name+" calls for exposure "+d.Exposure, at
			}
		}
	}
}

// sharedCertificates: two identities cannot be told apart when they hold the same key.
func (m *maker) sharedCertificates() {
	for _, cluster := range slices.Sorted(maps.Keys(m.clusters)) {
		first := map[string]controller.Consumer{}
		for _, consumer := range m.clusters[cluster].Consumers {
			from := source(consumer.Certificate)
			other, again := first[from]
			if from == "" || !again {
				first[from] = consumer
				continue
			}
			if other.Identity.URI == consumer.Identity.URI && other.Identity.DNS == consumer.Identity.DNS {
				continue
			}
			at := path("exposures", consumer.Destinations[0].Exposure, "consumers", consumer.Name)
			m.at(at, "give one of them a certificate of its own: "+strings.Join(append(slices.Clone(at), "certificate"), "."),
				"consumer %s of cluster %s would hold the certificate of consumer %s (%s), which says another identity: both are %s",
				consumer.Name, cluster, other.Name, m.place(path("exposures", other.Destinations[0].Exposure, "consumers", other.Name)), from)
		}
	}
}

// providersAgree: a caller has one port to call and one CA to pin, whichever cluster answers.
func (m *maker) providersAgree() {
	for _, name := range slices.Sorted(maps.Keys(m.fleet.Exposures)) {
		x := m.fleet.Exposures[name]
		clusters := slices.Sorted(maps.Keys(x.Providers))
		for i, cluster := range clusters {
			a := m.fleet.Clusters[clusters[0]].Gateways[x.Providers[clusters[0]].Gateway]
			b := m.fleet.Clusters[cluster].Gateways[x.Providers[cluster].Gateway]
			if i == 0 || a.TrustDomain == "" || b.TrustDomain == "" {
				continue
			}
			at := path("exposures", name, "providers", cluster)
			if a.TrustDomain != b.TrustDomain {
				m.at(at, "serve it from gateways of one trust domain, or make it two exposures",
					"exposure %s: its gateway in cluster %s is of trust domain %s, that in cluster %s of %s; a consumer has one certificate and pins one CA",
					name, cluster, b.TrustDomain, clusters[0], a.TrustDomain)
			}
			if a.Port != b.Port {
				m.at(at, "use the same port, or make it two exposures",
					"exposure %s: its gateway in cluster %s has port %d, that in cluster %s port %d; consumers call one", name, cluster, b.Port, clusters[0], a.Port)
			}
		}
	}
}

// claimedTrust refuses "the CA signs nobody else" where the fleet itself says that it signs somebody else. Where the gateway
// pins the listener's identities anyway, nothing rests on the claim.
func (m *maker) claimedTrust() {
	type signed struct{ identity, exposure, consumer string }
	byDomain := map[string][]signed{}
	for _, u := range m.uses {
		id := m.fleet.Exposures[u.exposure].Consumers[u.consumer].Identity
		domain := m.trustOf(u.exposure)
		byDomain[domain] = append(byDomain[domain], signed{id.URI + id.DNS, u.exposure, u.consumer})
	}
	for _, u := range m.uses {
		x := m.fleet.Exposures[u.exposure]
		consumer := x.Consumers[u.consumer]
		if enforcedBy(consumer) != "trustDomain" || pinned(x) {
			continue
		}
		for _, other := range byDomain[m.trustOf(u.exposure)] {
			if other.identity == consumer.Identity.URI+consumer.Identity.DNS {
				continue
			}
			if _, admitted := admits(m, u.exposure, other.identity); admitted {
				continue // a consumer of this exposure too
			}
			at := path("exposures", u.exposure, "consumers", u.consumer, "identity", "enforcedBy")
			m.at(at, "say enforcedBy gateway, or give the consumer a trust domain of its own",
				"exposure %s, consumer %s: trust domain %s does not tell it from others, because it also signs consumer %s of exposure %s (%s)",
				u.exposure, u.consumer, m.trustOf(u.exposure), other.consumer, other.exposure, m.place(path("exposures", other.exposure, "consumers", other.consumer)))
			break
		}
	}
}

// admits reports whether an exposure lists an identity.
func admits(m *maker, exposure, identity string) (string, bool) {
	for id, consumer := range m.fleet.Exposures[exposure].Consumers {
		if consumer.Identity.URI+consumer.Identity.DNS == identity {
			return id, true
		}
	}
	return "", false
}

// folders refuses two clusters that would write into each other's overlays.
func (m *maker) folders() {
	var names []string
	for name, c := range m.clusters {
		if len(c.Gateways)+len(c.Exposures)+len(c.Consumers) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, a := range names {
		for _, b := range names[i+1:] {
			if within(m.clusters[a].Folder, m.clusters[b].Folder) || within(m.clusters[b].Folder, m.clusters[a].Folder) {
				m.at(path("clusters", b, "path"), "give each cluster a folder of its own",
					"clusters %s and %s would both be generated in %s", a, b, m.clusters[a].Folder)
			}
		}
	}
}

func within(folder, other string) bool {
	return folder == other || other == "." || strings.HasPrefix(folder, other+"/")
}
