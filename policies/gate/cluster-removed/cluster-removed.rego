# METADATA
# title: A cluster is removed from the fleet
# description: |
#   What is in its overlays would not be judged any more. While they are there they are judged as the base has the cluster.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate remove it, with --trust head or a waiver at the base
#   bad: |
#     clusters: {} # eks-prod was here
#   good: |
#     clusters: "eks-prod": {…}
package gatespan.rules.gate["cluster-removed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/cluster-removed")
