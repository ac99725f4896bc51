# METADATA
# title: Application developers beyond what is theirs
# description: |
#   RBAC in Git lets the developers of an exposure or consumer change what is not theirs: Gateways and policies, routes of
#   others, grants of other people's namespaces. Theirs are the routes of the exposure, by name, and what is in the namespace
#   of its Service or of the consumer, unless a gateway of the cluster is there. It
#   warns where the gateway is not the fleet's: another team may know them.
# scope: package
# custom:
#   severity: block
#   remediation: bind them to a Role of their own namespace, or to their own routes by resourceNames
#   bad: |
#     kind: ClusterRoleBinding # to ClusterRole grants, which may update referencegrants
#     subjects: [{kind: Group, name: team-relay}]
#   good: |
#     kind: RoleBinding
#     metadata: {namespace: relay}
#     subjects: [{kind: Group, name: team-relay}]
package gatespan.rules.rbac["developer-beyond-own"]

import data.gatespan.lib.powers

candidates := [power |
	some power in input.posture.powers
	powers.developer(power.holder)
	count(powers.beyond(power)) > 0
]

deny contains powers.report(holding, theirs, severity_of(theirs)) if {
	some holding in powers.holdings(candidates)
	theirs := powers.of(holding, candidates)
}

severity_of(theirs) := "block" if {
	some power in theirs
	some reach in powers.beyond(power)
	powers.own(reach)
} else := "warn"
