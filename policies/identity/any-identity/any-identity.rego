# METADATA
# title: Whoever the CA signs is let in
# description: |
#   The exposure says that the gateway tells its consumers from other holders of a certificate (enforcedBy gateway), and the
#   listener accepts every certificate of the CA.
# scope: package
# custom:
#   severity: block
#   remediation: list the identities of the consumers on the listener
#   bad: |
#     clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]}
#   good: |
#     clientValidation:
#       caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]
#       subjectAltNames: {uris: [{type: Exact, value: "spiffe://corp.example.com/ns/orders/sa/orders"}]}
package gatespan.rules.identity["any-identity"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.identities, message) if {
	some entry in scope.terminating
	some want in scope.wanted(entry)
	want.pinIdentities
	entry.identities.value.everybody
	message := sprintf("%s accepts every certificate of its CA, not only the consumers of exposure %s", [finding.name(entry.subject), want.exposure])
}
