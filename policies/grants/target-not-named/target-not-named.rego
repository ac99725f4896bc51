# METADATA
# title: A ReferenceGrant for every object of a kind
# description: |
#   A `to` without a name grants every object of its kind in the namespace, also those that are created tomorrow. Entries
#   are alternatives, so one broad entry makes the narrow ones beside it meaningless.
# scope: package
# custom:
#   severity: block
#   remediation: name the target in to
#   bad: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
#       to: [{group: "", kind: Service}]
#   good: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
#       to: [{group: "", kind: Service, name: relay}]
package gatespan.rules.grants["target-not-named"]

import data.gatespan.lib.finding

deny contains finding.at(grant.subject, grant.by, message, message) if {
	some grant in input.posture.grants
	grant.toName == ""
	message := sprintf("%s lets %s of namespace %s refer to every %s of namespace %s", [
		finding.name(grant.subject), grant.fromKind, grant.fromNamespace, grant.toKind, grant.subject.namespace,
	])
}
