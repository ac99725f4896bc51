# METADATA
# title: An egress gateway calls what no exposure declares
# description: |
#   The egress gateway of a consumer presents its certificate at every destination it has. One that is no exposure of the
#   consumer learns the identity, and the pods reach where nobody agreed.
# scope: package
# custom:
#   severity: block
#   remediation: remove the destination, or declare the consumer in the exposure
#   bad: |
#     kind: Backend # in the namespace of orders-egress
#     spec: {endpoints: [{fqdn: {hostname: elsewhere.example.net, port: 443}}]}
#   good: |
#     kind: Backend
#     spec: {endpoints: [{fqdn: {hostname: relay.example.com, port: 443}}]}
package gatespan.rules.egress["undeclared-destination"]

import data.gatespan.lib.exits
import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.at(exit.subject, exit.destination, exit.host, message) if {
	some exit in input.posture.exits
	some want in input.wanted.exits
	scope.same(want.gateway, exits.carrier(exit))
	count(exits.wanted(exit)) == 0
	message := sprintf("%s: consumer %s declares no such exposure", [exits.label(exit), want.consumer])
}
