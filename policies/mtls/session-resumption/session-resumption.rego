# METADATA
# title: Resumed TLS sessions skip the client certificate
# description: |
#   A resumed session is not verified again: a client whose certificate has expired, was revoked, or belongs to a CA that is
#   no longer trusted stays in for as long as it holds a ticket.
# scope: package
# custom:
#   severity: block
#   remediation: leave TLS session resumption off on listeners that verify clients
#   bad: |
#     tls: {session: {resumption: {stateless: {}}}}
#   good: |
#     tls: {clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]}}
package gatespan.rules.mtls["session-resumption"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.resumption, message) if {
	some entry in scope.terminating
	entry.resumption.value
	message := sprintf("%s resumes TLS sessions without verifying the client again", [finding.name(entry.subject)])
}
