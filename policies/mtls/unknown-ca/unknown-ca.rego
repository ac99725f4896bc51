# METADATA
# title: Client certificates of another CA are accepted
# description: |
#   Whoever the trust anchor signs gets in. The anchors of a listener must be the declared roots of its gateway's trust
#   domain, by fingerprint; where no exposure wants the listener, roots of any trust domain of the fleet. The system's
#   roots, no anchor at all, and an anchor whose content is not known are not.
# scope: package
# custom:
#   severity: block
#   remediation: name the bundle of the trust domain, or declare the root in trustDomains
#   bad: |
#     clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: some-other-ca}]}
#   good: |
#     clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]} # its SHA-256 is in trustDomains
package gatespan.rules.mtls["unknown-ca"]

import data.gatespan.lib.anchors
import data.gatespan.lib.scope

deny contains found if {
	some entry in scope.terminating
	entry.clientAuth.value != "none"
	some found in anchors.findings(entry.subject, entry.clientCA, declared(entry), "client certificates")
}

declared(entry) := sums if {
	sums := {anchors.plain(sum) | some want in scope.wanted(entry); some sum in want.sha256}
	count(sums) > 0
} else := anchors.fleet
