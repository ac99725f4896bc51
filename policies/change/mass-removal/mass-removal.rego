# METADATA
# title: Much is removed at once
# description: |
#   More than three, and more than a tenth, of all ways in and out of the fleet are gone since the base, with all their objects.
#   That is rarely meant, and their consumers will fail.
# scope: package
# custom:
#   severity: block
#   remediation: remove them in smaller steps, or ask the owner for a waiver
#   bad: |
#     exposures: {} # forty were here
#   good: |
#     exposures: {…} # one is removed
package gatespan.rules.change["mass-removal"]

import data.gatespan.lib.facts

deny contains found if some found in facts.changed("mass")
