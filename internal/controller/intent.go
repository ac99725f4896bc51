package controller

// Gateway is the intent for one provider gateway: the Gateway, all its listeners, and what protects them.
type Gateway struct {
	Name        string
	Namespace   string
	ClassName   string // of the fleet's gateway or else its cluster; "" for the controller's own
	Scheme      string // internal, internet-facing
	Port        int
	TrustDomain TrustDomain // whose certificates clients must present
	Listeners   []Listener  // sorted by name; at most 64 of its own, and as many of each ListenerSet
	Annotations map[string]string
	Replicas    int // 0: the controller's default
	// TrustStore is the ARN of the cloud's own bundle of TrustDomain's roots, where the controller verifies clients with one.
	TrustStore string
	// Observability is what the gateway tells of itself beside serving.
	Observability Observability
}

// Observability is off by default.
type Observability struct {
	AccessLogs bool // a line for each request, on the proxies' standard output
	Metrics    bool // scraped by the Prometheus operator
	Alerts     bool // a PrometheusRule for handshakes that are refused and certificates that were not renewed; only with Metrics
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
	Protocol      string   // HTTP, GRPC, TCP
	JWT           *JWT     // nil: no token is asked for
	// Set is the ListenerSet that declares it, beside the Gateway and of at most 64 listeners too; "" for the Gateway itself.
	Set string
	// ServiceNamespace is where the exposure's Service is, for controllers whose routes must be there too.
	ServiceNamespace string
}

// JWT is a token that requests must carry in addition to the client's certificate.
type JWT struct {
	Issuer    string
	Audiences []string // sorted, at least one
	JWKSURI   string
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
	ListenerSet      string // that declares the listener; "" for the Gateway
	Hostname         string
	Mode             string
	Service          Service
	BackendTrust     TrustDomain // signs the pods' certificates
	Protocol         string      // HTTP, GRPC, TCP
	HTTP             []HTTPRule
	GRPC             []GRPCRule
	JWT              *JWT
	// BackendAttested: the fleet says who answers for the hop to the pods, because the gateway does not check their certificate.
	BackendAttested bool
	// NetworkPolicy: one is to admit the gateway's proxies to the pods, and nobody else.
	NetworkPolicy bool
	// GatewayCIDRs are the addresses of the gateway's proxies, where those are outside the cluster.
	GatewayCIDRs []string
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
	// Weights splits requests over Services of the namespace with the same port and certificate name, Name's own included and sorted
	// by name; empty: all go to Name.
	Weights []WeightedService
}

// WeightedService is one Service's share.
type WeightedService struct {
	Name   string
	Weight int
}

// HTTPRule is one rule of an HTTPRoute.
type HTTPRule struct {
	Matches        []HTTPMatch
	Request        string // timeouts, Gateway API durations; "" for none
	BackendRequest string
	Retries        *Retries // nil: the controller's default
}

// Retries is how often a request is tried again.
type Retries struct {
	Attempts int
	Codes    []int  // HTTP status codes, sorted; empty: the controller's default
	Backoff  string // between tries; "" for the controller's default
}

// GRPCRule is one rule of a GRPCRoute.
type GRPCRule struct{ Matches []GRPCMatch }

// GRPCMatch is met by calls of a service, or of one of its methods.
type GRPCMatch struct {
	Service string // exact; "" for all
	Method  string // exact; "" for all
	Headers []HTTPHeader
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
	EgressPort     int    // that its egress gateway listens on, where Profile.EgressPort says that the installation has it; otherwise 0
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
	FloorBy     string      // gateway, peer, attested
	Protocol    string      // HTTP, GRPC, TCP
	HTTP        []HTTPRule
	GRPC        []GRPCRule
}

// Certificate says how one certificate and its key come to a Secret. Exactly one way is set.
type Certificate struct {
	Secret      string // the Secret's name: existing, or the one to make
	Namespace   string
	DNSNames    []string
	URIs        []string
	Client      bool // usage: client auth, otherwise server auth
	Existing    bool
	CertManager *IssuerRef
	// Duration and RenewBefore are cert-manager's, such as "720h"; "" for its defaults.
	Duration, RenewBefore string
	ExternalSecret        *ExternalSecret
	KeyVaultCSI           *KeyVaultCSI
	ACM                   string // ARN of a certificate that a load balancer of AWS terminates with; there is no Secret
	CA                    string // PEM of the trust domain, when the Secret must also carry ca.crt and the fleet knows it
}

// Trust is a trust domain's bundle that trust-manager makes in a cluster.
type Trust struct {
	Domain     TrustDomain
	Namespaces []string // that need it, sorted
	Secret     bool     // as a Secret too
}

// KeyVaultCSI is a certificate of Azure Key Vault that the Secrets Store CSI driver syncs into the Secret while a pod mounts it.
type KeyVaultCSI struct {
	Vault    string // its name
	Object   string // the certificate's name in it
	ClientID string // of the workload identity that may read it
	TenantID string
}

// IssuerRef is cert-manager's.
type IssuerRef struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
}

// ExternalSecret is External Secrets' store and key.
type ExternalSecret struct {
	StoreKind, StoreName string
	Key                  string
	PKCS12               bool // the entry is one archive, as Azure Key Vault has it; otherwise an object with tls.crt and tls.key
}
