# METADATA
# title: An entry, exit or grant is gone
# description: |
#   It was there at the base and is no more, with all its objects. Its consumers will fail.
# scope: package
# custom:
#   severity: change
#   remediation: nothing, if it is meant; --fail-on change makes it block
#   bad: |
#     # exposures.relay removed from the fleet
#   good: |
#     # exposures.relay stays
package gatespan.rules.change["exposure-removed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.changed("gone")
