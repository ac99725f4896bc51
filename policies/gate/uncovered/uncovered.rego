# METADATA
# title: No cluster of the fleet applies a new Gateway
# description: |
#   The change brings a Gateway to a folder where clusters have theirs, and no cluster of the fleet reaches it: nothing would judge it.
# scope: package
# custom:
#   severity: block
#   remediation: add the cluster to the fleet, or a cluster's path that reaches the folder
#   bad: |
#     clusters: {} # and overlays/new/edge.yaml holds a Gateway
#   good: |
#     clusters: "new": {path: "overlays/new"}
package gatespan.rules.gate.uncovered

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/uncovered")
