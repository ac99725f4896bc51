# METADATA
# title: Nothing applies the overlay any more
# description: |
#   At the base a Kustomization or Application applied what protects something exposed. Now none that was found does: it is gone,
#   suspended, of another cluster, or takes its files from somewhere else. The objects stay as they are in the cluster, or are removed
#   from it, whatever Git says.
# scope: package
# custom:
#   severity: block
#   remediation: let an engine apply the overlay, or remove it and what it protects together
#   bad: |
#     kind: Kustomization
#     spec: {path: ./overlays/other}
#   good: |
#     kind: Kustomization
#     spec: {path: ./overlays/eks-prod/gateways/edge}
package gatespan.rules.gitops["no-longer-applied"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("gitops/no-longer-applied")
