# METADATA
# title: TLS passes through, and nobody says who verifies clients
# description: |
#   With TLS passthrough the gateway sees no certificate; whether clients are verified depends on the pod behind it. An
#   exposure with mode Passthrough says that its pods are attested to do so. Any other passthrough listener in scope is an
#   unguarded way in.
# scope: package
# custom:
#   severity: block
#   remediation: terminate TLS at the gateway, or declare the exposure with mode Passthrough
#   bad: |
#     listeners: [{name: relay, protocol: TLS, tls: {mode: Passthrough}}]
#   good: |
#     listeners: [{name: relay, protocol: HTTPS, tls: {mode: Terminate}}]
package gatespan.rules.mtls["passthrough-not-declared"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.tls, message) if {
	some entry in scope.inside
	entry.tls.value == "passthrough"
	not declared(entry)
	message := sprintf("%s passes TLS through, and no exposure says that its pods verify clients", [finding.name(entry.subject)])
}

declared(entry) if {
	some want in scope.wanted(entry)
	want.mode == "Passthrough"
}
