# METADATA
# title: A generated file was changed by hand
# description: |
#   The tree differs from what the fleet generates. Changes belong into the fleet, where they are reviewed as what they
#   mean.
# scope: package
# custom:
#   severity: block
#   remediation: run gatespan generate, and change the fleet instead
#   bad: |
#     # edge.yaml, edited
#     spec: {listeners: []}
#   good: |
#     # edge.yaml is what gatespan generate writes
package gatespan.rules.drift.modified

import data.gatespan.lib.facts

deny contains found if some found in facts.drifted("modified")
