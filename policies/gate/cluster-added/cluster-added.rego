# METADATA
# title: A cluster is new in the fleet
# description: |
#   It is judged by what the change says of it: its controller, its path, what it leaves out.
# scope: package
# custom:
#   severity: change
#   remediation: nothing; have the owners of the gate review it
#   bad: |
#     clusters: "eks-two": {…} # new
#   good: |
#     clusters: "eks-two": {…} # at the base too
package gatespan.rules.gate["cluster-added"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/cluster-added")
