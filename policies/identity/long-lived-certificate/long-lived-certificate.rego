# METADATA
# title: A certificate that is valid for very long
# description: |
#   A key that was lost is good for as long as its certificate: nothing here revokes one. More than 398 days, what browsers and public
#   CAs allow at most, warns. What cert-manager renews by itself can be shorter at no cost.
# scope: package
# custom:
#   severity: warn
#   remediation: leave duration out (90 days), or make it shorter
#   bad: |
#     duration: 87600h
#   good: |
#     duration: 2160h
package gatespan.rules.identity["long-lived-certificate"]

import data.gatespan.lib.certificates

most := 398

deny contains certificates.judge(certificate, certificate.days, sprintf("%d", [certificate.days.value]), message) if {
	some certificate in input.posture.certificates
	certificate.days.value > most
	some user in array.concat(certificates.served(certificate), certificates.presented(certificate))
	message := sprintf("is valid for %d days, and %s uses it", [certificate.days.value, certificates.user(user)])
}
