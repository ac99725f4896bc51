package vpclattice

import gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

// Group is the API group of the controller's own kinds. Source: pkg/apis/applicationnetworking/v1alpha1/doc.go.
const Group = "application-networking.k8s.aws"

// Kinds of the group. Source: config/crds/bases.
const (
	kindAccessLogPolicy      = "AccessLogPolicy"
	kindIAMAuthPolicy        = "IAMAuthPolicy"
	kindServiceExport        = "ServiceExport"
	kindServiceImport        = "ServiceImport"
	kindServiceNetwork       = "ServiceNetwork"
	kindTargetGroupPolicy    = "TargetGroupPolicy"
	kindVPCAssociationPolicy = "VpcAssociationPolicy"
)

// Annotations. Source: pkg/k8s/utils.go.
const (
	standaloneAnnotation  = Group + "/standalone"
	serviceNameAnnotation = Group + "/service-name"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// targetRef names what a policy is for. It is always of the policy's own namespace: the field namespace is not looked at
// (pkg/k8s/policyhelper/policy.go targetRefMatch).
type targetRef struct {
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Namespace any    `json:"namespace,omitempty"`
}

// targeted is the part that every policy has.
type targeted struct {
	TargetRef *targetRef `json:"targetRef"`
}

// targetGroupPolicySpec is pkg/apis/applicationnetworking/v1alpha1/targetgrouppolicy_types.go. Protocol is a free string in the CRD.
type targetGroupPolicySpec struct {
	targeted
	Protocol        *string `json:"protocol,omitempty"`
	ProtocolVersion *string `json:"protocolVersion,omitempty"`
	HealthCheck     *struct {
		Enabled                 any `json:"enabled,omitempty"`
		HealthyThresholdCount   any `json:"healthyThresholdCount,omitempty"`
		IntervalSeconds         any `json:"intervalSeconds,omitempty"`
		Path                    any `json:"path,omitempty"`
		Port                    any `json:"port,omitempty"`
		Protocol                any `json:"protocol,omitempty"`
		ProtocolVersion         any `json:"protocolVersion,omitempty"`
		StatusMatch             any `json:"statusMatch,omitempty"`
		TimeoutSeconds          any `json:"timeoutSeconds,omitempty"`
		UnhealthyThresholdCount any `json:"unhealthyThresholdCount,omitempty"`
	} `json:"healthCheck,omitempty"`
}

// vpcAssociationPolicySpec is pkg/apis/applicationnetworking/v1alpha1/vpcassociationpolicy_types.go.
type vpcAssociationPolicySpec struct {
	targeted
	SecurityGroupIDs []string `json:"securityGroupIds,omitempty"`
	AssociateWithVPC *bool    `json:"associateWithVpc,omitempty"`
}

// iamAuthPolicySpec is pkg/apis/applicationnetworking/v1alpha1/authpolicy_types.go. Policy is an IAM policy in JSON.
type iamAuthPolicySpec struct {
	targeted
	Policy string `json:"policy"`
}

// accessLogPolicySpec is pkg/apis/applicationnetworking/v1alpha1/accesslogpolicy_types.go.
type accessLogPolicySpec struct {
	targeted
	DestinationARN any `json:"destinationArn"`
}

// serviceExportSpec is pkg/apis/applicationnetworking/v1alpha1/serviceexport_types.go.
type serviceExportSpec struct {
	ExportedPorts []struct {
		Port      int `json:"port"`
		RouteType any `json:"routeType"` // HTTP, GRPC, TLS
	} `json:"exportedPorts,omitempty"`
}

// serviceImportSpec is pkg/apis/applicationnetworking/v1alpha1/serviceimport_types.go.
type serviceImportSpec struct {
	IPs                   any `json:"ips,omitempty"`
	Ports                 any `json:"ports"`
	SessionAffinity       any `json:"sessionAffinity,omitempty"`
	SessionAffinityConfig any `json:"sessionAffinityConfig,omitempty"`
	Type                  any `json:"type"`
}

// serviceNetworkSpec: the kind has no spec.
type serviceNetworkSpec struct{}

func pointer[T any](v T) *T { return &v }

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}

// passesThrough is how the controller tells: the mode must be written out (pkg/gateway/model_build_listener.go
// isTLSPassthroughGatewayListener).
func passesThrough(l gatewayv1.Listener) bool {
	return l.Protocol == gatewayv1.TLSProtocolType && l.TLS != nil && deref(l.TLS.Mode, "") == gatewayv1.TLSModePassthrough
}
