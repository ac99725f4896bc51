# METADATA
# title: A call leaves in plaintext
# description: |
#   An exit of an exposure originates TLS. In plaintext everybody on the way reads and changes it, and no certificate is
#   presented. The call of an ordinary application only warns.
# scope: package
# custom:
#   severity: block
#   remediation: originate TLS for the destination
#   bad: |
#     kind: DestinationRule
#     spec: {host: relay.example.com, trafficPolicy: {tls: {mode: DISABLE}}}
#   good: |
#     kind: DestinationRule
#     spec: {host: relay.example.com, trafficPolicy: {tls: {mode: MUTUAL, credentialName: orders-client-tls, sni: relay.example.com}}}
package gatespan.rules.egress.plaintext

import data.gatespan.lib.exits

deny contains exits.judge(exit, exit.tls, "is not TLS") if {
	some exit in input.posture.exits
	exit.tls.value != "tls"
}
