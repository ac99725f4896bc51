package istio

// The API groups of Istio's own kinds.
const (
	networkingGroup = "networking.istio.io"
	securityGroup   = "security.istio.io"
	extensionsGroup = "extensions.istio.io"
	telemetryGroup  = "telemetry.istio.io"

	networkingVersion = networkingGroup + "/v1"
	securityVersion   = securityGroup + "/v1"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest. The versions v1, v1beta1
// and v1alpha3 of a kind have one schema (istio.io/api, kubernetes/customresourcedefinitions.gen.yaml).
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

type workloadSelector struct {
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
}

type portSelector struct {
	Number int `json:"number"`
}

// destinationRuleSpec is networking/v1alpha3/destination_rule.proto.
type destinationRuleSpec struct {
	Host             string            `json:"host"`
	ExportTo         []string          `json:"exportTo,omitempty"`
	WorkloadSelector *workloadSelector `json:"workloadSelector,omitempty"`
	TrafficPolicy    *trafficPolicy    `json:"trafficPolicy,omitempty"`
	Subsets          []subset          `json:"subsets,omitempty"`
}

type subset struct {
	Name          string         `json:"name"`
	Labels        any            `json:"labels,omitempty"`
	TrafficPolicy *trafficPolicy `json:"trafficPolicy,omitempty"`
}

type trafficPolicy struct {
	TLS               *clientTLS          `json:"tls,omitempty"`
	PortLevelSettings []portTrafficPolicy `json:"portLevelSettings,omitempty"`
	LoadBalancer      any                 `json:"loadBalancer,omitempty"`
	ConnectionPool    any                 `json:"connectionPool,omitempty"`
	OutlierDetection  any                 `json:"outlierDetection,omitempty"`
	Tunnel            any                 `json:"tunnel,omitempty"`
	ProxyProtocol     any                 `json:"proxyProtocol,omitempty"`
	RetryBudget       any                 `json:"retryBudget,omitempty"`
}

type portTrafficPolicy struct {
	Port             *portSelector `json:"port,omitempty"`
	TLS              *clientTLS    `json:"tls,omitempty"`
	LoadBalancer     any           `json:"loadBalancer,omitempty"`
	ConnectionPool   any           `json:"connectionPool,omitempty"`
	OutlierDetection any           `json:"outlierDetection,omitempty"`
}

type clientTLS struct {
	Mode               string   `json:"mode,omitempty"`
	CredentialName     string   `json:"credentialName,omitempty"`
	SNI                string   `json:"sni,omitempty"`
	SubjectAltNames    []string `json:"subjectAltNames,omitempty"`
	ClientCertificate  string   `json:"clientCertificate,omitempty"`
	PrivateKey         string   `json:"privateKey,omitempty"`
	CACertificates     string   `json:"caCertificates,omitempty"`
	CACRL              string   `json:"caCrl,omitempty"`
	InsecureSkipVerify *bool    `json:"insecureSkipVerify,omitempty"`
}

func (t *clientTLS) insecure() bool { return t.InsecureSkipVerify != nil && *t.InsecureSkipVerify }

// serviceEntrySpec is networking/v1alpha3/service_entry.proto.
type serviceEntrySpec struct {
	Hosts            []string           `json:"hosts"`
	Addresses        any                `json:"addresses,omitempty"`
	ExportTo         []string           `json:"exportTo,omitempty"`
	Location         string             `json:"location,omitempty"`
	Resolution       string             `json:"resolution,omitempty"`
	Ports            []servicePort      `json:"ports,omitempty"`
	Endpoints        []workloadEndpoint `json:"endpoints,omitempty"`
	WorkloadSelector any                `json:"workloadSelector,omitempty"`
	SubjectAltNames  []string           `json:"subjectAltNames,omitempty"`
}

type servicePort struct {
	Number     int    `json:"number"`
	Name       string `json:"name"`
	Protocol   string `json:"protocol,omitempty"`
	TargetPort int    `json:"targetPort,omitempty"`
}

type workloadEndpoint struct {
	Address        string         `json:"address,omitempty"`
	Ports          map[string]int `json:"ports,omitempty"`
	Labels         any            `json:"labels,omitempty"`
	Network        any            `json:"network,omitempty"`
	Locality       any            `json:"locality,omitempty"`
	Weight         any            `json:"weight,omitempty"`
	ServiceAccount any            `json:"serviceAccount,omitempty"`
}

type policyTargetReference struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// policyTarget is how policies of security.istio.io name what they are for.
type policyTarget struct {
	Selector   *workloadSelector       `json:"selector,omitempty"`
	TargetRef  *policyTargetReference  `json:"targetRef,omitempty"`
	TargetRefs []policyTargetReference `json:"targetRefs,omitempty"`
}

// authorizationPolicySpec is security/v1beta1/authorization_policy.proto.
type authorizationPolicySpec struct {
	policyTarget
	Action   string              `json:"action,omitempty"`
	Provider any                 `json:"provider,omitempty"`
	Rules    []authorizationRule `json:"rules,omitempty"`
}

type authorizationRule struct {
	From []ruleFrom      `json:"from,omitempty"`
	To   []ruleTo        `json:"to,omitempty"`
	When []ruleCondition `json:"when,omitempty"`
}

type ruleFrom struct {
	Source *ruleSource `json:"source,omitempty"`
}

type ruleSource struct {
	Principals           []string `json:"principals,omitempty"`
	NotPrincipals        []string `json:"notPrincipals,omitempty"`
	RequestPrincipals    []string `json:"requestPrincipals,omitempty"`
	NotRequestPrincipals []string `json:"notRequestPrincipals,omitempty"`
	Namespaces           []string `json:"namespaces,omitempty"`
	NotNamespaces        []string `json:"notNamespaces,omitempty"`
	ServiceAccounts      []string `json:"serviceAccounts,omitempty"`
	NotServiceAccounts   []string `json:"notServiceAccounts,omitempty"`
	TrustDomains         []string `json:"trustDomains,omitempty"`
	NotTrustDomains      []string `json:"notTrustDomains,omitempty"`
	IPBlocks             []string `json:"ipBlocks,omitempty"`
	NotIPBlocks          []string `json:"notIpBlocks,omitempty"`
	RemoteIPBlocks       []string `json:"remoteIpBlocks,omitempty"`
	NotRemoteIPBlocks    []string `json:"notRemoteIpBlocks,omitempty"`
}

type ruleTo struct {
	Operation *ruleOperation `json:"operation,omitempty"`
}

type ruleOperation struct {
	Hosts      []string `json:"hosts,omitempty"`
	NotHosts   []string `json:"notHosts,omitempty"`
	Ports      []string `json:"ports,omitempty"`
	NotPorts   []string `json:"notPorts,omitempty"`
	Methods    []string `json:"methods,omitempty"`
	NotMethods []string `json:"notMethods,omitempty"`
	Paths      []string `json:"paths,omitempty"`
	NotPaths   []string `json:"notPaths,omitempty"`
}

type ruleCondition struct {
	Key       string   `json:"key"`
	Values    []string `json:"values,omitempty"`
	NotValues []string `json:"notValues,omitempty"`
}

// peerAuthenticationSpec is security/v1beta1/peer_authentication.proto. Ports are numbers of the pods', as text.
type peerAuthenticationSpec struct {
	Selector      *workloadSelector        `json:"selector,omitempty"`
	MTLS          *mutualTLSMode           `json:"mtls,omitempty"`
	PortLevelMTLS map[string]mutualTLSMode `json:"portLevelMtls,omitempty"`
}

type mutualTLSMode struct {
	Mode string `json:"mode,omitempty"`
}
