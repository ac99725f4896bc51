# METADATA
# title: One port, two kinds of listener
# description: |
#   Two listeners of one gateway and port, of which only one asks for client certificates: a connection is accepted under
#   the name of the one and used for the other, where the proxy does not compare the name of the handshake with that of each
#   request.
# scope: package
# custom:
#   severity: block
#   remediation: require client certificates on both, or give the other listener a gateway or port of its own
#   bad: |
#     listeners:
#       - {name: relay, port: 443, hostname: relay.example.com} # client certificates
#       - {name: web, port: 443, hostname: www.example.com}     # none
#   good: |
#     listeners:
#       - {name: relay, port: 443, hostname: relay.example.com}
#       - {name: ledger, port: 443, hostname: ledger.example.com} # both with client certificates
package gatespan.rules.mtls["mixed-client-auth"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(strict.subject, weak.clientAuth, message) if {
	some weak in scope.terminating
	weak.clientAuth.value != "required"
	some strict in scope.terminating
	strict.clientAuth.value == "required"
	weak.port == strict.port
	scope.same(weak.gateway, strict.gateway)
	message := sprintf("%s shares port %d with %s, which accepts clients without a certificate", [
		finding.name(strict.subject), strict.port, finding.name(weak.subject),
	])
}
