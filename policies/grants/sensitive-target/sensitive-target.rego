# METADATA
# title: A ReferenceGrant for a Secret
# description: |
#   A grant for a Secret lets another namespace serve with its key, or read it through a policy. Certificates belong in the
#   namespace of the gateway that serves them.
# scope: package
# custom:
#   severity: block
#   remediation: make the certificate in the namespace of its gateway, and remove the grant
#   bad: |
#     kind: ReferenceGrant
#     spec: {to: [{group: "", kind: Secret, name: relay-tls}]}
#   good: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
#       to: [{group: "", kind: Service, name: relay}]
package gatespan.rules.grants["sensitive-target"]

import data.gatespan.lib.finding

deny contains finding.at(grant.subject, grant.by, message, message) if {
	some grant in input.posture.grants
	grant.toKind == "Secret"
	message := sprintf("%s lets %s of namespace %s use %s", [
		finding.name(grant.subject), grant.fromKind, grant.fromNamespace, target(grant),
	])
}

target(grant) := sprintf("Secret %s", [grant.toName]) if grant.toName != ""

target(grant) := "every Secret" if grant.toName == ""
