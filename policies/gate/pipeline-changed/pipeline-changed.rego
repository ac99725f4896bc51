# METADATA
# title: What runs the gate is changed
# description: |
#   The job, hook or file that runs gatespan is not what it is at the base: it may not run at all, or on something else.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate change it by itself, with a waiver at the base
#   bad: |
#     run: gatespan check || true
#   good: |
#     run: gatespan check
package gatespan.rules.gate["pipeline-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/pipeline-changed")
