# METADATA
# title: Flux or Argo CD change objects after the check
# description: |
#   The Kustomization or Application that applies the overlay patches, substitutes or renames in a way that is not followed
#   here: what is applied is not what was judged.
# scope: package
# custom:
#   severity: block
#   remediation: put the change into the overlay
#   bad: |
#     kind: Application
#     spec: {source: {kustomize: {patches: [{patch: "[]"}]}}}
#   good: |
#     kind: Application
#     spec: {source: {path: overlays/eks-prod/gateways/edge}}
package gatespan.rules.gitops["transformation-not-modelled"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("gitops/transformation-not-modelled")
