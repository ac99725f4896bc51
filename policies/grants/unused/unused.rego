# METADATA
# title: A ReferenceGrant that nothing uses
# description: |
#   A pair of `from` and `to` that no route, gateway or policy of the cluster uses is a permission without a purpose, left
#   over or prepared: whoever can write in the referring namespace may use it.
# scope: package
# custom:
#   severity: block
#   remediation: remove the pair, or the grant with the exposure it was for
#   bad: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}, {group: gateway.networking.k8s.io, kind: TCPRoute, namespace: edge}]
#       to: [{group: "", kind: Service, name: relay}]
#   good: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
#       to: [{group: "", kind: Service, name: relay}]
package gatespan.rules.grants.unused

import data.gatespan.lib.finding

deny contains finding.at(grant.subject, grant.by, message, message) if {
	some grant in input.posture.grants
	count(grant.usedBy) == 0
	message := sprintf("nothing uses the grant of %s %s to %s of namespace %s in %s", [
		grant.toKind, target(grant), grant.fromKind, grant.fromNamespace, finding.name(grant.subject),
	])
}

target(grant) := grant.toName if grant.toName != ""

target(grant) := "(every one)" if grant.toName == ""
