// Package fleet is what the user declares, typed, with source positions.
//
//  1. find the files: the fleet directory's *.cue, *.yaml, *.yml and *.json, and below exposures/ one file at a time
//  2. evaluate them against the embedded schema, offline
//  3. decode, and check what CUE cannot say: names across files, exactly one of several ways
//
// Every error of a run is reported at once, positioned in the user's files.
package fleet

import (
	"github.com/gatespan/gatespan/internal/finding"
)

// Fleet is everything that the user declares. Maps are keyed by name.
type Fleet struct {
	Name         string                 `json:"name"`
	TrustDomains map[string]TrustDomain `json:"trustDomains"`
	Clusters     map[string]Cluster     `json:"clusters"`
	Exposures    map[string]Exposure    `json:"exposures"`
	Waivers      []Waiver               `json:"waivers"`

	positions map[string]finding.Position
}

// Position is where the user's files say something, by path: "clusters.eks-prod", "exposures.relay.consumers.orders". It falls
// back to the nearest parent that has a position; the zero Position when there is none.
func (f *Fleet) Position(path ...string) finding.Position {
	for n := len(path); n > 0; n-- {
		if p, ok := f.positions[key(path[:n])]; ok {
			return p
		}
	}
	return finding.Position{}
}

// TrustDomain is a set of CA roots and the identities they may sign.
type TrustDomain struct {
	SPIFFE string `json:"spiffe"`
	Bundle Bundle `json:"bundle"`
}

// Bundle is where the roots are, and which they are.
type Bundle struct {
	ConfigMap    string   `json:"configMap"`
	SHA256       []string `json:"sha256"`
	PEM          string   `json:"pem"`
	Distribution string   `json:"distribution"` // existing, trust-manager
}

// Cluster is one Kubernetes cluster.
type Cluster struct {
	Cloud               string             `json:"cloud"`
	Controller          Controller         `json:"controller"`
	Path                string             `json:"path"` // repository-relative; default <overlays>/<name>, set by Load
	GatewayAPI          GatewayAPI         `json:"gatewayAPI"`
	GitOps              *GitOps            `json:"gitops"`
	NetworkPolicyEngine string             `json:"networkPolicyEngine"`
	EgressCIDRs         []string           `json:"egressCIDRs"`
	Certificates        *Certificates      `json:"certificates"`
	Gateways            map[string]Gateway `json:"gateways"`
	Roles               Roles              `json:"roles"`
	Provided            []Provided         `json:"provided"`
	PublicGateways      []PublicGateway    `json:"publicGateways"`
	Exclude             []Exclude          `json:"exclude"`
}

// Roles is who has which of Gateway API's roles in a cluster.
type Roles struct {
	InfrastructureProviders []RBACSubject `json:"infrastructureProviders"`
	ClusterOperators        []RBACSubject `json:"clusterOperators"`
}

// RBACSubject is a group, a user or a service account as a cluster's API server knows it.
type RBACSubject struct {
	Kind      string `json:"kind"` // Group, User, ServiceAccount
	Name      string `json:"name"`
	Namespace string `json:"namespace"` // of a ServiceAccount
}

// Attestation says who answers for something that no gateway checks, and where a reviewer can see it.
type Attestation struct {
	By       string `json:"by"`
	Evidence string `json:"evidence"`
}

// Controller is a cluster's Gateway API controller.
type Controller struct {
	Name               string            `json:"name"`
	Distribution       string            `json:"distribution"`
	Version            string            `json:"version"`
	GatewayClassName   string            `json:"gatewayClassName"`
	DataPlaneNamespace string            `json:"dataPlaneNamespace"`
	DataPlanePods      map[string]string `json:"dataPlanePods"`
	EgressPort         int               `json:"egressPort"`
	MeshTrustDomain    string            `json:"meshTrustDomain"`
	MeshConfig         *MeshConfig       `json:"meshConfig"`
}

// MeshConfig is what the fleet says of controller configuration that is not in Git.
type MeshConfig struct {
	MinProtocolVersion string `json:"minProtocolVersion"` // TLSV1_3
	Evidence           string `json:"evidence"`
}

// GatewayAPI is the version and channel of the Gateway API CRDs.
type GatewayAPI struct {
	Version string `json:"version"`
	Channel string `json:"channel"`
}

// GitOps is the engine that applies the overlays.
type GitOps struct {
	Engine      string   `json:"engine"`
	Destination string   `json:"destination"`
	HandOff     *HandOff `json:"handOff"`
}

// The engines.
const (
	EngineFlux   = "flux"
	EngineArgoCD = "argocd"
)

// HandOff is what the engine's own objects need; a field is of one engine.
type HandOff struct {
	Namespace          string    `json:"namespace"`
	GitRepository      string    `json:"gitRepository"`
	Artifact           *Artifact `json:"artifact"`
	ServiceAccountName string    `json:"serviceAccountName"`
	RepoURL            string    `json:"repoURL"`
	TargetRevision     string    `json:"targetRevision"`
	Project            string    `json:"project"`
}

// Artifact is a signed OCI artifact of a cluster's overlays, and whose signature counts.
type Artifact struct {
	URL    string `json:"url"`
	Tag    string `json:"tag"`
	Signer struct {
		Issuer  string `json:"issuer"`
		Subject string `json:"subject"`
	} `json:"signer"`
}

// Gateway is a provider gateway that exposures share.
type Gateway struct {
	Namespace     string            `json:"namespace"`
	TrustDomain   string            `json:"trustDomain"`
	ClassName     string            `json:"gatewayClassName"`
	Scheme        string            `json:"scheme"`
	Port          int               `json:"port"`
	ReachableFrom []string          `json:"reachableFrom"`
	Annotations   map[string]string `json:"annotations"`
	Replicas      int               `json:"replicas"`
	TrustStore    string            `json:"trustStore"`
	SubnetCIDRs   []string          `json:"subnetCIDRs"`
	Observability Observability     `json:"observability"`
	Objects       []map[string]any  `json:"objects"`
}

// Observability is what a gateway tells of itself.
type Observability struct {
	AccessLogs bool `json:"accessLogs"`
	Metrics    bool `json:"metrics"`
	Alerts     bool `json:"alerts"`
}

// Provided is an object that exists but is not in Git.
type Provided struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	MadeBy    string `json:"madeBy"`
}

// PublicGateway is a Gateway for browsers, not held to mutual TLS.
type PublicGateway struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
}

// Exclude leaves a path below the cluster's out of the check, visibly.
type Exclude struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Certificates is exactly one way to make certificates.
type Certificates struct {
	CertManager    *CertManager    `json:"certManager"`
	ExternalSecret *ExternalSecret `json:"externalSecret"`
	KeyVaultCSI    *KeyVaultCSI    `json:"keyVaultCSI"`
	ACM            string          `json:"acm"`
	Secret         string          `json:"secret"`
}

// KeyVaultCSI takes certificates from Azure Key Vault through the Secrets Store CSI driver.
type KeyVaultCSI struct {
	Vault    string `json:"vault"`
	Object   string `json:"object"`
	ClientID string `json:"clientID"`
	TenantID string `json:"tenantID"`
}

// CertManager makes certificates with a cert-manager issuer.
type CertManager struct {
	IssuerRef struct {
		Group string `json:"group"`
		Kind  string `json:"kind"`
		Name  string `json:"name"`
	} `json:"issuerRef"`
	Duration    string `json:"duration"`    // hours, as "720h"; "" for cert-manager's default
	RenewBefore string `json:"renewBefore"` // likewise
}

// ExternalSecret takes certificates from an External Secrets store.
type ExternalSecret struct {
	SecretStoreRef struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"secretStoreRef"`
	RemoteRef struct {
		Key string `json:"key"`
	} `json:"remoteRef"`
	Format string `json:"format"` // properties, pkcs12
}

// Exposure is one Service of provider clusters made callable for consumers.
type Exposure struct {
	Owner      string              `json:"owner"`
	Developers []RBACSubject       `json:"developers"`
	Service    Service             `json:"service"`
	Hostname   string              `json:"hostname"`
	Providers  map[string]Provider `json:"providers"` // by cluster
	Consumers  map[string]Consumer `json:"consumers"`
	TLS        struct {
		Mode        string       `json:"mode"`
		Attestation *Attestation `json:"attestation"`
	} `json:"tls"`
	HTTP    []HTTPRule       `json:"http"`
	GRPC    []GRPCRule       `json:"grpc"`
	TCP     *struct{}        `json:"tcp"`
	JWT     *JWT             `json:"jwt"`
	Objects []map[string]any `json:"objects"`
}

// Protocol is what the Service speaks inside TLS: HTTP, GRPC or TCP.
func (x Exposure) Protocol() string {
	switch {
	case x.TCP != nil:
		return "TCP"
	case len(x.GRPC) > 0:
		return "GRPC"
	default:
		return "HTTP"
	}
}

// JWT is a token that requests carry in addition to the client's certificate.
type JWT struct {
	Issuer    string   `json:"issuer"`
	Audiences []string `json:"audiences"`
	JWKSURI   string   `json:"jwksURI"`
}

// Service is the Kubernetes Service behind an exposure.
type Service struct {
	Namespace   string            `json:"namespace"`
	Name        string            `json:"name"`
	Port        int               `json:"port"`
	PortName    string            `json:"portName"`
	TargetPort  int               `json:"targetPort"`
	Selector    map[string]string `json:"selector"`
	Hostname    string            `json:"hostname"`
	TrustDomain string            `json:"trustDomain"`
	Weights     map[string]int    `json:"weights"` // by the name of the Service
	Attestation *Attestation      `json:"attestation"`
}

// Provider is one cluster that serves an exposure.
type Provider struct {
	Gateway     string        `json:"gateway"`
	ListenerSet string        `json:"listenerSet"` // of the gateway; "" for the Gateway itself
	Certificate *Certificates `json:"certificate"` // default the cluster's
}

// HTTPRule is one rule of the route.
type HTTPRule struct {
	Matches []struct {
		Path struct {
			Type  string `json:"type"`
			Value string `json:"value"`
		} `json:"path"`
		Method  string `json:"method"`
		Headers []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
	} `json:"matches"`
	Timeouts struct {
		Request        string `json:"request"`
		BackendRequest string `json:"backendRequest"`
	} `json:"timeouts"`
	Retries *Retries `json:"retries"`
}

// Retries is how often a request is tried again.
type Retries struct {
	Attempts int    `json:"attempts"`
	Codes    []int  `json:"codes"`
	Backoff  string `json:"backoff"`
}

// GRPCRule is one rule of the GRPCRoute.
type GRPCRule struct {
	Matches []struct {
		Service string `json:"service"`
		Method  string `json:"method"`
		Headers []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
	} `json:"matches"`
}

// Consumer is one workload identity that may call the exposure.
type Consumer struct {
	Cluster     string `json:"cluster"`
	Namespace   string `json:"namespace"`
	PodSelector struct {
		MatchLabels map[string]string `json:"matchLabels"`
	} `json:"podSelector"`
	ServiceAccount string           `json:"serviceAccount"`
	Identity       Identity         `json:"identity"`
	Via            string           `json:"via"`
	ServiceName    string           `json:"serviceName"`
	Certificate    *Certificates    `json:"certificate"`
	Developers     []RBACSubject    `json:"developers"`
	Objects        []map[string]any `json:"objects"`
}

// Identity is what the consumer's certificate says.
type Identity struct {
	URI        string `json:"uri"`
	DNS        string `json:"dns"`
	EnforcedBy string `json:"enforcedBy"`
}

// Waiver is one finding accepted.
type Waiver struct {
	Rule    string `json:"rule"`
	Cluster string `json:"cluster"`
	Object  struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"object"`
	Fingerprint string `json:"fingerprint"`
	Owner       string `json:"owner"`
	Reason      string `json:"reason"`
	Expires     string `json:"expires"` // YYYY-MM-DD, the last day
}

// key joins path elements; names never hold a NUL.
func key(path []string) string {
	out := ""
	for i, p := range path {
		if i > 0 {
			out += "\x00"
		}
		out += p
	}
	return out
}
