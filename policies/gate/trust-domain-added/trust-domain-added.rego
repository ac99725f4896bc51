# METADATA
# title: A trust domain is new
# description: |
#   Its roots decide who is let in and who is believed, wherever it is used.
# scope: package
# custom:
#   severity: change
#   remediation: nothing; have the owners of the gate compare its fingerprints
#   bad: |
#     trustDomains: other: {…} # new
#   good: |
#     trustDomains: other: {…} # at the base too
package gatespan.rules.gate["trust-domain-added"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/trust-domain-added")
