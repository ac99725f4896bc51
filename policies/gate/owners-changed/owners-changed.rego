# METADATA
# title: The gate's own files get other owners
# description: |
#   Code owners are who must agree to a change of the fleet, the rules and what runs the gate. A change cannot pick its own
#   reviewers.
# scope: package
# custom:
#   severity: block
#   remediation: have the present owners change it by itself, with a waiver at the base
#   bad: |
#     /fleet/ @team-relay # was @platform
#   good: |
#     /fleet/ @platform
package gatespan.rules.gate["owners-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/owners-changed")
