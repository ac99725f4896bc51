# METADATA
# title: Somebody newly answers for what no gateway checks
# description: |
#   The exposure rests on the word of a person or a document, and that word is new.
# scope: package
# custom:
#   severity: change
#   remediation: nothing; have the owner of the exposure review the evidence
#   bad: |
#     attestation: {by: "team-b", evidence: "…"} # was team-a
#   good: |
#     attestation: {by: "team-a", evidence: "…"}
package gatespan.rules.gate["attestation-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/attestation-changed")
