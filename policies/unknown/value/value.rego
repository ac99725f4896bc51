# METADATA
# title: A value that gatespan does not know
# description: |
#   Controllers treat values they do not know as a default, often the weak one: Istio takes Mutual, in the wrong letter
#   case, for SIMPLE.
# scope: package
# custom:
#   severity: block
#   remediation: write one of the documented values
#   bad: |
#     gateway.istio.io/tls-terminate-mode: Mutual
#   good: |
#     gateway.istio.io/tls-terminate-mode: MUTUAL
package gatespan.rules.unknown.value

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("value")
