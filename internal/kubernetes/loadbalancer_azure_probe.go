package kubernetes

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// azureProbeProtocol is for all ports of a Service.
const azureProbeProtocol = "service.beta.kubernetes.io/azure-load-balancer-health-probe-protocol"

// azureProbeKeys are the annotations that say how a port is probed.
func azureProbeKeys(port int) (at, protocol, path string) {
	prefix := fmt.Sprintf("service.beta.kubernetes.io/port_%d_health-probe_", port)
	return prefix + "port", prefix + "protocol", prefix + "request-path"
}

// probe notes where Azure's load balancer probes a listener by HTTPS, at its own port. With externalTrafficPolicy Local every node tells by
// plain HTTP whether it has a pod, unless an annotation names a port.
//
// Source: cloud-provider-azure v1.36, pkg/provider/azure_loadbalancer.go getExpectedLBRules and azure_loadbalancer_healthprobe.go
// buildHealthProbeRulesForPort.
func (b LoadBalancer) probe(e *posture.Entry) {
	if b.Cloud != "aks" || b.Type != "LoadBalancer" {
		return
	}
	at, protocol, _ := azureProbeKeys(e.Port)
	if off := b.Annotations[fmt.Sprintf("service.beta.kubernetes.io/port_%d_no_probe_rule", e.Port)]; strings.EqualFold(off.Value, "true") {
		return
	}
	named := b.Annotations[at].Value
	if number, err := strconv.Atoi(named); named != "" && (err != nil || number != e.Port) || named == "" && b.TrafficPolicy == "Local" {
		return // another port, by number or name, or the node's own answer
	}
	own := Annotation{By: e.Listener}
	if b.AppProtocol {
		own.Value = e.Protocol
	}
	for i, a := range []Annotation{b.Annotations[protocol], own, b.Annotations[azureProbeProtocol]} {
		if a.Value == "" {
			continue
		}
		if strings.EqualFold(strings.TrimSpace(a.Value), "https") {
			why := "an annotation says that its load balancer probes by HTTPS"
			if i == 1 {
				why = "the Service's port has appProtocol https, and no annotation says how else to probe it"
			}
			e.Probe = unheld(posture.ProbeHTTPS, a.By, why)
		}
		return
	}
}
