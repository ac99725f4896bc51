# METADATA
# title: A kustomization takes something from elsewhere
# description: |
#   What a URL holds may be another thing when Flux or Argo CD fetch it than when it was checked; it is never fetched here.
# scope: package
# custom:
#   severity: block
#   remediation: copy what it refers to into the repository
#   bad: |
#     resources: [https://github.com/example/base?ref=main]
#   good: |
#     resources: [../../base]
package gatespan.rules.render["remote-reference"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/remote-reference")
