# METADATA
# title: Expired client certificates are accepted
# description: |
#   A certificate is trusted for as long as it says. A listener that accepts expired ones also accepts every key that was
#   rotated away, or lost.
# scope: package
# custom:
#   severity: block
#   remediation: "leave the setting out: expired certificates are refused by default"
#   bad: |
#     clientValidation: {allowExpiredCertificate: true}
#   good: |
#     clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]}
package gatespan.rules.mtls["expired-certificates-accepted"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.expired, message) if {
	some entry in scope.terminating
	entry.expired.value
	message := sprintf("%s accepts expired client certificates", [finding.name(entry.subject)])
}
