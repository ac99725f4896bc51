package plan_test

import (
	"github.com/gatespan/gatespan/internal/fleet"
)

// lawController is a controller as the law's fleets have it.
type lawController struct {
	name, distribution string                           // distribution is upstream when it is left out
	cluster            func(*generator, *fleet.Cluster) // sets Controller, and what else such a cluster needs
	// What its gateways can do as providers: end TLS, pass it through; and whether the listener tells URI and DNS identities apart.
	terminates, passes, uri, dns bool
	logs, metrics, alerts        bool // its gateways can log requests, be scraped, and count refused handshakes
	jwt, grpc, tcp, retries      bool // its listeners can ask for a token as well, lead by GRPCRoute, hand bytes on, and try again
	private                      bool // its gateways have private addresses only
	sets                         bool // its gateways can have ListenerSets
	one                          bool // a cluster has one gateway or egress gateway, because its TLS settings are those of the installation
	egress                       bool // its gateways can be the way out; otherwise pods call directly
	heldRoots                    bool // its egress gateways need the roots in the fleet
	heldClientRoots              bool // and so do its gateways, for clients
	untimed                      bool // its routes bound no request
	loadBalancer                 bool // its gateways are load balancers of AWS: certificates, roots and hops of another kind, one mode each
}

var lawControllers = []lawController{
	{
		name: "envoy-gateway", sets: true, terminates: true, jwt: true, logs: true, metrics: true, alerts: true, grpc: true, tcp: true, retries: true, passes: true, uri: true, dns: true, egress: true,
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Controller = fleet.Controller{
				Name: "envoy-gateway", Distribution: "upstream", Version: "1.9.1", GatewayClassName: "eg",
				DataPlaneNamespace: "envoy-gateway-system", MeshTrustDomain: "cluster.local",
			}
		},
	},
	{
		name: "istio", sets: true, terminates: true, jwt: true, logs: true, metrics: true, grpc: true, tcp: true, passes: true, uri: true, egress: true, heldRoots: true,
		cluster: func(g *generator, c *fleet.Cluster) {
			c.Controller = fleet.Controller{
				Name: "istio", Distribution: "upstream", Version: "1.31", MeshTrustDomain: pick(g, "cluster.local", "mesh.example.com"),
				MeshConfig: &fleet.MeshConfig{MinProtocolVersion: "TLSV1_3", Evidence: "the mesh's repository"},
			}
		},
	},
	{
		name: "istio", distribution: "aks-addon", terminates: true, jwt: true, logs: true, metrics: true, grpc: true, passes: true, uri: true, heldClientRoots: true,
		cluster: func(g *generator, c *fleet.Cluster) {
			c.Cloud = "aks"
			c.GatewayAPI.Version = pick(g, "1.4", "1.5") // what AKS manages
			c.Controller = fleet.Controller{
				Name: "istio", Distribution: "aks-addon", Version: "asm-1-30", MeshTrustDomain: "cluster.local",
				MeshConfig: &fleet.MeshConfig{MinProtocolVersion: "TLSV1_3", Evidence: "the platform's repository"},
			}
		},
	},
	{
		name: "nginx", sets: true, terminates: true, grpc: true, logs: true, metrics: true, passes: true, egress: true, untimed: true,
		cluster: func(g *generator, c *fleet.Cluster) {
			c.Controller = fleet.Controller{
				Name: "nginx", Distribution: "upstream", Version: pick(g, "2.6.7", "2.7.0"), GatewayClassName: pick(g, "", "nginx"), MeshTrustDomain: "cluster.local",
			}
		},
	},
	{
		name: "aws-lb", terminates: true, jwt: true, grpc: true, passes: true, loadBalancer: true, untimed: true,
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Cloud = "eks"
			c.Controller = fleet.Controller{Name: "aws-lb", Distribution: "upstream", Version: "3.5.0", MeshTrustDomain: "cluster.local"}
		},
	},
	{
		name: "agc", // serves nothing, and its pods call directly
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Cloud = "aks"
			c.Controller = fleet.Controller{Name: "agc", Distribution: "upstream", Version: "1.13", MeshTrustDomain: "cluster.local"}
		},
	},
	{
		name: "agc", distribution: "aks-addon",
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Cloud = "aks"
			c.Controller = fleet.Controller{Name: "agc", Distribution: "aks-addon", Version: "1.11", MeshTrustDomain: "cluster.local"}
		},
	},
	{
		name: "istio", distribution: "aks-approuting",
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Cloud = "aks"
			c.Controller = fleet.Controller{Name: "istio", Distribution: "aks-approuting", Version: "1.30", MeshTrustDomain: "cluster.local"}
		},
	},
	{
		name: "haproxy", distribution: "ingress-controller",
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Controller = fleet.Controller{Name: "haproxy", Distribution: "ingress-controller", Version: "3.2", MeshTrustDomain: "cluster.local"}
		},
	},
	{
		name: "haproxy", passes: true,
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.GatewayAPI.Channel = "experimental"
			c.Controller = fleet.Controller{
				Name: "haproxy", Distribution: "upstream", Version: "1.0", DataPlaneNamespace: "haproxy-unified-gateway",
				DataPlanePods: map[string]string{"run": "haproxy-unified-gateway"}, MeshTrustDomain: "cluster.local",
			}
		},
	},
	{
		name: "traefik", terminates: true, passes: true, one: true, egress: true, heldRoots: true, heldClientRoots: true, untimed: true,
		cluster: func(g *generator, c *fleet.Cluster) {
			c.Controller = fleet.Controller{
				Name: "traefik", Distribution: "upstream", Version: "3.7.13", GatewayClassName: pick(g, "", "traefik"), DataPlaneNamespace: "traefik",
				DataPlanePods: map[string]string{"app.kubernetes.io/name": "traefik"}, MeshTrustDomain: "cluster.local", EgressPort: pick(g, 0, 9443),
			}
		},
	},
	{
		name: "vpc-lattice", passes: true, private: true,
		cluster: func(_ *generator, c *fleet.Cluster) {
			c.Cloud = "eks"
			c.Controller = fleet.Controller{Name: "vpc-lattice", Distribution: "upstream", Version: "2.1.3", MeshTrustDomain: "cluster.local"}
		},
	},
}
