package istio

// sidecarSpec is networking/v1alpha3/sidecar.proto: what the sidecars of a namespace see, and what becomes of calls to hosts that the mesh
// does not know.
type sidecarSpec struct {
	WorkloadSelector      any                    `json:"workloadSelector,omitempty"`
	Ingress               any                    `json:"ingress,omitempty"`
	Egress                any                    `json:"egress,omitempty"`
	InboundConnectionPool any                    `json:"inboundConnectionPool,omitempty"`
	OutboundTrafficPolicy *outboundTrafficPolicy `json:"outboundTrafficPolicy,omitempty"`
}

type outboundTrafficPolicy struct {
	Mode        string `json:"mode,omitempty"`
	EgressProxy any    `json:"egressProxy,omitempty"`
}

// workloadEntrySpec is networking/v1alpha3/workload_entry.proto: an address that stands for a pod.
type workloadEntrySpec struct {
	Address        string            `json:"address,omitempty"`
	Ports          any               `json:"ports,omitempty"`
	Labels         map[string]string `json:"labels,omitempty"`
	Network        any               `json:"network,omitempty"`
	Locality       any               `json:"locality,omitempty"`
	Weight         any               `json:"weight,omitempty"`
	ServiceAccount any               `json:"serviceAccount,omitempty"`
}

// telemetrySpec is telemetry/v1alpha1/telemetry.proto: what is recorded, and nothing of who may call.
type telemetrySpec struct {
	Selector      any `json:"selector,omitempty"`
	TargetRef     any `json:"targetRef,omitempty"`
	TargetRefs    any `json:"targetRefs,omitempty"`
	Tracing       any `json:"tracing,omitempty"`
	Metrics       any `json:"metrics,omitempty"`
	AccessLogging any `json:"accessLogging,omitempty"`
}
