package plan_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
)

// refused is what a fleet is refused with, "" when it is not.
func refused(t *testing.T, f *fleet.Fleet) fleet.Errors {
	t.Helper()
	p, err := plan.Make(f, catalog.ByName)
	if err == nil {
		_, err = p.Write()
	}
	var all fleet.Errors
	if err != nil && !errors.As(err, &all) {
		t.Fatalf("%T: %v", err, err)
	}
	return all
}

func cluster(f *fleet.Fleet, name string, by func(*fleet.Cluster)) { change(f.Clusters, name, by) }

func orders(f *fleet.Fleet, by func(*fleet.Consumer)) {
	x := f.Exposures["relay"]
	x.Consumers = maps.Clone(x.Consumers)
	change(x.Consumers, "orders", by)
	f.Exposures["relay"] = x
}

// twin adds a second exposure that is the first but for what is changed.
func twin(f *fleet.Fleet, by func(*fleet.Exposure)) {
	x := f.Exposures["relay"]
	x.Hostname, x.Service.Name = "twin.example.com", "twin"
	x.Consumers = maps.Clone(x.Consumers)
	change(x.Consumers, "orders", func(c *fleet.Consumer) { c.ServiceName = "twin" })
	by(&x)
	f.Exposures["twin"] = x
}

// inSet puts the listener of an exposure on a ListenerSet.
func inSet(f *fleet.Fleet, exposure, set string) {
	change(f.Exposures, exposure, func(x *fleet.Exposure) {
		x.Providers = maps.Clone(x.Providers)
		change(x.Providers, "eks-prod", func(p *fleet.Provider) { p.ListenerSet = set })
	})
}

func other(f *fleet.Fleet) {
	td := f.TrustDomains["corp"]
	td.SPIFFE, td.Bundle.ConfigMap = "other.example.com", "other-ca"
	f.TrustDomains["other"] = td
	gateways := maps.Clone(f.Clusters["eks-prod"].Gateways)
	gateways["other"] = fleet.Gateway{Namespace: "edge", TrustDomain: "other", Scheme: "internet-facing", Port: 443}
	cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Gateways = gateways })
}

// believed leaves it to pods behind a controller to tell clients apart.
func believed(f *fleet.Fleet, with fleet.Controller) {
	cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller = with })
	orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = "workload" })
}

// onTraefik serves the example from Traefik, for which the CA tells clients apart.
func onTraefik(f *fleet.Fleet) {
	cluster(f, "eks-prod", func(c *fleet.Cluster) {
		c.Controller = fleet.Controller{
			Name: "traefik", Distribution: "upstream", Version: "3.7.13", DataPlaneNamespace: "traefik", DataPlanePods: map[string]string{"app": "traefik"},
		}
	})
	orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = "trustDomain" })
}

// fromTraefik calls the example through an egress gateway of Traefik.
func fromTraefik(f *fleet.Fleet) {
	cluster(f, "aks-prod", func(c *fleet.Cluster) {
		c.Controller = fleet.Controller{
			Name: "traefik", Distribution: "upstream", Version: "3.7.13", DataPlaneNamespace: "traefik", DataPlanePods: map[string]string{"app": "traefik"},
		}
	})
}

// loadBalancers serves the example from load balancers of AWS.
func loadBalancers(f *fleet.Fleet, by func(*fleet.Gateway), enforcedBy, mode string) {
	cluster(f, "eks-prod", func(c *fleet.Cluster) {
		c.Controller = fleet.Controller{Name: "aws-lb", Distribution: "upstream", Version: "3.5.0"}
		c.Certificates = &fleet.Certificates{ACM: "arn:aws:acm:eu-west-1:111122223333:certificate/0"}
		c.Gateways = maps.Clone(c.Gateways)
		change(c.Gateways, "edge", func(g *fleet.Gateway) {
			g.TrustStore, g.SubnetCIDRs = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/corp/0", []string{"10.0.0.0/24"}
			if mode == "Passthrough" {
				g.TrustStore = ""
			}
			by(g)
		})
	})
	orders(f, func(c *fleet.Consumer) { c.Identity.EnforcedBy = enforcedBy })
	change(f.Exposures, "relay", func(x *fleet.Exposure) {
		x.TLS.Mode = mode
		attestation := &fleet.Attestation{By: "the platform", Evidence: "its security groups"}
		if mode == "Passthrough" {
			x.HTTP, x.TLS.Attestation = nil, attestation
			return
		}
		x.Service.Attestation = attestation
	})
}

func copied(object map[string]any) func(*fleet.Fleet) {
	return func(f *fleet.Fleet) {
		change(f.Exposures, "relay", func(x *fleet.Exposure) { x.Objects = []map[string]any{object} })
	}
}

func configMap(name, namespace string, more ...any) map[string]any {
	meta := map[string]any{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	for i := 0; i < len(more); i += 2 {
		meta[more[i].(string)] = more[i+1]
	}
	return map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*fleet.Fleet)
		message, hint string
	}{
		// What a controller cannot do.
		"not modelled": {func(f *fleet.Fleet) { cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Name = "cilium" }) },
			"does not generate for cilium", "gatespan controllers"},
		"DNS identity pinned by Istio": {func(f *fleet.Fleet) {
			*f = *mirrored(t)
			orders(f, func(c *fleet.Consumer) { c.Identity.URI, c.Identity.DNS = "", "orders.example.com" })
		}, "cannot accept only the listed DNS identities (identity.enforcedBy gateway): principals are SPIFFE URIs", "trustDomain"},
		"two gateways of Traefik": {func(f *fleet.Fleet) {
			onTraefik(f)
			other(f)
			twin(f, func(x *fleet.Exposure) { x.Providers = map[string]fleet.Provider{"eks-prod": {Gateway: "other"}} })
		}, "cluster eks-prod has gateways edge and other: the TLSOption named default holds for all listeners", "serve its exposures on gateway edge"},
		"an egress gateway of Traefik beside a gateway": {func(f *fleet.Fleet) {
			onTraefik(f)
			orders(f, func(c *fleet.Consumer) { c.Cluster = "eks-prod" })
		}, "consumer orders needs an egress gateway in cluster eks-prod, which has gateway edge: the TLSOption named default", "say via direct"},
		"two egress gateways of Traefik": {func(f *fleet.Fleet) {
			fromTraefik(f)
			twin(f, func(x *fleet.Exposure) {
				x.Consumers["more"] = x.Consumers["orders"]
				delete(x.Consumers, "orders")
				change(x.Consumers, "more", func(c *fleet.Consumer) {
					c.Namespace, c.Identity.URI = "more", "spiffe://corp.example.com/ns/more/sa/more"
				})
			})
		}, "consumer orders needs an egress gateway in cluster aks-prod, which has the egress gateway of consumer more: the TLSOption named default", "say via direct"},
		"roots for Traefik's calls that nobody writes": {func(f *fleet.Fleet) {
			fromTraefik(f)
			change(f.TrustDomains, "corp", func(td *fleet.TrustDomain) { td.Bundle.PEM = "" })
		}, "the fleet holds no roots of trust domain corp", "bundle.pem"},
		"an egress gateway of Traefik that nothing closes": {func(f *fleet.Fleet) {
			fromTraefik(f)
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.NetworkPolicyEngine = "none" })
		}, "a NetworkPolicy closes the egress gateway, and cluster aks-prod names nothing", "networkPolicyEngine"},
		"bytes alone through Envoy Gateway": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Controller = f.Clusters["eks-prod"].Controller })
			exposureOf(func(x *fleet.Exposure) { x.HTTP, x.TCP = nil, &struct{}{} })(f)
		}, "consumer orders: the egress gateway of Envoy Gateway 1.9.1 in cluster aks-prod would carry bytes and nothing else", "say via direct"},
		"a port of an egress gateway that chooses its own": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Controller.EgressPort = 9443 })
		}, "cluster aks-prod: the ports of Istio's egress gateways are those of each Gateway", "leave egressPort out"},
		"roots for Traefik that nobody writes": {func(f *fleet.Fleet) {
			onTraefik(f)
			change(f.TrustDomains, "corp", func(td *fleet.TrustDomain) { td.Bundle.PEM = "" })
		}, "takes the roots of clients from a Secret", "bundle.pem"},
		"Traefik without its proxies' labels": {func(f *fleet.Fleet) {
			onTraefik(f)
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.DataPlanePods = nil })
		}, "needs controller.dataPlanePods of cluster eks-prod", "add clusters.eks-prod.controller.dataPlanePods"},
		"Traefik with old TLSRoutes": {func(f *fleet.Fleet) {
			onTraefik(f)
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.GatewayAPI.Version = "1.4" })
		}, "it reads TLSRoutes in version v1", "gatewayAPI.version"},
		"egress gateway of the AKS add-on": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Controller.Distribution, c.Controller.Version = "aks-addon", "asm-1-30" })
		}, "Istio asm-1-30 (aks-addon) in cluster aks-prod cannot call out through an egress gateway (via gateway)", "direct"},
		"a provider with application routing of AKS": {func(f *fleet.Fleet) {
			*f = *mirrored(t)
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Distribution, c.Controller.Version = "aks-approuting", "1.30" })
		}, "Istio 1.30 (aks-approuting) in cluster eks-prod cannot require TLS 1.3 of its clients: application routing has no mesh configuration", "the Istio add-on"},
		"an egress gateway with application routing of AKS": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Controller.Distribution, c.Controller.Version = "aks-approuting", "1.30" })
		}, "cannot call out through an egress gateway (via gateway): application routing does not support traffic that leaves the cluster", "direct"},
		"a provider with Application Gateway for Containers": {func(f *fleet.Fleet) {
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller = fleet.Controller{Name: "agc", Version: "1.13"} })
		}, "cannot require TLS 1.3 of its clients: both predefined TLS policies, 2023-06 and 2023-06-S, accept TLS 1.2", "Envoy Gateway or Istio"},
		"an egress gateway of Application Gateway for Containers": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Controller = fleet.Controller{Name: "agc", Version: "1.13"} })
		}, "answer 500 for an ExternalName", "direct"},
		"an identity pinned by a load balancer of AWS": {func(f *fleet.Fleet) { loadBalancers(f, func(*fleet.Gateway) {}, "gateway", "Terminate") },
			"cannot accept only the listed URI identities (identity.enforcedBy gateway): an ALB accepts every certificate of its trust store", "trustDomain"},
		"an identity that pods tell behind a load balancer of AWS": {func(f *fleet.Fleet) { loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Terminate") },
			"pods cannot tell who calls (identity.enforcedBy workload): AWS does not say what an ALB does with X-Amzn-Mtls headers", "Passthrough"},
		"an identity that pods tell behind NGINX": {func(f *fleet.Fleet) { believed(f, fleet.Controller{Name: "nginx", Version: "2.6.7"}) },
			"pods cannot tell who calls (identity.enforcedBy workload): generated routes take away the headers that tell of a certificate, because nginx", "trustDomain"},
		"an identity that pods tell behind Traefik": {func(f *fleet.Fleet) { believed(f, fleet.Controller{Name: "traefik", Version: "3.7.11"}) },
			"pods cannot tell who calls (identity.enforcedBy workload): generated routes take away the headers that tell of a certificate, because Traefik", "trustDomain"},
		"so many proxies of the AKS add-on": {func(f *fleet.Fleet) {
			*f = *mirrored(t)
			cluster(f, "eks-prod", func(c *fleet.Cluster) {
				c.Cloud, c.Controller.Distribution, c.Controller.Version = "aks", "aks-addon", "asm-1-30"
				c.Gateways = maps.Clone(c.Gateways)
				change(c.Gateways, "edge", func(g *fleet.Gateway) { g.Replicas = 3 })
			})
		}, "its HorizontalPodAutoscaler decides how many proxies there are", "istio-gateway-class-defaults"},
		"two key sets of an issuer at Istio": {func(f *fleet.Fleet) {
			*f = *mirrored(t)
			token := func(keys string) func(*fleet.Exposure) {
				return func(x *fleet.Exposure) {
					x.JWT = &fleet.JWT{Issuer: "https://a", Audiences: []string{"a"}, JWKSURI: keys}
				}
			}
			change(f.Exposures, "relay", token("https://a/keys"))
			twin(f, token("https://a/others"))
		}, "issuer https://a has its keys at https://a/others, and in exposure relay", "same jwksURI"},
		"a load balancer of AWS without attestation": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Terminate")
			change(f.Exposures, "relay", func(x *fleet.Exposure) { x.Service.Attestation = nil })
		}, "an ALB opens TLS to the pods and checks nobody's certificate", "service.attestation"},
		"a load balancer of AWS without a trust store": {func(f *fleet.Fleet) {
			loadBalancers(f, func(g *fleet.Gateway) { g.TrustStore = "" }, "workload", "Terminate")
		}, "verifies clients with a trust store of the cloud, and gateway edge names none", "trustStore"},
		"a certificate of another region than the trust store": {func(f *fleet.Fleet) {
			loadBalancers(f, func(g *fleet.Gateway) {
				g.TrustStore = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:truststore/corp/0"
			}, "trustDomain", "Terminate")
		}, "its certificate is in aws eu-west-1 and the trust store of gateway edge in aws eu-central-1", "of the region of cluster eks-prod"},
		"a load balancer of AWS with a Secret": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Terminate")
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Certificates = &fleet.Certificates{Secret: "relay-tls"} })
		}, "ends TLS with a certificate of AWS Certificate Manager only", "acm"},
		"a load balancer of AWS without addresses": {func(f *fleet.Fleet) {
			loadBalancers(f, func(g *fleet.Gateway) { g.SubnetCIDRs = nil }, "workload", "Terminate")
		}, "must admit gateway edge by address, and the fleet says none", "subnetCIDRs"},
		"TCP at a load balancer of AWS": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Terminate")
			change(f.Exposures, "relay", func(x *fleet.Exposure) { x.HTTP, x.TCP = nil, &struct{}{} })
		}, "cannot end TLS and hand the bytes on (tcp)", "Passthrough"},
		"both modes on a load balancer of AWS": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Terminate")
			twin(f, func(x *fleet.Exposure) {
				x.HTTP, x.Service.Attestation, x.TLS.Mode, x.TLS.Attestation = nil, nil, "Passthrough", &fleet.Attestation{By: "a", Evidence: "b"}
			})
		}, "exposure relay has another tls.mode: a load balancer either ends TLS", "gateways of their own"},
		"two that pass through a load balancer of AWS": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Passthrough")
			twin(f, func(*fleet.Exposure) {})
		}, "exposure relay passes TLS through on it already: an NLB does not route by server name", "a gateway of its own"},
		"two kinds of load balancers of AWS by one class": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "trustDomain", "Terminate")
			cluster(f, "eks-prod", func(c *fleet.Cluster) {
				c.Controller.GatewayClassName = "corp-alb"
				g := c.Gateways["edge"]
				g.TrustStore = ""
				c.Gateways["through"] = g
			})
			twin(f, func(x *fleet.Exposure) {
				x.HTTP, x.Service.Attestation, x.TLS.Mode, x.TLS.Attestation = nil, nil, "Passthrough", &fleet.Attestation{By: "a", Evidence: "b"}
				x.Providers = map[string]fleet.Provider{"eks-prod": {Gateway: "through"}}
			})
		}, "gateways edge and through of cluster eks-prod have GatewayClass corp-alb", "gatewayClassName of its own"},
		"two audiences at a load balancer of AWS": {func(f *fleet.Fleet) {
			loadBalancers(f, func(*fleet.Gateway) {}, "workload", "Terminate")
			change(f.Exposures, "relay", func(x *fleet.Exposure) {
				x.JWT = &fleet.JWT{Issuer: "https://a", Audiences: []string{"a", "b"}, JWKSURI: "https://a/k"}
			})
		}, "cannot ask for one of several audiences", "one audience"},
		"an egress gateway of AWS": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) {
				c.Controller = fleet.Controller{Name: "aws-lb", Distribution: "upstream", Version: "3.5.0"}
			})
		}, "cannot call out through an egress gateway (via gateway): its load balancers are ways in", "direct"},
		"distribution": {func(f *fleet.Fleet) {
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Distribution = "aks-addon" })
		}, "does not know Envoy Gateway as aks-addon", "upstream"},
		"too old": {func(f *fleet.Fleet) { cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Version = "1.2" }) },
			"Envoy Gateway 1.2, which is older", "upgrade"},
		"with known vulnerabilities": {func(f *fleet.Fleet) {
			cluster(f, "eks-prod", func(c *fleet.Cluster) {
				c.Controller = fleet.Controller{Name: "nginx", Distribution: "upstream", Version: "2.6.3"}
			})
		}, "NGINX Gateway Fabric 2.6.3, which is older", "upgrade to 2.6.4"},
		"identities of NGINX": {func(f *fleet.Fleet) {
			cluster(f, "eks-prod", func(c *fleet.Cluster) {
				c.Controller = fleet.Controller{Name: "nginx", Distribution: "upstream", Version: "2.6.7"}
			})
		}, "cannot accept only the listed URI identities (identity.enforcedBy gateway): nginx verifies the chain", "trustDomain"},
		"Gateway API too old": {func(f *fleet.Fleet) { cluster(f, "eks-prod", func(c *fleet.Cluster) { c.GatewayAPI.Version = "1.3" }) },
			"no BackendTLSPolicy in version v1", "1.4"},

		// What a write needs.
		"version":     {func(f *fleet.Fleet) { cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Version = "" }) }, "needs controller.version", "add clusters.eks-prod.controller.version"},
		"Gateway API": {func(f *fleet.Fleet) { cluster(f, "aks-prod", func(c *fleet.Cluster) { c.GatewayAPI.Version = "" }) }, "needs gatewayAPI.version", "add clusters.aks-prod.gatewayAPI.version"},
		"class": {func(f *fleet.Fleet) {
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.GatewayClassName = "" })
		}, "needs controller.gatewayClassName", "add clusters.eks-prod.controller.gatewayClassName"},
		"data plane": {func(f *fleet.Fleet) {
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.DataPlaneNamespace = "" })
		}, "needs controller.dataPlaneNamespace", "add clusters.eks-prod.controller.dataPlaneNamespace"},
		"server certificate": {func(f *fleet.Fleet) { cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Certificates = nil }) }, "nothing says how the server certificate of exposure relay", "add clusters.eks-prod.certificates"},
		"client certificate": {func(f *fleet.Fleet) { cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Certificates = nil }) }, "nothing says how the client certificate of consumer orders", "exposures.relay.consumers.orders.certificate"},
		"service account":    {func(f *fleet.Fleet) { orders(f, func(c *fleet.Consumer) { c.ServiceAccount = "" }) }, "by the service account of the pods", "add exposures.relay.consumers.orders.serviceAccount"},
		"policy engine": {func(f *fleet.Fleet) {
			*f = *mirrored(t)
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.NetworkPolicyEngine = "none" })
		}, "names nothing that enforces it", "networkPolicyEngine"},

		// What must be reachable, and what can be shared.
		"unreachable": {func(f *fleet.Fleet) {
			g := maps.Clone(f.Clusters["eks-prod"].Gateways)
			change(g, "edge", func(g *fleet.Gateway) { g.Scheme, g.ReachableFrom = "internal", []string{"other"} })
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Gateways = g })
		}, "nothing says that cluster aks-prod can reach it", "reachableFrom"},
		"hostname": {func(f *fleet.Fleet) { twin(f, func(x *fleet.Exposure) { x.Hostname = "relay.example.com" }) }, "already serves relay.example.com for exposure relay", "another hostname"},
		"port name": {func(f *fleet.Fleet) {
			twin(f, func(x *fleet.Exposure) { x.Service.Name, x.Service.Port = "relay", 9443 })
		}, "must name the port", "portName"},
		"Service port": {func(f *fleet.Fleet) {
			twin(f, func(x *fleet.Exposure) { x.Service.Name, x.Service.PortName = "relay", "https" })
		},
			"port 8443 of Service relay/relay in cluster eks-prod is already exposed by exposure relay", "add the consumers"},
		"selector": {func(f *fleet.Fleet) {
			twin(f, func(x *fleet.Exposure) {
				x.Service.Name, x.Service.Port, x.Service.Selector = "relay", 9443, map[string]string{"app": "other"}
			})
		}, "the selector of Service relay/relay differs", "one selector"},
		"Service name": {func(f *fleet.Fleet) {
			twin(f, func(x *fleet.Exposure) {
				change(x.Consumers, "orders", func(c *fleet.Consumer) { c.ServiceName = "relay" })
			})
		}, "Service orders/relay of cluster aks-prod is already what consumer orders calls for exposure relay", "serviceName"},
		"another consumer": {func(f *fleet.Fleet) {
			twin(f, func(x *fleet.Exposure) {
				change(x.Consumers, "orders", func(c *fleet.Consumer) { c.Namespace = "billing" })
			})
		}, "has another namespace in exposure relay", "another name"},
		"roots of clients beside the certificate": {func(f *fleet.Fleet) {
			*f = *mirrored(t)
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.GatewayAPI.Version = "1.4" })
		}, "with Gateway API 1.4 Istio 1.31 in cluster eks-prod takes the roots of clients from a Secret", "trustDomains.corp.bundle.pem"},
		"an Istio egress without roots": {func(f *fleet.Fleet) {
			change(f.TrustDomains, "corp", func(td *fleet.TrustDomain) { td.Bundle.PEM = "" })
		}, "takes the CA of a call from a Secret", "trustDomains.corp.bundle.pem"},
		"one key, two identities": {func(f *fleet.Fleet) {
			x := f.Exposures["relay"]
			second := x.Consumers["orders"]
			second.Identity.URI, second.ServiceName, second.ServiceAccount = "spiffe://corp.example.com/ns/orders/sa/billing", "billing-relay", "billing"
			x.Consumers["billing"] = second
		}, "would hold the certificate of consumer billing", "certificate of its own"},
		"two trust domains of a consumer": {func(f *fleet.Fleet) {
			other(f)
			twin(f, func(x *fleet.Exposure) { x.Providers = map[string]fleet.Provider{"eks-prod": {Gateway: "other"}} })
		}, "consumer orders has one client certificate", "another name"},
		"claimed trust domain": {func(f *fleet.Fleet) {
			twin(f, func(x *fleet.Exposure) {
				change(x.Consumers, "orders", func(c *fleet.Consumer) { c.Identity.EnforcedBy = "trustDomain" })
				x.Consumers["audit"] = x.Consumers["orders"]
				change(x.Consumers, "audit", func(c *fleet.Consumer) {
					c.Identity.URI, c.ServiceName = "spiffe://corp.example.com/ns/orders/sa/audit", "audit"
					c.Certificate = &fleet.Certificates{Secret: "audit"}
				})
				delete(x.Consumers, "orders")
			})
		}, "trust domain corp does not tell it from others, because it also signs consumer orders of exposure relay", "enforcedBy gateway"},
		"providers differ": {func(f *fleet.Fleet) {
			third := f.Clusters["eks-prod"]
			third.Path, third.Gateways = "overlays/third", map[string]fleet.Gateway{"edge": {Namespace: "edge", TrustDomain: "corp", Scheme: "internet-facing", Port: 8443}}
			f.Clusters["third"] = third
			x := f.Exposures["relay"]
			x.Providers["third"] = fleet.Provider{Gateway: "edge"}
		}, "has port 8443, that in cluster eks-prod port 443", "same port"},
		"one folder": {func(f *fleet.Fleet) {
			cluster(f, "aks-prod", func(c *fleet.Cluster) { c.Path = "overlays/eks-prod/x" })
		}, "would both be generated in", "folder of its own"},
		"name of kustomize's": {func(f *fleet.Fleet) {
			f.Exposures["kustomization"] = f.Exposures["relay"]
			delete(f.Exposures, "relay")
		}, "kustomize's own file", "another name"},
		"sixty-five listeners": {func(f *fleet.Fleet) {
			for i := range 64 {
				twin(f, func(x *fleet.Exposure) {
					x.Hostname, x.Service.Name = fmt.Sprintf("x%d.example.com", i), fmt.Sprintf("x%d", i)
					change(x.Consumers, "orders", func(c *fleet.Consumer) { c.ServiceName = x.Service.Name })
				})
				f.Exposures[fmt.Sprintf("x%d", i)] = f.Exposures["twin"]
			}
			delete(f.Exposures, "twin")
		}, "gateway edge in cluster eks-prod has 65 listeners, and at most 64 are possible", "add exposures.x9.providers.eks-prod.listenerSet"},
		"a gateway of ListenerSets alone": {func(f *fleet.Fleet) { inSet(f, "relay", "more") },
			"gateway edge in cluster eks-prod has no listener of its own", "leave listenerSet out"},
		"a ListenerSet that the cluster does not serve": {func(f *fleet.Fleet) {
			twin(f, func(*fleet.Exposure) {})
			inSet(f, "twin", "more")
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.GatewayAPI.Version = "1.4" })
		}, "has Gateway API 1.4, which serves no ListenerSets", "1.5"},
		"a ListenerSet before policies could be for it": {func(f *fleet.Fleet) {
			twin(f, func(*fleet.Exposure) {})
			inSet(f, "twin", "more")
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Controller.Version = "1.8.3" })
		}, "Envoy Gateway 1.8.3 in cluster eks-prod cannot serve exposures by ListenerSets (listenerSet)", "upgrade to 1.9"},
		"two gateways with a ListenerSet of one name": {func(f *fleet.Fleet) {
			for _, name := range []string{"a", "b", "c"} {
				twin(f, func(x *fleet.Exposure) {
					x.Hostname, x.Service.Name = name+".example.com", name
					change(x.Consumers, "orders", func(c *fleet.Consumer) { c.ServiceName = name })
				})
				f.Exposures[name] = f.Exposures["twin"]
			}
			delete(f.Exposures, "twin")
			other(f)
			cluster(f, "eks-prod", func(c *fleet.Cluster) { change(c.Gateways, "other", func(g *fleet.Gateway) { g.TrustDomain = "corp" }) })
			inSet(f, "a", "more")
			for name, set := range map[string]string{"b": "", "c": "more"} {
				change(f.Exposures, name, func(x *fleet.Exposure) {
					x.Providers = map[string]fleet.Provider{"eks-prod": {Gateway: "other", ListenerSet: set}}
				})
			}
		}, "ListenerSet edge/more of gateway.networking.k8s.io is written by", "another name"},
		"subnets of a gateway that is pods": {func(f *fleet.Fleet) {
			gatewayOf(func(g *fleet.Gateway) { g.SubnetCIDRs = []string{"10.0.0.0/24"} })(f)
		}, "NetworkPolicies of pods in cluster eks-prod admit Envoy Gateway 1.9.1 by other means", "leave subnetCIDRs out"},
		"a trust store where pods verify": {func(f *fleet.Fleet) {
			loadBalancers(f, func(g *fleet.Gateway) {
				g.TrustStore = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/corp/0"
			}, "workload", "Passthrough")
		}, "nothing verifies clients with its trust store", "leave trustStore out"},

		// What a copied object must be.
		"copy: taken": {copied(configMap("relay-backend-ca", "relay")),
			"ConfigMap relay/relay-backend-ca is written by overlays/eks-prod/exposures/relay, and", "leave one of them out"},
		"copy: no namespace":  {copied(configMap("x", "")), "needs metadata.namespace", ""},
		"copy: Flux variable": {copied(configMap("x", "relay", "annotations", map[string]any{"a": "${B}"})), "metadata.annotations.a holds ${", ""},
		"copy: local":         {copied(configMap("x", "relay", "annotations", map[string]any{"config.kubernetes.io/local-config": "true"})), "instruction for kustomize", ""},
		"copy: list":          {copied(map[string]any{"apiVersion": "v1", "kind": "ConfigMapList", "metadata": map[string]any{"name": "x"}, "items": []any{}}), "is a list", ""},
		"copy: kustomization": {copied(map[string]any{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "metadata": map[string]any{"name": "x"}}), "kustomize's own configuration", ""},
		"copy: name":          {copied(configMap("X_Y", "relay")), "is no object name", ""},
		"copy: label":         {copied(configMap("x", "relay", "labels", map[string]any{"a": "no spaces"})), "is no value for label a", ""},
		"Flux variable": {func(f *fleet.Fleet) {
			g := maps.Clone(f.Clusters["eks-prod"].Gateways)
			change(g, "edge", func(g *fleet.Gateway) { g.Annotations = map[string]string{"a": "${SUBNET}"} })
			cluster(f, "eks-prod", func(c *fleet.Cluster) { c.Gateways = g })
		}, "holds ${, which Flux would replace", "change the name or value"},
	} {
		t.Run(name, func(t *testing.T) {
			f := relay(t)
			c.change(f)
			all := refused(t, f)
			for _, one := range all {
				if strings.Contains(one.Message, c.message) && strings.Contains(one.Hint, c.hint) {
					return
				}
			}
			t.Errorf("%q with hint %q is not among:\n%v", c.message, c.hint, all)
		})
	}
}
