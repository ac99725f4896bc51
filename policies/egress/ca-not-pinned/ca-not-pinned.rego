# METADATA
# title: Any CA may vouch for the other end
# description: |
#   The server's certificate must chain to the CA of the provider's trust domain. With the system's roots, or no check,
#   whoever holds some certificate for the name receives the calls, and learns who makes them.
# scope: package
# custom:
#   severity: block
#   remediation: name the CA bundle of the trust domain for the destination
#   bad: |
#     validation: {hostname: relay.example.com, wellKnownCACertificates: System}
#   good: |
#     validation: {hostname: relay.example.com, caCertificateRefs: [{kind: ConfigMap, name: orders-egress-ca}]}
package gatespan.rules.egress["ca-not-pinned"]

import data.gatespan.lib.anchors
import data.gatespan.lib.exits

deny contains object.union(found, exits.severity(exit)) if {
	some exit in input.posture.exits
	exit.tls.value == "tls"
	some found in anchors.findings(exit.subject, exit.ca, declared(exit), sprintf("the call of %s:%d", [exit.host, exit.port]))
}

declared(exit) := sums if {
	sums := {anchors.plain(sum) | some want in exits.wanted(exit); some sum in want.sha256}
	count(sums) > 0
} else := anchors.fleet if {
	exits.tied(exit)
} else := set()
