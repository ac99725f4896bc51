# METADATA
# title: A waiver has expired
# description: |
#   The finding that it accepted is there still, and counts again.
# scope: package
# custom:
#   severity: block
#   remediation: mend the finding, or have the owners of the gate renew the waiver
#   bad: |
#     expires: "2026-01-31" # today is 2026-11-23
#   good: |
#     expires: "2027-01-31"
package gatespan.rules.gate["waiver-expired"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/waiver-expired")
