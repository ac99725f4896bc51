# METADATA
# title: Flux or Argo CD do not apply what Git says
# description: |
#   An object on which the protection of something exposed rests is one that the engine does not apply, or applies once and then leaves
#   alone: it carries an annotation that says so, its Kustomization or source is suspended, its Application is not reconciled, the
#   Application leaves fields of it as they are in the cluster, or Argo CD is told in argocd-cm to leave its kind alone. What was judged
#   is then not what is there.
# scope: package
# custom:
#   severity: block
#   remediation: remove the annotation, the suspension or the rule of what is ignored
#   bad: |
#     metadata:
#       annotations: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}
#   good: |
#     metadata:
#       annotations: {}
package gatespan.rules.gitops["not-applied"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("gitops/not-applied")
