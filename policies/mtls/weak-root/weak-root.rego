# METADATA
# title: A root that is weak, or no CA
# description: |
#   A bundle in Git holds a certificate that nobody should rely on: an RSA key of less than 2048 bits, a curve of less than 256, a
#   signature with MD5 or SHA-1, or a certificate that is not of a CA. Who can break the key can sign any identity; and whoever holds
#   the key of a certificate that is trusted itself needs no CA.
# scope: package
# custom:
#   severity: block
#   remediation: put the roots of the trust domain into the bundle, and nothing else; replace a weak root by a new one
#   bad: |
#     data: {ca.crt: …} # the server's own certificate, or a root with RSA 1024
#   good: |
#     data: {ca.crt: …} # the root that signs, ECDSA P-256 or RSA 2048 and more, SHA-256
package gatespan.rules.mtls["weak-root"]

import data.gatespan.lib.roots

deny contains roots.fault(trust, root, root.sha256, concat(", ", root.weak)) if {
	some trust in roots.trusted
	some root in roots.of(trust.setting)
	count(root.weak) > 0
}
