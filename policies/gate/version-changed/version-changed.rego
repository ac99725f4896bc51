# METADATA
# title: A controller or the Gateway API changes its version
# description: |
#   The same objects mean something else to another version. The head is judged under both.
# scope: package
# custom:
#   severity: change
#   remediation: nothing, if it is the version that is rolled out
#   bad: |
#     controller: version: "1.9.1" # was 1.8.0
#   good: |
#     controller: version: "1.8.0"
package gatespan.rules.gate["version-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/version-changed")
