# METADATA
# title: A kind that gatespan does not know
# description: |
#   A kind of a gateway controller's API group whose meaning is not known may undo what the known ones say.
# scope: package
# custom:
#   severity: block
#   remediation: remove the object, or waive this finding after a review
#   bad: |
#     apiVersion: gateway.envoyproxy.io/v1alpha1
#     kind: Surprise
#   good: |
#     apiVersion: gateway.envoyproxy.io/v1alpha1
#     kind: ClientTrafficPolicy
package gatespan.rules.unknown.kind

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("kind")
