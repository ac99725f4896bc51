# METADATA
# title: A load balancer probes a listener that wants a client certificate
# description: |
#   The load balancer asks whether the gateway lives by an HTTPS request to the listener itself. It has no client certificate, so every
#   probe fails, every backend looks dead, and nothing is forwarded. It is not mended by asking clients for less.
# scope: package
# custom:
#   severity: warn
#   remediation: probe a port that answers without a certificate, or by TCP
#   bad: |
#     metadata: {annotations: {service.beta.kubernetes.io/port_443_health-probe_protocol: Https}}
#   good: |
#     metadata: {annotations: {service.beta.kubernetes.io/port_443_health-probe_protocol: Tcp}}
package gatespan.rules.network["https-probe"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.probe, message) if {
	some entry in scope.served
	entry.probe.value == "https"
	entry.tls.value == "terminate"
	entry.clientAuth.value == "required"
	message := sprintf("the load balancer probes %s by HTTPS without a client certificate, and would find it dead", [finding.name(entry.subject)])
}
