# METADATA
# title: An object is in a file and not in what is applied
# description: |
#   A delete patch, or the annotation config.kubernetes.io/local-config, removes an object from the build: a policy that one
#   reads in review is then never applied.
# scope: package
# custom:
#   severity: block
#   remediation: remove the patch or annotation, or the object
#   bad: |
#     metadata: {annotations: {config.kubernetes.io/local-config: "true"}}
#   good: |
#     metadata: {annotations: {}}
package gatespan.rules.render["dropped-object"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/dropped-object")
