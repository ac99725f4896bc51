package envoygateway

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Group is the API group of Envoy Gateway's own kinds; Version the only one it serves.
// Source: api/v1alpha1/groupversion_info.go.
const (
	Group   = "gateway.envoyproxy.io"
	version = Group + "/v1alpha1"
)

// Kinds of the group, named as their CRDs are.
const (
	kindClientTrafficPolicy  = "ClientTrafficPolicy"
	kindSecurityPolicy       = "SecurityPolicy"
	kindBackendTrafficPolicy = "BackendTrafficPolicy"
	kindEnvoyProxy           = "EnvoyProxy"
	kindBackend              = "Backend"
	kindEnvoyPatchPolicy     = "EnvoyPatchPolicy"
	kindExtensionPolicy      = "EnvoyExtensionPolicy"
	kindHTTPRouteFilter      = "HTTPRouteFilter"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// policyTargets says what a policy attaches to. Source: api/v1alpha1/policy_helpers.go.
type policyTargets struct {
	TargetRef       *gatewayv1.LocalPolicyTargetReferenceWithSectionName  `json:"targetRef,omitempty"`
	TargetRefs      []gatewayv1.LocalPolicyTargetReferenceWithSectionName `json:"targetRefs,omitempty"`
	TargetSelectors []targetSelector                                      `json:"targetSelectors,omitempty"`
}

type targetSelector struct {
	Group            *string                           `json:"group,omitempty"`
	Kind             string                            `json:"kind"`
	Namespaces       *targetNamespaces                 `json:"namespaces,omitempty"`
	MatchLabels      map[string]string                 `json:"matchLabels,omitempty"`
	MatchExpressions []metav1.LabelSelectorRequirement `json:"matchExpressions,omitempty"`
}

type targetNamespaces struct {
	From     string                `json:"from,omitempty"`
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// clientTrafficPolicySpec is what a listener does with its clients. Source: api/v1alpha1/clienttrafficpolicy_types.go.
type clientTrafficPolicySpec struct {
	policyTargets       `json:",inline"`
	TLS                 *clientTLS      `json:"tls,omitempty"`
	Headers             *headerSettings `json:"headers,omitempty"`
	HTTP3               *struct{}       `json:"http3,omitempty"`
	ClientIPDetection   any             `json:"clientIPDetection,omitempty"`
	ProxyProtocol       any             `json:"proxyProtocol,omitempty"`
	EnableProxyProtocol any             `json:"enableProxyProtocol,omitempty"`
	TCPKeepalive        any             `json:"tcpKeepalive,omitempty"`
	Path                any             `json:"path,omitempty"`
	Timeout             any             `json:"timeout,omitempty"`
	Connection          any             `json:"connection,omitempty"`
	HTTP1               any             `json:"http1,omitempty"`
	HTTP2               any             `json:"http2,omitempty"`
	GRPC                any             `json:"grpc,omitempty"`
	HealthCheck         any             `json:"healthCheck,omitempty"`
	Scheme              any             `json:"scheme,omitempty"`
}

// tlsSettings are the versions that both sides of a proxy know. Source: api/v1alpha1/tls_types.go.
type tlsSettings struct {
	MinVersion          string `json:"minVersion,omitempty"`
	MaxVersion          string `json:"maxVersion,omitempty"`
	Ciphers             any    `json:"ciphers,omitempty"`
	ECDHCurves          any    `json:"ecdhCurves,omitempty"`
	SignatureAlgorithms any    `json:"signatureAlgorithms,omitempty"`
	ALPNProtocols       any    `json:"alpnProtocols,omitempty"`
	Fingerprints        any    `json:"fingerprints,omitempty"`
}

type clientTLS struct {
	tlsSettings      `json:",inline"`
	ClientValidation *clientValidation `json:"clientValidation,omitempty"`
	Session          *struct {
		Resumption *struct {
			Stateless *struct{} `json:"stateless,omitempty"`
			Stateful  *struct{} `json:"stateful,omitempty"`
		} `json:"resumption,omitempty"`
	} `json:"session,omitempty"`
}

type clientValidation struct {
	Optional                bool                              `json:"optional,omitempty"`
	Mode                    string                            `json:"mode,omitempty"`
	CACertificateRefs       []gatewayv1.SecretObjectReference `json:"caCertificateRefs,omitempty"`
	SPKIHashes              []string                          `json:"spkiHashes,omitempty"`
	CertificateHashes       []string                          `json:"certificateHashes,omitempty"`
	SubjectAltNames         *subjectAltNames                  `json:"subjectAltNames,omitempty"`
	CRL                     *crl                              `json:"crl,omitempty"`
	AllowExpiredCertificate bool                              `json:"allowExpiredCertificate,omitempty"`
}

type crl struct {
	Refs                      []gatewayv1.SecretObjectReference `json:"refs,omitempty"`
	OnlyVerifyLeafCertificate bool                              `json:"onlyVerifyLeafCertificate,omitempty"`
}

type subjectAltNames struct {
	DNSNames       []stringMatch `json:"dnsNames,omitempty"`
	EmailAddresses []stringMatch `json:"emailAddresses,omitempty"`
	IPAddresses    []stringMatch `json:"ipAddresses,omitempty"`
	URIs           []stringMatch `json:"uris,omitempty"`
	OtherNames     []otherName   `json:"otherNames,omitempty"`
}

type stringMatch struct {
	Type  string `json:"type,omitempty"`
	Value string `json:"value"`
}

type otherName struct {
	OID         string `json:"oid"`
	stringMatch `json:",inline"`
}

type headerSettings struct {
	XForwardedClientCert *struct {
		Mode             string   `json:"mode,omitempty"`
		CertDetailsToAdd []string `json:"certDetailsToAdd,omitempty"`
	} `json:"xForwardedClientCert,omitempty"`
	EarlyRequestHeaders     any `json:"earlyRequestHeaders,omitempty"`
	LateResponseHeaders     any `json:"lateResponseHeaders,omitempty"`
	EnableEnvoyHeaders      any `json:"enableEnvoyHeaders,omitempty"`
	DisableRateLimitHeaders any `json:"disableRateLimitHeaders,omitempty"`
	WithUnderscoresAction   any `json:"withUnderscoresAction,omitempty"`
	PreserveXRequestID      any `json:"preserveXRequestID,omitempty"`
	RequestID               any `json:"requestID,omitempty"`
	Host                    any `json:"host,omitempty"`
}

// envoyProxySpec is how a gateway's proxies run. Source: api/v1alpha1/envoyproxy_types.go.
type envoyProxySpec struct {
	Provider           *proxyProvider `json:"provider,omitempty"`
	BackendTLS         *backendTLS    `json:"backendTLS,omitempty"`
	MergeGateways      bool           `json:"mergeGateways,omitempty"`
	MergeType          string         `json:"mergeType,omitempty"`
	Bootstrap          any            `json:"bootstrap,omitempty"`
	ExtraArgs          []string       `json:"extraArgs,omitempty"`
	DynamicModules     []any          `json:"dynamicModules,omitempty"`
	Logging            any            `json:"logging,omitempty"`
	Telemetry          any            `json:"telemetry,omitempty"`
	Concurrency        any            `json:"concurrency,omitempty"`
	RoutingType        any            `json:"routingType,omitempty"`
	MergeBackends      any            `json:"mergeBackends,omitempty"`
	Shutdown           any            `json:"shutdown,omitempty"`
	FilterOrder        any            `json:"filterOrder,omitempty"`
	IPFamily           any            `json:"ipFamily,omitempty"`
	PreserveRouteOrder any            `json:"preserveRouteOrder,omitempty"`
	LuaValidation      any            `json:"luaValidation,omitempty"`
	GeoIP              any            `json:"geoIP,omitempty"`
}

type proxyProvider struct {
	Type       string           `json:"type"`
	Kubernetes *proxyKubernetes `json:"kubernetes,omitempty"`
	Host       any              `json:"host,omitempty"`
}

type proxyKubernetes struct {
	EnvoyService                   *proxyService  `json:"envoyService,omitempty"`
	EnvoyDeployment                *proxyWorkload `json:"envoyDeployment,omitempty"`
	EnvoyDaemonSet                 *proxyWorkload `json:"envoyDaemonSet,omitempty"`
	EnvoyHPA                       any            `json:"envoyHpa,omitempty"`
	EnvoyPDB                       any            `json:"envoyPDB,omitempty"`
	EnvoyServiceAccount            any            `json:"envoyServiceAccount,omitempty"`
	UseListenerPortAsContainerPort bool           `json:"useListenerPortAsContainerPort,omitempty"`
}

// proxyService is the Service of the proxies. Source: KubernetesServiceSpec in api/v1alpha1/shared_types.go.
type proxyService struct {
	Name                          string            `json:"name,omitempty"`
	Type                          string            `json:"type,omitempty"`
	Annotations                   map[string]string `json:"annotations,omitempty"`
	LoadBalancerClass             string            `json:"loadBalancerClass,omitempty"`
	LoadBalancerSourceRanges      []string          `json:"loadBalancerSourceRanges,omitempty"`
	ExternalTrafficPolicy         string            `json:"externalTrafficPolicy,omitempty"`
	Patch                         any               `json:"patch,omitempty"`
	Labels                        any               `json:"labels,omitempty"`
	AllocateLoadBalancerNodePorts any               `json:"allocateLoadBalancerNodePorts,omitempty"`
	LoadBalancerIP                any               `json:"loadBalancerIP,omitempty"`
}

type proxyWorkload struct {
	Replicas       int            `json:"replicas,omitempty"`
	Pod            *proxyPod      `json:"pod,omitempty"`
	Container      map[string]any `json:"container,omitempty"`
	InitContainers []any          `json:"initContainers,omitempty"`
	Patch          any            `json:"patch,omitempty"`
	Strategy       any            `json:"strategy,omitempty"`
	Name           any            `json:"name,omitempty"`
}

type proxyPod struct {
	Labels                    map[string]string `json:"labels,omitempty"`
	Annotations               any               `json:"annotations,omitempty"`
	SecurityContext           any               `json:"securityContext,omitempty"`
	Affinity                  any               `json:"affinity,omitempty"`
	Tolerations               any               `json:"tolerations,omitempty"`
	Volumes                   any               `json:"volumes,omitempty"`
	ImagePullSecrets          any               `json:"imagePullSecrets,omitempty"`
	NodeSelector              any               `json:"nodeSelector,omitempty"`
	TopologySpreadConstraints any               `json:"topologySpreadConstraints,omitempty"`
	PriorityClassName         any               `json:"priorityClassName,omitempty"`
}

// backendTLS is the proxies' own half of TLS towards backends. Source: BackendTLSConfig in api/v1alpha1/envoyproxy_types.go.
type backendTLS struct {
	tlsSettings          `json:",inline"`
	ClientCertificateRef *gatewayv1.SecretObjectReference `json:"clientCertificateRef,omitempty"`
}

// backendSpec is a destination that is no Service. Source: api/v1alpha1/backend_types.go.
type backendSpec struct {
	Type         string              `json:"type,omitempty"`
	Endpoints    []backendEndpoint   `json:"endpoints,omitempty"`
	TLS          *backendTLSSettings `json:"tls,omitempty"`
	AppProtocols any                 `json:"appProtocols,omitempty"`
	Fallback     any                 `json:"fallback,omitempty"`
}

type backendEndpoint struct {
	FQDN *struct {
		Hostname string `json:"hostname"`
		Port     int    `json:"port"`
	} `json:"fqdn,omitempty"`
	IP *struct {
		Address string `json:"address"`
		Port    int    `json:"port"`
	} `json:"ip,omitempty"`
	Unix *struct {
		Path string `json:"path"`
	} `json:"unix,omitempty"`
	Hostname any `json:"hostname,omitempty"`
	Zone     any `json:"zone,omitempty"`
}

type backendTLSSettings struct {
	backendTLS                  `json:",inline"`
	CACertificateRefs           []gatewayv1.LocalObjectReference `json:"caCertificateRefs,omitempty"`
	WellKnownCACertificates     string                           `json:"wellKnownCACertificates,omitempty"`
	InsecureSkipVerify          bool                             `json:"insecureSkipVerify,omitempty"`
	SNI                         string                           `json:"sni,omitempty"`
	AutoSNIFromEndpointHostname bool                             `json:"autoSNIFromEndpointHostname,omitempty"`
}

// securityPolicySpec is who may call. Source: api/v1alpha1/securitypolicy_types.go and authorization_types.go.
type securityPolicySpec struct {
	policyTargets `json:",inline"`
	Authorization *authorization `json:"authorization,omitempty"`
	MergeType     string         `json:"mergeType,omitempty"`
	APIKeyAuth    any            `json:"apiKeyAuth,omitempty"`
	CORS          any            `json:"cors,omitempty"`
	CSRF          any            `json:"csrf,omitempty"`
	BasicAuth     any            `json:"basicAuth,omitempty"`
	JWT           *jwtSettings   `json:"jwt,omitempty"`
	OIDC          any            `json:"oidc,omitempty"`
	ExtAuth       any            `json:"extAuth,omitempty"`
}

type authorization struct {
	Rules []struct {
		Name      any    `json:"name,omitempty"`
		Action    string `json:"action"`
		Operation any    `json:"operation,omitempty"`
		CEL       any    `json:"cel,omitempty"`
		Principal *struct {
			ClientCIDRs          []string `json:"clientCIDRs,omitempty"`
			JWT                  any      `json:"jwt,omitempty"`
			Headers              any      `json:"headers,omitempty"`
			ClientIPGeoLocations any      `json:"clientIPGeoLocations,omitempty"`
		} `json:"principal,omitempty"`
	} `json:"rules,omitempty"`
	DefaultAction string `json:"defaultAction,omitempty"`
}

// backendTrafficPolicySpec has no bearing on a posture; it is decoded so that a field that a newer version adds is noticed.
// Source: api/v1alpha1/backendtrafficpolicy_types.go and ClusterSettings in shared_types.go.
type backendTrafficPolicySpec struct {
	policyTargets    `json:",inline"`
	MergeType        any `json:"mergeType,omitempty"`
	RateLimit        any `json:"rateLimit,omitempty"`
	BandwidthLimit   any `json:"bandwidthLimit,omitempty"`
	FaultInjection   any `json:"faultInjection,omitempty"`
	AdmissionControl any `json:"admissionControl,omitempty"`
	UseClientProto   any `json:"useClientProtocol,omitempty"`
	Compression      any `json:"compression,omitempty"`
	Compressor       any `json:"compressor,omitempty"`
	ResponseOverride any `json:"responseOverride,omitempty"`
	HTTPUpgrade      any `json:"httpUpgrade,omitempty"`
	RequestBuffer    any `json:"requestBuffer,omitempty"`
	Telemetry        any `json:"telemetry,omitempty"`
	RoutingType      any `json:"routingType,omitempty"`
	LoadBalancer     any `json:"loadBalancer,omitempty"`
	Retry            any `json:"retry,omitempty"`
	ProxyProtocol    any `json:"proxyProtocol,omitempty"`
	TCPKeepalive     any `json:"tcpKeepalive,omitempty"`
	HealthCheck      any `json:"healthCheck,omitempty"`
	CircuitBreaker   any `json:"circuitBreaker,omitempty"`
	Timeout          any `json:"timeout,omitempty"`
	Connection       any `json:"connection,omitempty"`
	DNS              any `json:"dns,omitempty"`
	HTTP2            any `json:"http2,omitempty"`
}

// patchPolicySpec edits the proxies' configuration after everything else. Source: api/v1alpha1/envoypatchpolicy_types.go.
type patchPolicySpec struct {
	TargetRef   gatewayv1.LocalPolicyTargetReference `json:"targetRef"`
	Type        any                                  `json:"type,omitempty"`
	JSONPatches any                                  `json:"jsonPatches,omitempty"`
	Priority    any                                  `json:"priority,omitempty"`
}

// extensionPolicySpec puts code into the way of requests. Source: api/v1alpha1/envoyextensionypolicy_types.go.
type extensionPolicySpec struct {
	policyTargets `json:",inline"`
	MergeType     any   `json:"mergeType,omitempty"`
	Wasm          []any `json:"wasm,omitempty"`
	ExtProc       []any `json:"extProc,omitempty"`
	Lua           []any `json:"lua,omitempty"`
	DynamicModule []any `json:"dynamicModule,omitempty"`
}

// routeFilterSpec is a filter that routes refer to. Source: api/v1alpha1/httproutefilter_types.go.
type routeFilterSpec struct {
	URLRewrite *struct {
		Hostname *struct {
			Type      string `json:"type"`
			Header    any    `json:"header,omitempty"`
			PathRegex any    `json:"pathRegex,omitempty"`
		} `json:"hostname,omitempty"`
		Path                any `json:"path,omitempty"`
		AppendXForwardedFor any `json:"appendXForwardedHost,omitempty"`
	} `json:"urlRewrite,omitempty"`
	CredentialInjection any `json:"credentialInjection,omitempty"`
	DirectResponse      any `json:"directResponse,omitempty"`
	Matches             any `json:"matches,omitempty"`
}
