# METADATA
# title: A call presents no client certificate
# description: |
#   The entry at the other end asks for the consumer's certificate; a call without one is refused there, or, worse, let in
#   somewhere that asks for none. The call of an ordinary application only warns.
# scope: package
# custom:
#   severity: block
#   remediation: present the certificate of the consumer for the destination
#   bad: |
#     kind: DestinationRule
#     spec: {host: relay.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}
#   good: |
#     kind: DestinationRule
#     spec: {host: relay.example.com, trafficPolicy: {tls: {mode: MUTUAL, credentialName: orders-client-tls}}}
package gatespan.rules.egress["no-client-certificate"]

import data.gatespan.lib.exits

deny contains exits.judge(exit, exit.certificate, "presents no client certificate") if {
	some exit in input.posture.exits
	exit.tls.value == "tls"
	exit.certificate.value == ""
}
