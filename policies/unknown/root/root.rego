# METADATA
# title: A root that cannot be rendered
# description: |
#   Kustomize, or the guard before it, refuses the root, so nothing is known of what it would apply.
# scope: package
# custom:
#   severity: block
#   remediation: build it with kustomize build and mend what it says, or exclude the path with a reason
#   bad: |
#     resources: [does-not-exist.yaml]
#   good: |
#     resources: [edge.yaml]
package gatespan.rules.unknown.root

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("root")
