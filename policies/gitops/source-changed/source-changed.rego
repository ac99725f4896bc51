# METADATA
# title: The engine takes the overlay from another source
# description: |
#   The Kustomization or Application takes what protects something exposed from another repository, branch, tag or artifact than at
#   the base, or with other files left out of it, or without the signature. What is judged here need not be what is applied.
# scope: package
# custom:
#   severity: block
#   remediation: keep the source, or let its owners waive the change
#   bad: |
#     kind: GitRepository
#     spec: {ref: {branch: try-out}}
#   good: |
#     kind: GitRepository
#     spec: {ref: {branch: main}}
package gatespan.rules.gitops["source-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("gitops/source-changed")
