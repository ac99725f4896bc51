# METADATA
# title: A certificate whose key can sign others
# description: |
#   With `isCA: true` the key of a listener or of a consumer is that of a CA: whoever reads the Secret, or runs in the proxy, makes
#   certificates for any identity of the trust domain.
# scope: package
# custom:
#   severity: block
#   remediation: leave isCA out of certificates that serve or call; a CA's key belongs to its issuer
#   bad: |
#     spec: {secretName: edge-relay-tls, isCA: true}
#   good: |
#     spec: {secretName: edge-relay-tls}
package gatespan.rules.identity["signing-certificate"]

import data.gatespan.lib.certificates

deny contains certificates.judge(certificate, certificate.ca, "true", message) if {
	some certificate in input.posture.certificates
	certificate.ca.value
	some user in array.concat(
		array.concat(certificates.served(certificate), certificates.inner(certificate)),
		certificates.presented(certificate),
	)
	message := sprintf("makes the certificate of a CA, and %s holds its key", [certificates.user(user)])
}
