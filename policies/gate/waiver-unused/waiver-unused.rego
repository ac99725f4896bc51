# METADATA
# title: A waiver waives nothing
# description: |
#   What it accepted is gone, or is another value now. Whoever comes back to that value would be let through.
# scope: package
# custom:
#   severity: warn
#   remediation: remove the waiver
#   bad: |
#     waivers: [{rule: "mtls/http3", …}] # nothing uses HTTP/3
#   good: |
#     waivers: []
package gatespan.rules.gate["waiver-unused"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/waiver-unused")
