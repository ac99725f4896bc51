# METADATA
# title: A field newer than the profile
# description: |
#   The field is of a later version than gatespan was checked against, or than the cluster runs, where it is dropped
#   silently.
# scope: package
# custom:
#   severity: block
#   remediation: leave it out until the versions of the cluster and of gatespan have it
#   bad: |
#     tls: {fieldOfNextYear: true} # controller version 1.9
#   good: |
#     tls: {minVersion: "1.3"}
package gatespan.rules.unknown["newer-field"]

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("newer-field")
