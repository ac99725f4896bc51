# METADATA
# title: A CA was exchanged
# description: |
#   The set of trust anchors is another than before, neither more nor fewer: whoever holds the new root decides who is let
#   in or believed.
# scope: package
# custom:
#   severity: block
#   remediation: rotate with both roots declared in the trust domain first
#   bad: |
#     ca.crt: (another root)
#   good: |
#     ca.crt: (both roots, while rotating)
package gatespan.rules.change["ca-exchanged"]

import data.gatespan.lib.facts

deny contains found if some found in facts.changed("exchanged")
