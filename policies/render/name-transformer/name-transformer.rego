# METADATA
# title: A transformer renames what others refer to
# description: |
#   namePrefix, nameSuffix and namespace rename Gateways, Services and policies; parentRefs, targetRefs and grants keep the
#   old name, so that a policy protects nothing.
# scope: package
# custom:
#   severity: block
#   remediation: write the names out in the objects
#   bad: |
#     namePrefix: eu-
#   good: |
#     resources: [eu.yaml]
package gatespan.rules.render["name-transformer"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/name-transformer")
