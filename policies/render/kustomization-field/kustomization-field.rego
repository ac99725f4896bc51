# METADATA
# title: A field of a kustomization is not known
# description: |
#   Kustomize reads field names in any letter case and drops some that it does not know; a field that is not understood may
#   patch what was judged.
# scope: package
# custom:
#   severity: block
#   remediation: write the field as the kustomize reference does, or remove it
#   bad: |
#     PaTcHeS: [{path: patch.yaml}]
#   good: |
#     patches: [{path: patch.yaml}]
package gatespan.rules.render["kustomization-field"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/kustomization-field")
