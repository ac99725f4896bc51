# METADATA
# title: Flux or Argo CD do not keep what Git says
# description: |
#   The engine applies the object, but leaves it in the cluster when it leaves Git, leaves in it what others write, overlooks
#   differences, or removes it for a moment to make it again. An exposure that is taken away must stop being served. Blocks for declared
#   exposures, and where the change brings it; of overlays that people wrote and that were so before it warns.
# scope: package
# custom:
#   severity: block
#   remediation: let the engine prune, heal and remove what leaves Git
#   bad: |
#     kind: Kustomization
#     spec: {prune: false}
#   good: |
#     kind: Kustomization
#     spec: {prune: true}
package gatespan.rules.gitops["not-kept"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("gitops/not-kept")
