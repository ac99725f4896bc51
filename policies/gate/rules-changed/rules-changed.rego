# METADATA
# title: The team's own rules are changed
# description: |
#   A rule of --policies is edited or removed. The rules of the base are judged by. A new rule is only reported.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate change it by itself, with --trust head or a waiver at the base
#   bad: |
#     deny contains finding if { false; … } # was: no false
#   good: |
#     deny contains finding if { … }
package gatespan.rules.gate["rules-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/rules-changed")
