# METADATA
# title: A CA, a token's issuer or a client certificate was exchanged
# description: |
#   What is trusted or presented is another than before, neither more nor less: the roots of a CA, the issuer or the keys of
#   tokens, the certificate that a call presents. Whoever holds the new one decides who is let in or believed.
# scope: package
# custom:
#   severity: block
#   remediation: rotate a CA with both roots declared in the trust domain first; accept another issuer or certificate with a waiver
#   bad: |
#     ca.crt: (another root)
#   good: |
#     ca.crt: (both roots, while rotating)
package gatespan.rules.change["ca-exchanged"]

import data.gatespan.lib.facts

deny contains found if some found in facts.changed("exchanged")
