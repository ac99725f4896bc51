# METADATA
# title: Others may borrow the client certificate
# description: |
#   Whoever reaches an egress gateway calls with its certificate. It belongs to one consumer: closed by mesh identity or by
#   a NetworkPolicy, and reachable inside its cluster only.
# scope: package
# custom:
#   severity: block
#   remediation: admit the pods of the consumer only (AuthorizationPolicy or NetworkPolicy), on a gateway with a ClusterIP Service
#   bad: |
#     kind: AuthorizationPolicy
#     spec: {action: ALLOW, rules: [{}]}
#   good: |
#     kind: AuthorizationPolicy
#     spec: {action: ALLOW, rules: [{from: [{source: {principals: [cluster.local/ns/orders/sa/orders]}}]}]}
package gatespan.rules.egress["open-to-others"]

import data.gatespan.lib.exits
import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains exits.judge(exit, exit.users, sprintf("may be made by everybody in the cluster with %s", [exit.certificate.value])) if {
	some exit in lent
	exit.users.value.everybody
}

deny contains exits.judge(exit, entry.scheme, sprintf("may be made from outside the cluster, %s being %s", [finding.name(entry.subject), entry.scheme.value])) if {
	some i, exit in input.posture.exits
	exit in lent
	some entry in input.posture.entries
	scope.same(entry.gateway, exit.gateway)
	entry.scheme.value != "cluster"
	some route in entry.routes
	some backend in route.backends
	backend.exitIndex == i
}

# lent are the exits of gateways that present a certificate. A workload that calls for itself lends it to nobody.
lent := [exit |
	some exit in input.posture.exits
	exit.gateway.name != ""
	exit.certificate.value != ""
]
