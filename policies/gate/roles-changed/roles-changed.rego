# METADATA
# title: A cluster has other people in its roles than at the base
# description: |
#   Who is in infrastructureProviders and clusterOperators may change what protects every gateway of the cluster. A change cannot put anybody
#   there by itself: the powers that it hands out are judged by the roles of the base. Developers have only what is of their own exposure or
#   consumer; more of them is reported by change/wider.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate name them first, with --trust head or a waiver at the base
#   bad: |
#     roles: clusterOperators: [{kind: "Group", name: "platform"}, {kind: "Group", name: "everybody"}] # the second is new
#   good: |
#     roles: clusterOperators: [{kind: "Group", name: "platform"}]
package gatespan.rules.gate["roles-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/roles-changed")
