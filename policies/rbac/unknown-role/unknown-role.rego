# METADATA
# title: A role that is not in Git, over a gateway
# description: |
#   A binding in Git gives somebody a role that Git does not have, in a namespace with what protects an exposed gateway or in
#   all of them: what it lets them do there is not known. It warns for people and the workloads at both ends, and blocks for
#   whoever can call the API server.
# scope: package
# custom:
#   severity: warn
#   remediation: keep the role in Git beside its binding, or bind one that is
#   bad: |
#     kind: RoleBinding
#     metadata: {namespace: edge}
#     roleRef: {kind: ClusterRole, name: from-a-chart}
#   good: |
#     roleRef: {kind: Role, name: gateway-operators} # which is in Git
package gatespan.rules.rbac["unknown-role"]

import data.gatespan.lib.finding
import data.gatespan.lib.powers

deny contains object.union(finding.at(power.holder, power.by, power.role.name, finding.because(message, power.why)), {"severity": severity}) if {
	some power in input.posture.powers
	some reach in power.reaches
	reach.over == "what is not known"
	not powers.provider(power.holder)
	not powers.owns(power.holder, reach.namespace, reach.place)
	severity := severity_of(power.holder)
	message := sprintf("what %s may do in %s is not known", [finding.name(power.holder), where(power.scope)])
}

severity_of(holder) := "block" if {
	powers.everybody(holder)
} else := "warn" if {
	powers.person(holder)
} else := "warn" if powers.end(holder)

where("") := "every namespace"

where(scope) := sprintf("namespace %s", [scope]) if scope != ""
