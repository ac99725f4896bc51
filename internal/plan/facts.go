package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

// Facts is what the fleet says of one of its clusters, as controllers and rules see it. A cluster that the fleet does not
// declare has its name and the trust domains only.
func Facts(f *fleet.Fleet, cluster string) controller.Cluster {
	facts := controller.Cluster{
		Name:           cluster,
		TrustDomains:   []controller.TrustDomain{},
		TrustStores:    []controller.TrustStore{},
		Provided:       []controller.Provided{},
		PublicGateways: []controller.PublicGateway{},
		Roles:          controller.Roles{InfrastructureProviders: []posture.Subject{}, ClusterOperators: []posture.Subject{}},
	}
	facts.Controller.GatewayClassNames = []string{}
	for _, name := range slices.Sorted(maps.Keys(f.TrustDomains)) {
		facts.TrustDomains = append(facts.TrustDomains, trustDomain(f, name))
	}
	declared, ok := f.Clusters[cluster]
	if !ok {
		return facts
	}
	facts.Cloud = declared.Cloud
	facts.NetworkPolicyEngine = declared.NetworkPolicyEngine
	facts.GatewayAPI.Version = declared.GatewayAPI.Version
	facts.GatewayAPI.Channel = declared.GatewayAPI.Channel

	c := declared.Controller
	facts.Controller.Name = c.Name
	facts.Controller.Distribution = c.Distribution
	facts.Controller.Version = c.Version
	facts.Controller.GatewayClassName = c.GatewayClassName
	for _, g := range declared.Gateways {
		if g.ClassName != "" {
			facts.Controller.GatewayClassNames = append(facts.Controller.GatewayClassNames, g.ClassName)
		}
	}
	slices.Sort(facts.Controller.GatewayClassNames)
	facts.Controller.GatewayClassNames = slices.Compact(facts.Controller.GatewayClassNames)
	facts.Controller.DataPlaneNamespace = c.DataPlaneNamespace
	facts.Controller.DataPlanePods = maps.Clone(c.DataPlanePods)
	facts.Controller.MeshTrustDomain = c.MeshTrustDomain
	if c.MeshConfig != nil && c.MeshConfig.MinProtocolVersion == "TLSV1_3" {
		facts.Controller.MinTLS = "1.3"
		facts.Controller.Evidence = c.MeshConfig.Evidence
	}
	for _, p := range declared.Provided {
		facts.Provided = append(facts.Provided, controller.Provided(p))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Exposures)) {
		x := f.Exposures[name]
		if _, serves := x.Providers[cluster]; serves {
			services := slices.Sorted(maps.Keys(x.Service.Weights)) // all of them have the same port
			if len(services) == 0 {
				services = []string{x.Service.Name}
			}
			for _, service := range services {
				facts.ServicePorts = append(facts.ServicePorts, controller.ServicePort{
					Namespace: x.Service.Namespace, Service: service, Port: x.Service.Port, Name: x.Service.PortName,
				})
			}
		}
	}
	stores := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(declared.Gateways)) {
		if g := declared.Gateways[name]; g.TrustStore != "" && !stores[g.TrustStore] {
			stores[g.TrustStore] = true
			facts.TrustStores = append(facts.TrustStores, controller.TrustStore{ARN: g.TrustStore, TrustDomain: g.TrustDomain})
		}
	}
	slices.SortFunc(facts.TrustStores, func(a, b controller.TrustStore) int { return cmp.Compare(a.ARN, b.ARN) })
	for _, p := range declared.PublicGateways {
		facts.PublicGateways = append(facts.PublicGateways, controller.PublicGateway(p))
	}
	facts.Roles.InfrastructureProviders = subjects(declared.Roles.InfrastructureProviders)
	facts.Roles.ClusterOperators = subjects(declared.Roles.ClusterOperators)
	return facts
}

func subjects(declared []fleet.RBACSubject) []posture.Subject {
	out := []posture.Subject{}
	for _, s := range declared {
		out = append(out, posture.Subject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name})
	}
	return out
}

func trustDomain(f *fleet.Fleet, name string) controller.TrustDomain {
	td, ok := f.TrustDomains[name]
	if !ok {
		return controller.TrustDomain{Name: name}
	}
	return controller.TrustDomain{
		Name: name, SPIFFE: td.SPIFFE, ConfigMap: td.Bundle.ConfigMap, SHA256: slices.Sorted(slices.Values(td.Bundle.SHA256)), PEM: td.Bundle.PEM,
		Distributed: td.Bundle.Distribution == "trust-manager",
	}
}
