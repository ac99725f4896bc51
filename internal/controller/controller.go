// Package controller says what a Gateway API controller is to gatespan: a profile (what it can enforce, as data) and a two-way
// translator between wanted posture and objects.
//
//	Write: an intent, a wanted posture with the names it needs, becomes objects that make this controller enforce it
//	Read:  the objects of a whole cluster become the posture that this controller would enforce
//
// For every intent that the profile supports, Read of everything written meets it; plan's law_test.go holds that for
// generated fleets. Each controller is one package below this one; catalog lists them.
package controller

import (
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Controller is one Gateway API implementation.
type Controller interface {
	// Profile is what it can enforce, and how; the same value at every call.
	Profile() Profile

	// WriteGateway, WriteExposure and WriteConsumer return the objects of one overlay in reading order. The plan has already
	// refused what the profile cannot do, so an error here is a mistake in gatespan or in the names of the fleet.
	WriteGateway(Cluster, Gateway) ([]any, error)
	WriteExposure(Cluster, Exposure) ([]any, error)
	WriteConsumer(Cluster, Consumer) ([]any, error)

	// Read returns what this controller would enforce given all objects of the cluster. It reads only Gateways of its own
	// classes and the kinds of its own groups; catalog joins what the controllers and core Kubernetes say.
	Read(Cluster, *object.Set) posture.Posture
}

// Cluster is what a controller needs to know of a cluster beside its objects. The JSON names are what rules see as input.cluster.
type Cluster struct {
	Name       string `json:"name"`
	Cloud      string `json:"cloud"` // eks, aks; "" when no fleet says
	Controller struct {
		Name             string `json:"name"`
		Distribution     string `json:"distribution"` // upstream, aks-addon, aks-approuting, ingress-controller
		Version          string `json:"version"`      // 1.9.1, 1.31, asm-1-30; "" when not known
		GatewayClassName string `json:"gatewayClassName"`
		// GatewayClassNames are those that single gateways of the fleet have instead, sorted.
		GatewayClassNames  []string `json:"gatewayClassNames"`
		DataPlaneNamespace string   `json:"dataPlaneNamespace"` // where its proxies run; "" for the Gateway's own namespace
		// DataPlanePods are the labels of the proxies where they are deployed beside the controller, not for each Gateway.
		DataPlanePods   map[string]string `json:"dataPlanePods"`
		MeshTrustDomain string            `json:"meshTrustDomain"` // of a service mesh, cluster.local by default
		// MinTLS is the floor that the fleet says the controller's own configuration sets, with Evidence; "" when it says nothing.
		MinTLS   string `json:"minTLS"`
		Evidence string `json:"evidence"`
	} `json:"controller"`
	GatewayAPI struct {
		Version string `json:"version"` // 1.6; "" when not known
		Channel string `json:"channel"` // standard, experimental
	} `json:"gatewayAPI"`
	NetworkPolicyEngine string          `json:"networkPolicyEngine"` // "" or "none": NetworkPolicies enforce nothing
	TrustDomains        []TrustDomain   `json:"trustDomains"`        // sorted by name
	TrustStores         []TrustStore    `json:"trustStores"`         // of a cloud's load balancers, sorted by ARN
	Provided            []Provided      `json:"provided"`
	PublicGateways      []PublicGateway `json:"publicGateways"`
	Roles               Roles           `json:"roles"`
	// ServicePorts names ports of exposed Services as the fleet does: the Services themselves are often in another repository.
	ServicePorts []ServicePort `json:"-"`
}

// Roles is who has which role of Gateway API in the cluster: subjects of kind Group, User and ServiceAccount.
type Roles struct {
	InfrastructureProviders []posture.Subject `json:"infrastructureProviders"`
	ClusterOperators        []posture.Subject `json:"clusterOperators"`
}

// ServicePort is one port of a Service, as the fleet declares it.
type ServicePort struct {
	Namespace, Service string
	Port               int
	Name               string // "" when the fleet does not say
}

// TrustDomain is a set of CA roots, known by fingerprint.
type TrustDomain struct {
	Name      string   `json:"name"`
	SPIFFE    string   `json:"spiffe"`
	ConfigMap string   `json:"configMap"` // the bundle's name in every namespace that verifies with it, key ca.crt
	SHA256    []string `json:"sha256"`
	PEM       string   `json:"-"` // the roots themselves, when the fleet holds them: gatespan then writes the bundles
	// Distributed: trust-manager makes the bundles, as ConfigMaps (and Secrets) named ConfigMap, from a Bundle that gatespan writes.
	Distributed bool `json:"-"`
}

// TrustStore is a bundle of roots that a cloud's load balancer verifies clients with. What is in it is not in Git.
type TrustStore struct {
	ARN         string `json:"arn"`
	TrustDomain string `json:"trustDomain"` // whose roots it holds, as the fleet says
}

// Written reports whether gatespan writes the domain's bundle into each overlay that verifies with it, under a name of the overlay's own.
func (t TrustDomain) Written() bool { return t.PEM != "" && !t.Distributed }

// Provided is an object that exists in the cluster but not in Git.
type Provided struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	MadeBy    string `json:"madeBy"`
}

// PublicGateway is a Gateway that serves browsers and is not held to mutual TLS.
type PublicGateway struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
}

// ProvidedObject reports whether the fleet says that an object exists outside Git: a trust domain's bundle or a provided object.
func (c Cluster) ProvidedObject(kind, namespace, name string) bool {
	if kind == "ConfigMap" {
		for _, td := range c.TrustDomains {
			if !td.Written() && td.ConfigMap == name {
				return true
			}
		}
	}
	for _, p := range c.Provided {
		if p.Kind == kind && p.Namespace == namespace && p.Name == name {
			return true
		}
	}
	return false
}

// ServesGatewayAPI reports whether the cluster's Gateway API CRDs are known to be of that version or newer. A version that nobody names
// counts as older, because old CRDs drop newer fields in silence.
func (c Cluster) ServesGatewayAPI(version string) bool {
	return c.GatewayAPI.Version != "" && CompareVersions(c.GatewayAPI.Version, version) >= 0
}
