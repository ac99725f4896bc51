# METADATA
# title: Weaker than before
# description: |
#   Against the base, an entry, exit or grant is less strict than it was. It may still meet the rules; that it was stricter
#   is the reason to ask. On a public gateway it is only reported.
# scope: package
# custom:
#   severity: block
#   remediation: restore the stricter value, or ask the owner for a waiver
#   bad: |
#     revocation: leaf # was chain
#   good: |
#     revocation: chain
package gatespan.rules.change.weaker

import data.gatespan.lib.facts

deny contains found if some found in facts.changed("weaker")
