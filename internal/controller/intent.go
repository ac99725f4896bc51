package controller

// Gateway is the intent for one provider gateway: the Gateway, all its listeners, and what protects them.
type Gateway struct {
	Name        string
	Namespace   string
	Scheme      string // internal, internet-facing
	Port        int
	TrustDomain TrustDomain // whose certificates clients must present
	Listeners   []Listener  // sorted by name; at most 64
	Annotations map[string]string
	Replicas    int // 0: the controller's default
}

// Listener is one exposure's listener.
type Listener struct {
	Name        string // the exposure's name
	Hostname    string
	Mode        string // Terminate, Passthrough
	MinTLS      string // "1.3"
	Certificate Certificate
	Identities  []AcceptedIdentity // sorted; those that the gateway itself must tell apart
	// PinIdentities: at least one identity is enforcedBy gateway, so the listener accepts Identities and nobody else.
	PinIdentities bool
	SourceCIDRs   []string // of the consumers' clusters; empty when one of them declares none
}

// AcceptedIdentity is one client identity: exactly one of URI and DNS.
type AcceptedIdentity struct {
	URI        string // spiffe://…
	DNS        string
	EnforcedBy string // gateway, trustDomain, workload
}

// Exposure is the intent for the provider side of one exposure in one cluster: routes, grants, the hop to the pods.
type Exposure struct {
	Name             string
	Owner            string
	GatewayName      string
	GatewayNamespace string
	Listener         string
	Hostname         string
	Mode             string
	Service          Service
	BackendTrust     TrustDomain // signs the pods' certificates
	HTTP             []HTTPRule
	// DataPlane is where the gateway's proxies run: what the pods' NetworkPolicy admits.
	NetworkPolicy bool
}

// Service is the Kubernetes Service behind an exposure.
type Service struct {
	Namespace  string
	Name       string
	Port       int
	PortName   string // "" when the fleet does not say; needed when two exposures share the Service
	TargetPort int    // the pods' port
	Selector   map[string]string
	Hostname   string // the name in the pods' certificate
}

// HTTPRule is one rule of an HTTPRoute.
type HTTPRule struct {
	Matches        []HTTPMatch
	Request        string // timeouts, Gateway API durations; "" for none
	BackendRequest string
}

// HTTPMatch is one match of a rule.
type HTTPMatch struct {
	PathType string // PathPrefix, Exact
	Path     string
	Method   string
	Headers  []HTTPHeader
}

// HTTPHeader is an exact header match.
type HTTPHeader struct{ Name, Value string }

// Consumer is the intent for one consumer identity in one cluster, with all exposures it may call.
type Consumer struct {
	Name           string
	Namespace      string
	Via            string // gateway, direct
	Pods           map[string]string
	ServiceAccount string // of the pods; needed where mesh identity closes the egress gateway
	Identity       AcceptedIdentity
	Certificate    Certificate // the client certificate
	// ServerCertificate makes the certificate of the egress gateway's own listener, where pods reach it by HTTPS.
	ServerCertificate Certificate
	Destinations      []Destination // sorted by exposure
}

// Destination is one exposure as a consumer calls it.
type Destination struct {
	Exposure    string
	ServiceName string // what pods call, in the consumer's namespace
	Hostname    string // SNI, Host, and the name checked in the server's certificate
	Port        int
	TrustDomain TrustDomain // signs the provider's server certificate
	MinTLS      string      // "1.3"
	FloorBy     string      // gateway, peer
	HTTP        []HTTPRule
}

// Certificate says how one certificate and its key come to a Secret. Exactly one way is set.
type Certificate struct {
	Secret         string // the Secret's name: existing, or the one to make
	Namespace      string
	DNSNames       []string
	URIs           []string
	Client         bool // usage: client auth, otherwise server auth
	Existing       bool
	CertManager    *IssuerRef
	ExternalSecret *ExternalSecret
	CA             string // PEM of the trust domain, when the Secret must also carry ca.crt and the fleet knows it
}

// IssuerRef is cert-manager's.
type IssuerRef struct{ Group, Kind, Name string }

// ExternalSecret is External Secrets' store and key.
type ExternalSecret struct {
	StoreKind, StoreName string
	Key                  string
}
