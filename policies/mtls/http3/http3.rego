# METADATA
# title: HTTP/3 beside client certificates
# description: |
#   Envoy cannot verify client certificates over QUIC, so a listener that also serves HTTP/3 has a second door without them.
# scope: package
# custom:
#   severity: block
#   remediation: leave http3 out
#   bad: |
#     kind: ClientTrafficPolicy
#     spec: {http3: {}}
#   good: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {minVersion: "1.3"}}
package gatespan.rules.mtls.http3

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.http3, message) if {
	some entry in scope.terminating
	entry.http3.value
	message := sprintf("%s serves HTTP/3, which does not verify client certificates", [finding.name(entry.subject)])
}
