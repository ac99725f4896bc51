package haproxy

// Group is the API group of the controller's own kinds. Source: api/gate/v3/register.go.
const Group = "gate.v3.haproxy.org"

// Kinds of the group. MergeType is none of the API server's: routes name it to say how Backends are merged. Source: api/definition,
// documentation/CustomResources/backend.md.
const (
	kindBackend   = "Backend"
	kindDefaults  = "Defaults"
	kindGlobal    = "Global"
	kindHugConf   = "HugConf"
	kindMergeType = "MergeType"
)

// backendAnnotation is on a Service, and names a Backend that is merged into whatever leads to it (k8s/gate/constants/constants.go).
const backendAnnotation = Group + "/cr-backend"

// ingressDistribution is the HAProxy Kubernetes Ingress Controller, as a fleet names it.
const ingressDistribution = "ingress-controller"

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// hugConfSpec is api/gate/v3/hug-conf.go, ControllerConfSpec.
type hugConfSpec struct {
	GlobalRef   any `json:"globalRef,omitempty"`
	DefaultsRef any `json:"defaultsRef,omitempty"`
	Logging     any `json:"logging"`
}
