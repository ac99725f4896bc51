# METADATA
# title: An object is made twice
# description: |
#   Two overlays, or two versions of one kind, make the same object: the API server keeps what was applied last, which
#   changes from one reconciliation to the next.
# scope: package
# custom:
#   severity: block
#   remediation: keep it in one overlay
#   bad: |
#     kind: ReferenceGrant # apiVersion v1 in one file, v1beta1 in another
#     metadata: {name: relay, namespace: relay}
#   good: |
#     kind: ReferenceGrant
#     metadata: {name: relay, namespace: relay}
package gatespan.rules.render["duplicate-object"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/duplicate-object")
