# METADATA
# title: What left Git stays in the cluster
# description: |
#   The change removes something exposed, or what protects it, from Git, and the engine was told not to remove it from the cluster:
#   it is still served, and nobody judges it any more.
# scope: package
# custom:
#   severity: block
#   remediation: let the engine prune first, and remove the object in a second change
#   bad: |
#     # HTTPRoute edge/relay is removed, and had
#     annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}
#   good: |
#     # HTTPRoute edge/relay is removed, and had
#     annotations: {}
package gatespan.rules.gitops["left-behind"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("gitops/left-behind")
