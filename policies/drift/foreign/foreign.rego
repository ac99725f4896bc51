# METADATA
# title: A file among the generated ones that gatespan did not write
# description: |
#   An overlay is two files that gatespan writes. Others are never overwritten or removed, and kustomize ignores them unless
#   the kustomization names them.
# scope: package
# custom:
#   severity: warn
#   remediation: move the file, or put its objects under objects in the fleet
#   bad: |
#     # overlays/eks-prod/gateways/edge/extra.yaml
#   good: |
#     # overlays/eks-prod/gateways/edge/ holds kustomization.yaml and edge.yaml
package gatespan.rules.drift.foreign

import data.gatespan.lib.facts

deny contains found if some found in facts.drifted("foreign")
