package kubernetes

import (
	"fmt"
	"strconv"
	"strings"
)

// AzureProbe reports whether Azure's load balancer probes a TCP port of a Service by HTTPS at that port itself, and the annotation that says
// so; "" when the port's appProtocol does. local is externalTrafficPolicy Local, with which every node tells by plain HTTP whether it has a
// pod, unless an annotation names a port.
//
// Source: cloud-provider-azure v1.36, pkg/provider/azure_loadbalancer.go getExpectedLBRules and azure_loadbalancer_healthprobe.go
// buildHealthProbeRulesForPort.
func AzureProbe(value func(annotation string) (string, bool), port int, appProtocol string, local bool) (https bool, annotation string) {
	key := func(parameter string) string {
		return fmt.Sprintf("service.beta.kubernetes.io/port_%d_%s", port, parameter)
	}
	if off, _ := value(key("no_probe_rule")); strings.EqualFold(off, "true") {
		return false, ""
	}
	at, named := value(key("health-probe_port"))
	if number, err := strconv.Atoi(at); named && (err != nil || number != port) || !named && local {
		return false, "" // another port, by number or name, or the node's own answer
	}
	for _, said := range []struct{ annotation, value string }{
		annotated(value, key("health-probe_protocol")), {"", appProtocol}, annotated(value, azureProbeProtocol),
	} {
		if said.value == "" {
			continue
		}
		if strings.EqualFold(strings.TrimSpace(said.value), "https") {
			return true, said.annotation
		}
		break
	}
	return false, ""
}

const azureProbeProtocol = "service.beta.kubernetes.io/azure-load-balancer-health-probe-protocol"

func annotated(value func(string) (string, bool), key string) struct{ annotation, value string } {
	v, _ := value(key)
	return struct{ annotation, value string }{key, v}
}
