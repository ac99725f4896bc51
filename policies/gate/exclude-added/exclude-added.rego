# METADATA
# title: A path is newly left out of the check
# description: |
#   What is below it would not be judged. A change cannot leave something out for itself.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate exclude it first, with --trust head or a waiver at the base
#   bad: |
#     exclude: [{path: "overlays/eks-prod/edge", reason: "later"}] # new
#   good: |
#     exclude: []
package gatespan.rules.gate["exclude-added"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/exclude-added")
