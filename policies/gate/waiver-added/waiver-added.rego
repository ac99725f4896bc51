# METADATA
# title: A waiver arrives with the change
# description: |
#   A change cannot waive what comes with it. The waiver counts from the next change on.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate add it by itself, with --trust head or a waiver at the base
#   bad: |
#     waivers: [{rule: "mtls/http3", …}] # new
#   good: |
#     waivers: [{rule: "mtls/http3", …}] # at the base too
package gatespan.rules.gate["waiver-added"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/waiver-added")
