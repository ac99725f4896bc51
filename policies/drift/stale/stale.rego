# METADATA
# title: A generated file that the fleet no longer wants
# description: |
#   The exposure is gone from the fleet and its objects are still in the tree, so that it is still served.
# scope: package
# custom:
#   severity: block
#   remediation: run gatespan generate, which removes it
#   bad: |
#     # overlays/eks-prod/exposures/relay/ without exposures.relay in the fleet
#   good: |
#     # no overlay of an exposure that the fleet does not have
package gatespan.rules.drift.stale

import data.gatespan.lib.facts

deny contains found if some found in facts.drifted("stale")
