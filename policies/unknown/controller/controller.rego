# METADATA
# title: A controller that gatespan does not know
# description: |
#   Nobody here knows what this controller enforces, or what the class name means, so its gateways cannot be judged.
# scope: package
# custom:
#   severity: block
#   remediation: "name the cluster's controller in the fleet, or name the gateway in publicGateways"
#   bad: |
#     kind: Gateway
#     spec: {gatewayClassName: homemade}
#   good: |
#     kind: Gateway
#     spec: {gatewayClassName: eg}
package gatespan.rules.unknown.controller

import data.gatespan.lib.facts

deny contains found if some found in facts.unknown("controller")
