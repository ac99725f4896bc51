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
	for _, p := range b.fronts(e.Port) {
		if own := (Annotation{p.appProtocol, p.appProtocolRef}); own.Value != "" {
			b.probePort(e, p.number, own)
		} else if b.AppProtocol {
			b.probePort(e, p.number, Annotation{e.Protocol, e.Listener})
		} else {
			b.probePort(e, p.number, Annotation{})
		}
	}
}

// probePort is how one port of the Service is probed; own is its appProtocol.
func (b LoadBalancer) probePort(e *posture.Entry, port int, own Annotation) {
	at, protocol, _ := azureProbeKeys(port)
	if off := b.Annotations[fmt.Sprintf("service.beta.kubernetes.io/port_%d_no_probe_rule", port)]; strings.EqualFold(off.Value, "true") {
		return
	}
	named := b.Annotations[at].Value
	if number, err := strconv.Atoi(named); named != "" && (err != nil || number != port) || named == "" && b.TrafficPolicy == "Local" {
		return // another port, by number or name, or the node's own answer
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
