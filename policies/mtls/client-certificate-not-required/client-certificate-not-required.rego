# METADATA
# title: Clients are let in without a certificate
# description: |
#   A listener that terminates TLS must ask every client for a certificate and verify it against its CA. A certificate that
#   is optional, or asked for and not verified, is as good as none, because the attacker sends none.
# scope: package
# custom:
#   severity: block
#   remediation: require and verify client certificates on the listener, or name its gateway in publicGateways
#   bad: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {clientValidation: {mode: VerifyIfGiven}}}
#   good: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]}}}
package gatespan.rules.mtls["client-certificate-not-required"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.clientAuth, message) if {
	some entry in scope.terminating
	entry.clientAuth.value != "required"
	message := sprintf("%s accepts clients without a certificate", [finding.name(entry.subject)])
}
