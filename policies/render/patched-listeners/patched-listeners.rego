# METADATA
# title: A patch replaces the listeners of a Gateway
# description: |
#   Kustomize does not know the keys of lists in custom resources: a strategic merge patch with one listener removes all
#   others, and what protected them.
# scope: package
# custom:
#   severity: block
#   remediation: write the whole Gateway, or use a JSON 6902 patch
#   bad: |
#     patches: [{patch: "kind: Gateway\nspec: {listeners: [{name: admin}]}"}]
#   good: |
#     patches: [{patch: "[{op: add, path: /spec/listeners/-, value: {name: admin}}]", target: {kind: Gateway}}]
package gatespan.rules.render["patched-listeners"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/patched-listeners")
