# METADATA
# title: Pods reach the egress gateway in plaintext
# description: |
#   The call is TLS from the gateway on; before it, between pod and gateway, everybody on the way could read and change it,
#   or ride on it. Pods reach the egress gateway by HTTPS or by the mesh's mutual TLS.
# scope: package
# custom:
#   severity: block
#   remediation: make the listener HTTPS, or ISTIO_MUTUAL in a mesh
#   bad: |
#     listeners: [{name: relay, port: 80, protocol: HTTP}]
#   good: |
#     listeners: [{name: relay, port: 443, protocol: HTTPS, tls: {options: {gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL}}}]
package gatespan.rules.egress["plaintext-listener"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.tls, message) if {
	some entry in scope.served
	entry.tls.value == "none"
	scope.egress(entry)
	not scope.public(entry.gateway)
	message := sprintf("%s takes calls for outside the cluster in plaintext", [finding.name(entry.subject)])
}
