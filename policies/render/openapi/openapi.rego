# METADATA
# title: A kustomization changes how patches merge
# description: |
#   A custom OpenAPI schema changes the merge keys, and so what patches do, for this root and whatever the same process
#   builds after it.
# scope: package
# custom:
#   severity: block
#   remediation: remove the openapi field, and write whole objects instead of patches
#   bad: |
#     openapi: {path: schema.json}
#   good: |
#     resources: [gateway.yaml]
package gatespan.rules.render.openapi

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/openapi")
