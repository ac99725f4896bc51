# METADATA
# title: Power over a gateway that nobody declared
# description: |
#   RBAC in Git lets somebody outside the roles that the fleet declares change what protects an exposed gateway, or read its
#   private keys: past the check, in the cluster. It blocks for people, and for the workloads at both ends, where the fleet
#   declares who has a role, and everywhere for whoever can call the API server and for a rule that reads Secrets with keys.
#   Where the fleet declares nobody, other power of people warns, but for built-in roles in the namespaces of Services and
#   consumers; where it does, so does that of other workloads.
# scope: package
# custom:
#   severity: block
#   remediation: remove the binding, or declare the subject in roles of the cluster or developers of the exposure
#   bad: |
#     kind: ClusterRole
#     rules: [{apiGroups: [gateway.networking.k8s.io], resources: [gateways], verbs: [update]}]
#     # bound to Group contractors, which roles does not name
#   good: |
#     roles: clusterOperators: [{kind: "Group", name: "gateway-operators"}]
package gatespan.rules.rbac["undeclared-power"]

import data.gatespan.lib.powers

candidates := [power |
	some power in input.posture.powers
	power.bound
	not power.wildcard
	not power.escalates
	not powers.developer(power.holder)
	count(powers.beyond(power)) > 0
]

deny contains powers.report(holding, theirs, severity) if {
	some holding in powers.holdings(candidates)
	theirs := powers.of(holding, candidates)
	severity := severity_of(holding.holder, theirs)
}

severity_of(holder, theirs) := "block" if {
	powers.everybody(holder)
} else := "block" if {
	judged(holder)
	some power in theirs
	decisive(power)
} else := "warn" if {
	judged(holder)
	some power in theirs
	not at_home(power)
} else := "warn" if {
	powers.workload(holder)
	not powers.engine(holder)
	some power in theirs
	some reach in powers.beyond(power)
	powers.closed(reach)
	reach.over in {"gateways", "routes", "reference grants", "policies", "gateway classes"}
}

judged(holder) if powers.person(holder)

judged(holder) if powers.end(holder)

decisive(power) if {
	some reach in powers.beyond(power)
	powers.closed(reach)
}

decisive(power) if {
	not power.broad
	some reach in powers.beyond(power)
	reach.over == "private keys"
	reach.place in {"gateway", "keys"}
}

# at_home: a built-in role in the namespaces of Services and consumers is what their owners have, whoever they are.
at_home(power) if {
	power.broad
	every reach in powers.beyond(power) {
		reach.place in {"service", "consumer"}
	}
}
