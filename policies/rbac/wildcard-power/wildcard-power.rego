# METADATA
# title: Power over everything of a gateway's API groups
# description: |
#   A rule of RBAC names the API groups of gateways and then everything in them, kinds of tomorrow and escape hatches
#   included; or it lets its holder take roles and identities that nobody gave (escalate, bind, impersonate, tokens). Whoever
#   has it can undo in the cluster what the check holds. It blocks for people and the workloads at both ends, and when nothing
#   in Git binds the role; it warns for other workloads, and where cluster operators have a wildcard. Infrastructure providers
#   may have it.
# scope: package
# custom:
#   severity: block
#   remediation: name the resources and the verbs that are needed
#   bad: |
#     rules: [{apiGroups: [gateway.envoyproxy.io], resources: ["*"], verbs: ["*"]}]
#   good: |
#     rules: [{apiGroups: [gateway.envoyproxy.io], resources: [clienttrafficpolicies], verbs: [get, update]}]
package gatespan.rules.rbac["wildcard-power"]

import data.gatespan.lib.powers

candidates := [power |
	some power in input.posture.powers
	wide(power)
	not powers.server(power.holder)
	not powers.provider(power.holder)
	not powers.developer(power.holder)
]

wide(power) if power.wildcard

wide(power) if power.escalates

deny contains found if {
	some holding in powers.holdings(candidates)
	theirs := powers.of(holding, candidates)
	found := object.union(powers.report(holding, theirs, severity_of(holding.holder, theirs)), {"value": value(theirs), "message": message(holding, theirs)})
}

severity_of(holder, theirs) := "warn" if {
	powers.operator(holder)
	every power in theirs {
		not power.escalates
	}
} else := "warn" if {
	powers.workload(holder)
	not powers.end(holder)
} else := "warn" if {
	not theirs[0].bound
	every power in theirs {
		not power.wildcard
	}
} else := "block"

message(holding, theirs) := sprintf("%s %s by %s %s", [powers.called(holding.holder), does(theirs), holding.role.kind, holding.role.name])

does(theirs) := "may change every kind of an API group of gateways" if {
	some power in theirs
	power.wildcard
} else := "can take roles or identities that nobody gave"

# value is the verbs: what a waiver accepts must not grow.
value(theirs) := concat(" ", {verb | some power in theirs; some verb in power.verbs})
