package nginx

import gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

// Versions of the group's kinds as they are written (apis/v1alpha2/nginxproxy_types.go).
const proxyVersion = Group + "/v1alpha2"

// Kinds of the group, named as their CRDs are.
const (
	kindAuthenticationFilter   = "AuthenticationFilter"
	kindClientSettingsPolicy   = "ClientSettingsPolicy"
	kindExternalLoadBalancer   = "ExternalLoadBalancer"
	kindNginxGateway           = "NginxGateway"
	kindNginxProxy             = "NginxProxy"
	kindObservabilityPolicy    = "ObservabilityPolicy"
	kindPayloadProcessor       = "PayloadProcessor"
	kindProxySettingsPolicy    = "ProxySettingsPolicy"
	kindRateLimitPolicy        = "RateLimitPolicy"
	kindSnippetsFilter         = "SnippetsFilter"
	kindSnippetsPolicy         = "SnippetsPolicy"
	kindUpstreamSettingsPolicy = "UpstreamSettingsPolicy"
	kindWAFPolicy              = "WAFPolicy"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// nginxProxySpec is what configures the proxies of a Gateway, or of all Gateways of a class. Source: apis/v1alpha2/nginxproxy_types.go.
type nginxProxySpec struct {
	DisableSNIHostValidation *bool            `json:"disableSNIHostValidation,omitempty"`
	Kubernetes               *proxyKubernetes `json:"kubernetes,omitempty"`
	DNSResolver              *dnsResolver     `json:"dnsResolver,omitempty"`
	Logging                  *proxyLogging    `json:"logging,omitempty"`
	RewriteClientIP          any              `json:"rewriteClientIP,omitempty"`
	IPFamily                 any              `json:"ipFamily,omitempty"`
	Telemetry                any              `json:"telemetry,omitempty"`
	Metrics                  any              `json:"metrics,omitempty"`
	NginxPlus                any              `json:"nginxPlus,omitempty"`
	DisableHTTP2             any              `json:"disableHTTP2,omitempty"`
	UseClusterIP             any              `json:"useClusterIP,omitempty"`
	WorkerConnections        any              `json:"workerConnections,omitempty"`
	WorkerProcesses          any              `json:"workerProcesses,omitempty"`
	WorkerRlimitNofile       any              `json:"workerRlimitNofile,omitempty"`
	ServerTokens             any              `json:"serverTokens,omitempty"`
	Compression              any              `json:"compression,omitempty"`
	WAF                      any              `json:"waf,omitempty"`
	ZoneSize                 any              `json:"zoneSize,omitempty"`
	DisableBaseHeaders       any              `json:"disableBaseHeaders,omitempty"`
}

type proxyKubernetes struct {
	Service    *proxyService  `json:"service,omitempty"`
	Deployment *proxyWorkload `json:"deployment,omitempty"`
	DaemonSet  *proxyWorkload `json:"daemonSet,omitempty"`
}

type proxyService struct {
	Type                     string   `json:"type,omitempty"`
	ExternalTrafficPolicy    string   `json:"externalTrafficPolicy,omitempty"`
	LoadBalancerClass        string   `json:"loadBalancerClass,omitempty"`
	LoadBalancerSourceRanges []string `json:"loadBalancerSourceRanges,omitempty"`
	LoadBalancerIP           any      `json:"loadBalancerIP,omitempty"`
	NodePorts                any      `json:"nodePorts,omitempty"`
	Patches                  []any    `json:"patches,omitempty"`
}

// proxyWorkload is DeploymentSpec, of whose fields DaemonSetSpec has a part.
type proxyWorkload struct {
	Replicas            int             `json:"replicas,omitempty"`
	Pod                 *proxyPod       `json:"pod,omitempty"`
	Container           *proxyContainer `json:"container,omitempty"`
	Patches             []any           `json:"patches,omitempty"`
	Autoscaling         any             `json:"autoscaling,omitempty"`
	PodDisruptionBudget any             `json:"podDisruptionBudget,omitempty"`
	WAFContainers       any             `json:"wafContainers,omitempty"`
}

type proxyPod struct {
	Volumes                       any `json:"volumes,omitempty"`
	TerminationGracePeriodSeconds any `json:"terminationGracePeriodSeconds,omitempty"`
	Affinity                      any `json:"affinity,omitempty"`
	NodeSelector                  any `json:"nodeSelector,omitempty"`
	Tolerations                   any `json:"tolerations,omitempty"`
	TopologySpreadConstraints     any `json:"topologySpreadConstraints,omitempty"`
}

type proxyContainer struct {
	Image          *proxyImage `json:"image,omitempty"`
	Lifecycle      any         `json:"lifecycle,omitempty"`
	HostPorts      []any       `json:"hostPorts,omitempty"`
	VolumeMounts   []any       `json:"volumeMounts,omitempty"`
	Debug          any         `json:"debug,omitempty"`
	Resources      any         `json:"resources,omitempty"`
	ReadinessProbe any         `json:"readinessProbe,omitempty"`
}

type proxyImage struct {
	Repository string `json:"repository,omitempty"`
	Tag        any    `json:"tag,omitempty"`
	PullPolicy any    `json:"pullPolicy,omitempty"`
}

type proxyLogging struct {
	AccessLog      *accessLog `json:"accessLog,omitempty"`
	ErrorLevel     any        `json:"errorLevel,omitempty"`
	ErrorLogFormat any        `json:"errorLogFormat,omitempty"`
	AgentLevel     any        `json:"agentLevel,omitempty"`
}

type accessLog struct {
	Disable any    `json:"disable,omitempty"`
	Format  string `json:"format,omitempty"`
	Escape  string `json:"escape,omitempty"`
}

// dnsResolver looks the names of ExternalName Services up.
type dnsResolver struct {
	Addresses   []resolverAddress `json:"addresses,omitempty"`
	Timeout     any               `json:"timeout,omitempty"`
	CacheTTL    any               `json:"cacheTTL,omitempty"`
	DisableIPv6 any               `json:"disableIPv6,omitempty"`
}

type resolverAddress struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// snippetsPolicySpec puts text into the configuration of its targets' Gateways. Source: apis/v1alpha1/snippetspolicy_types.go.
type snippetsPolicySpec struct {
	TargetRefs []gatewayv1.LocalPolicyTargetReference `json:"targetRefs,omitempty"`
	Snippets   any                                    `json:"snippets,omitempty"`
}

// externalLoadBalancerSpec puts an F5 BIG-IP in front of its Gateway. Source: apis/v1alpha1/externalloadbalancer_types.go at 2.7.
type externalLoadBalancerSpec struct {
	TargetRefs  []gatewayv1.LocalPolicyTargetReference `json:"targetRefs,omitempty"`
	GatewayLink any                                    `json:"gatewayLink,omitempty"`
}

// payloadProcessorSpec shows requests and responses to another service. Source: apis/v1alpha1/payloadprocessor_types.go at 2.7.
type payloadProcessorSpec struct {
	TargetRef  gatewayv1.LocalPolicyTargetReference `json:"targetRef"`
	Processors any                                  `json:"processors,omitempty"`
}

// The rest are kinds that make nothing less strict: they are decoded for fields that nobody knows. Sources: apis/v1alpha1, apis/v1alpha2.

type snippetsFilterSpec struct {
	Snippets any `json:"snippets,omitempty"`
}

type nginxGatewaySpec struct {
	Logging any `json:"logging,omitempty"`
}

type clientSettingsPolicySpec struct {
	TargetRef any `json:"targetRef,omitempty"`
	Body      any `json:"body,omitempty"`
	KeepAlive any `json:"keepAlive,omitempty"`
}

type observabilityPolicySpec struct {
	TargetRefs any `json:"targetRefs,omitempty"`
	Tracing    any `json:"tracing,omitempty"`
}

type proxySettingsPolicySpec struct {
	TargetRefs any `json:"targetRefs,omitempty"`
	Buffering  any `json:"buffering,omitempty"`
	Timeout    any `json:"timeout,omitempty"`
}

type upstreamSettingsPolicySpec struct {
	TargetRefs          any `json:"targetRefs,omitempty"`
	KeepAlive           any `json:"keepAlive,omitempty"`
	ZoneSize            any `json:"zoneSize,omitempty"`
	LoadBalancingMethod any `json:"loadBalancingMethod,omitempty"`
	HashMethodKey       any `json:"hashMethodKey,omitempty"`
	UseClusterIP        any `json:"useClusterIP,omitempty"`
}

type rateLimitPolicySpec struct {
	TargetRefs any `json:"targetRefs,omitempty"`
	RateLimit  any `json:"rateLimit,omitempty"`
}

type authenticationFilterSpec struct {
	Type  any `json:"type,omitempty"`
	Basic any `json:"basic,omitempty"`
	JWT   any `json:"jwt,omitempty"`
	OIDC  any `json:"oidc,omitempty"`
}

type wafPolicySpec struct {
	TargetRefs   any `json:"targetRefs,omitempty"`
	Type         any `json:"type,omitempty"`
	PolicyRef    any `json:"policyRef,omitempty"`
	PolicySource any `json:"policySource,omitempty"`
	SecurityLogs any `json:"securityLogs,omitempty"`
}
