# METADATA
# title: A kustomization reaches outside the repository
# description: |
#   A path that leaves the repository, also by a symbolic link, reads what is not under review.
# scope: package
# custom:
#   severity: block
#   remediation: move the file into the repository
#   bad: |
#     resources: [../../../outside]
#   good: |
#     resources: [../base]
package gatespan.rules.render["outside-repository"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/outside-repository")
