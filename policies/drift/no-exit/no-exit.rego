# METADATA
# title: A consumer that cannot call as declared
# description: |
#   The fleet declares that a consumer calls an exposure, and nothing in its cluster originates that call: the pods have no
#   guarded way, and will look for another.
# scope: package
# custom:
#   severity: block
#   remediation: run gatespan generate, or remove the consumer from the exposure
#   bad: |
#     # no destination relay.example.com on Gateway orders/orders-egress, which exposures.relay.consumers.orders declares
#   good: |
#     kind: Backend
#     spec: {endpoints: [{fqdn: {hostname: relay.example.com, port: 443}}]}
package gatespan.rules.drift["no-exit"]

import data.gatespan.lib.exits
import data.gatespan.lib.finding

deny contains finding.at(want.gateway, by(want), want.hostname, message) if {
	some want in input.wanted.exits
	not met(want)
	message := sprintf("consumer %s cannot call exposure %s as declared: nothing calls %s:%d through %s", [
		want.consumer, want.exposure, want.hostname, want.port, finding.name(want.gateway),
	])
}

met(want) if {
	some exit in input.posture.exits
	exit.port == want.port
	want in exits.wanted(exit)
}

by(want) := {"apiVersion": "", "kind": want.gateway.kind, "namespace": want.gateway.namespace, "name": want.gateway.name, "field": ""}
