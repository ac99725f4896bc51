package haproxy

import (
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/posture"
)

// address fills in where a listener can be reached from, by the Services of the installation where they are in Git. The controller sets that
// Service's ports and nothing else (k8s/gate/hugservice/hugservice.go).
func (r *reader) address(e *posture.Entry) {
	e.Scheme.Why = "the Service of the installation is not in Git"
	kubernetes.ReadInFront(r.Cluster, r.Objects).Apply(e)
}
