package awslb

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Group is the API group of the controller's own kinds. v1 is served from 3.5 on, v1beta1 beside it (config/crd/gateway/gateway-crds.yaml).
const (
	Group   = "gateway.k8s.aws"
	version = Group + "/v1"
)

// Kinds of the group. Source: apis/gateway/v1.
const (
	kindLoadBalancer = "LoadBalancerConfiguration"
	kindTargetGroup  = "TargetGroupConfiguration"
	kindRule         = "ListenerRuleConfiguration"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// loadBalancer is apis/gateway/v1/loadbalancerconfig_types.go, LoadBalancerConfigurationSpec.
type loadBalancer struct {
	MergingMode            *string                  `json:"mergingMode,omitempty"`
	LoadBalancerName       any                      `json:"loadBalancerName,omitempty"`
	Scheme                 *string                  `json:"scheme,omitempty"`
	IPAddressType          any                      `json:"ipAddressType,omitempty"`
	PrivateLinkRules       *string                  `json:"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic,omitempty"`
	CustomerOwnedIPv4Pool  any                      `json:"customerOwnedIpv4Pool,omitempty"`
	IPv4IPAMPoolID         any                      `json:"ipv4IPAMPoolId,omitempty"`
	Subnets                any                      `json:"loadBalancerSubnets,omitempty"`
	SubnetsSelector        any                      `json:"loadBalancerSubnetsSelector,omitempty"`
	Listeners              *[]listenerConfiguration `json:"listenerConfigurations,omitempty"`
	DisableSecurityGroup   *bool                    `json:"disableSecurityGroup,omitempty"`
	SecurityGroups         *[]string                `json:"securityGroups,omitempty"`
	SecurityGroupPrefixes  *[]string                `json:"securityGroupPrefixes,omitempty"`
	SourceRanges           *[]string                `json:"sourceRanges,omitempty"`
	Attributes             any                      `json:"loadBalancerAttributes,omitempty"`
	Tags                   any                      `json:"tags,omitempty"`
	EnableICMP             any                      `json:"enableICMP,omitempty"`
	ManageBackendRules     any                      `json:"manageBackendSecurityGroupRules,omitempty"`
	MinimumCapacity        any                      `json:"minimumLoadBalancerCapacity,omitempty"`
	WAFv2                  any                      `json:"wafV2,omitempty"`
	ShieldAdvanced         any                      `json:"shieldConfiguration,omitempty"`
	DefaultTargetGroupConf *named                   `json:"defaultTargetGroupConfiguration,omitempty"`
}

type named struct {
	Name string `json:"name"`
}

// listenerConfiguration is for the listener of one protocol and port, such as HTTPS:443.
type listenerConfiguration struct {
	ProtocolPort         string                `json:"protocolPort"`
	DefaultCertificate   string                `json:"defaultCertificate,omitempty"`
	Certificates         []string              `json:"certificates,omitempty"`
	SSLPolicy            *string               `json:"sslPolicy,omitempty"`
	ALPNPolicy           any                   `json:"alpnPolicy,omitempty"`
	Stickiness           any                   `json:"targetGroupStickiness,omitempty"`
	MutualAuthentication *mutualAuthentication `json:"mutualAuthentication,omitempty"`
	Attributes           []attribute           `json:"listenerAttributes,omitempty"`
	QUICEnabled          *bool                 `json:"quicEnabled,omitempty"`
}

type attribute struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type mutualAuthentication struct {
	AdvertiseTrustStoreCANames any    `json:"advertiseTrustStoreCaNames,omitempty"`
	IgnoreExpiry               *bool  `json:"ignoreClientCertificateExpiry,omitempty"`
	Mode                       string `json:"mode"`
	TrustStore                 string `json:"trustStore,omitempty"`
}

// targetGroup is apis/gateway/v1/targetgroupconfig_types.go, TargetGroupConfigurationSpec.
type targetGroup struct {
	TargetReference *targetReference `json:"targetReference,omitempty"`
	Default         targetGroupProps `json:"defaultConfiguration,omitempty"`
	Routes          []routeProps     `json:"routeConfigurations,omitempty"`
}

type targetReference struct {
	Group *string `json:"group,omitempty"`
	Kind  *string `json:"kind,omitempty"`
	Name  string  `json:"name"`
}

type routeProps struct {
	Route routeIdentifier  `json:"routeIdentifier"`
	Props targetGroupProps `json:"targetGroupProps"`
}

type routeIdentifier struct {
	Kind      string `json:"kind,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"`
}

type targetGroupProps struct {
	Name               any                   `json:"targetGroupName,omitempty"`
	IPAddressType      any                   `json:"ipAddressType,omitempty"`
	HealthCheck        any                   `json:"healthCheckConfig,omitempty"`
	NodeSelector       *metav1.LabelSelector `json:"nodeSelector,omitempty"`
	Attributes         any                   `json:"targetGroupAttributes,omitempty"`
	TargetType         string                `json:"targetType,omitempty"`
	Protocol           *string               `json:"protocol,omitempty"`
	ProtocolVersion    any                   `json:"protocolVersion,omitempty"`
	TargetControlPort  any                   `json:"targetControlPort,omitempty"`
	EnableMultiCluster any                   `json:"enableMultiCluster,omitempty"`
	Tags               any                   `json:"tags,omitempty"`
}

// listenerRule is apis/gateway/v1/listenerruleconfig_types.go, ListenerRuleConfigurationSpec. Its conditions only narrow a rule.
type listenerRule struct {
	Actions    []action `json:"actions,omitempty"`
	Conditions any      `json:"conditions,omitempty"`
	Tags       any      `json:"tags,omitempty"`
}

type action struct {
	Type                string         `json:"type"`
	Forward             any            `json:"forwardConfig,omitempty"`
	Redirect            any            `json:"redirectConfig,omitempty"`
	FixedResponse       any            `json:"fixedResponseConfig,omitempty"`
	AuthenticateCognito any            `json:"authenticateCognitoConfig,omitempty"`
	AuthenticateOIDC    any            `json:"authenticateOIDCConfig,omitempty"`
	JWTValidation       *jwtValidation `json:"jwtValidationConfig,omitempty"`
}

type jwtValidation struct {
	Issuer           string     `json:"issuer"`
	JWKSEndpoint     string     `json:"jwksEndpoint"`
	AdditionalClaims []jwtClaim `json:"additionalClaims,omitempty"`
}

type jwtClaim struct {
	Format string   `json:"format"`
	Name   string   `json:"name"`
	Values []string `json:"values"`
}
