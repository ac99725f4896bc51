# METADATA
# title: The pods of an exposure admit everybody
# description: |
#   In a cluster that names its NetworkPolicy engine, the pods of an exposure admit the gateway and not the rest of the
#   cluster: otherwise every pod reaches them without a client certificate. For pods behind a listener that verifies clients, which no
#   exposure declares, it warns.
# scope: package
# custom:
#   severity: block
#   remediation: add a NetworkPolicy that selects the pods and admits the data plane of the gateway
#   bad: |
#     kind: NetworkPolicy
#     spec: {podSelector: {matchLabels: {app: relay}}, ingress: [{}]}
#   good: |
#     kind: NetworkPolicy
#     spec: {podSelector: {matchLabels: {app: relay}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: edge}}}]}]}
package gatespan.rules.network["backend-open"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains object.union(finding.of(service.subject, service.network, message), severity(service)) if {
	not input.cluster.networkPolicyEngine in {"", "none"}
	some service in input.posture.services
	scope.key(service.subject) in scope.exposed
	service.network.value.everybody
	message := sprintf("the pods of %s admit everybody in the cluster", [finding.name(service.subject)])
}

severity(service) := {} if scope.key(service.subject) in scope.declared

severity(service) := {"severity": "warn"} if not scope.key(service.subject) in scope.declared
