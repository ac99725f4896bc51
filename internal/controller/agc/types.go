package agc

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Group is the API group of the controller's own kinds. Two of its kinds are named as kinds of other groups are: BackendTLSPolicy as
// Gateway API's, WebApplicationFirewallPolicy as a resource of Azure. Source: API register.go.
const Group = "alb.networking.azure.io"

// Kinds of the group. Source: API register.go; AuthPolicy, a preview, docs jwt-validation.
const (
	kindFrontendTLSPolicy = "FrontendTLSPolicy"
	kindBackendTLSPolicy  = "BackendTLSPolicy"
	kindHealthCheck       = "HealthCheckPolicy"
	kindRoutePolicy       = "RoutePolicy"
	kindLoadBalancing     = "BackendLoadBalancingPolicy"
	kindFirewall          = "WebApplicationFirewallPolicy"
	kindLoadBalancer      = "ApplicationLoadBalancer"
	kindIngressExtension  = "IngressExtension"
	kindAuthPolicy        = "AuthPolicy"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// targetRef names what a policy is for: all of it, or the listeners or ports of these names. A name that the target does not have
// keeps the whole policy from attaching. Source: API common.go, CustomTargetRef.
type targetRef struct {
	Group        string   `json:"group,omitempty"`
	Kind         string   `json:"kind"`
	Name         string   `json:"name"`
	Namespace    string   `json:"namespace,omitempty"`
	SectionNames []string `json:"sectionNames,omitempty"`
}

// policySpec is the frame of most policies. An override makes the policy invalid: it is not supported (API frontendtlspolicy.go).
type policySpec[C any] struct {
	TargetRef targetRef `json:"targetRef"`
	Default   *C        `json:"default,omitempty"`
	Override  any       `json:"override,omitempty"`
}

// frontendTLS is API frontendtlspolicy.go, FrontendTLSPolicyConfig.
type frontendTLS struct {
	Verify     *verifyClient `json:"verify,omitempty"`
	PolicyType *policyType   `json:"policyType,omitempty"`
}

type verifyClient struct {
	CACertificateRef *gatewayv1.SecretObjectReference `json:"caCertificateRef,omitempty"`
	SubjectAltNames  []string                         `json:"subjectAltNames,omitempty"`
}

type policyType struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// backendTLS is API backendtlspolicy.go, BackendTLSPolicyConfig.
type backendTLS struct {
	Verify               *verifyServer                    `json:"verify,omitempty"`
	SNI                  string                           `json:"sni,omitempty"`
	Ports                []backendPort                    `json:"ports,omitempty"`
	ClientCertificateRef *gatewayv1.SecretObjectReference `json:"clientCertificateRef,omitempty"`
}

type verifyServer struct {
	CACertificateRef *gatewayv1.SecretObjectReference `json:"caCertificateRef,omitempty"`
	SubjectAltName   string                           `json:"subjectAltName,omitempty"`
}

type backendPort struct {
	Port int `json:"port,omitempty"`
}

// The rest decides how requests are spread, timed, probed and filtered, and nothing of who may send them.

// healthCheck is API healthcheckpolicy.go.
type healthCheck struct {
	Interval           any `json:"interval,omitempty"`
	Timeout            any `json:"timeout,omitempty"`
	Port               any `json:"port,omitempty"`
	UnhealthyThreshold any `json:"unhealthyThreshold,omitempty"`
	HealthyThreshold   any `json:"healthyThreshold,omitempty"`
	UseTLS             any `json:"useTLS,omitempty"`
	HTTP               any `json:"http,omitempty"`
	GRPC               any `json:"grpc,omitempty"`
}

// routeSettings is API routepolicy.go.
type routeSettings struct {
	Timeouts        any `json:"timeouts,omitempty"`
	SessionAffinity any `json:"sessionAffinity,omitempty"`
}

// loadBalancingSpec is API backendloadbalancingpolicy.go.
type loadBalancingSpec struct {
	TargetRefs     any `json:"targetRefs"`
	CircuitBreaker any `json:"circuitBreaker,omitempty"`
	LoadBalancing  any `json:"loadBalancing,omitempty"`
}

// firewallSpec is API wafpolicy.go.
type firewallSpec struct {
	TargetRef any `json:"targetRef"`
	Firewall  any `json:"webApplicationFirewall,omitempty"`
}

// loadBalancerSpec is API alb.go: the subnets from which the proxies reach pods.
type loadBalancerSpec struct {
	Associations []string `json:"associations"`
}
