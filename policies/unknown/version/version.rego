# METADATA
# title: A verdict depends on a version that is not known
# description: |
#   The controllers of two versions enforce different things here, and neither the fleet nor Git says which one runs.
# scope: package
# custom:
#   severity: block
#   remediation: set controller.version, or gatewayAPI.version, of the cluster in the fleet
#   bad: |
#     controller: {name: istio}
#   good: |
#     controller: {name: istio, version: "1.31"}
package gatespan.rules.unknown.version

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("version")
