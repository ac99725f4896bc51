# METADATA
# title: The base has no fleet
# description: |
#   There is nothing at the base to judge the change by, so that what it brings itself is used: clusters, trust domains and
#   waivers. Read them as what they are, the gate's own configuration.
# scope: package
# custom:
#   severity: change
#   remediation: nothing; have the owners of the gate review the fleet
#   bad: |
#     # fleet/fleet.cue is new
#   good: |
#     # fleet/fleet.cue is there at the base
package gatespan.rules.gate["fleet-added"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/fleet-added")
