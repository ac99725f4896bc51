# METADATA
# title: A variable decides a posture
# description: |
#   A Flux variable stands in a field that decides what is enforced; its value is not in the object.
# scope: package
# custom:
#   severity: block
#   remediation: write the value out
#   bad: |
#     tls: {minVersion: "${MIN_TLS}"}
#   good: |
#     tls: {minVersion: "1.3"}
package gatespan.rules.unknown.variable

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("variable")
