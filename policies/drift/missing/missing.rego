# METADATA
# title: A generated file is gone
# description: |
#   What the fleet generates is not in the tree, so that Flux or Argo CD remove it from the cluster.
# scope: package
# custom:
#   severity: block
#   remediation: run gatespan generate
#   bad: |
#     # overlays/eks-prod/gateways/edge/edge.yaml does not exist
#   good: |
#     # overlays/eks-prod/gateways/edge/edge.yaml is what gatespan generate writes
package gatespan.rules.drift.missing

import data.gatespan.lib.facts

deny contains found if some found in facts.drifted("missing")
