# METADATA
# title: A trust domain has other roots
# description: |
#   Whoever holds a root decides who is let in. The base's roots count until the owners of the gate change them.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate change it by itself, with --trust head or a waiver at the base
#   bad: |
#     sha256: ["9b0f…", "66aa…"] # the second is new
#   good: |
#     sha256: ["9b0f…"]
package gatespan.rules.gate["trust-domain-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/trust-domain-changed")
