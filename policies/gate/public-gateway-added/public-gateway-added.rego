# METADATA
# title: A gateway is newly named as public
# description: |
#   A public gateway is not held to mutual TLS. A change cannot name one for itself.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate name it first, with --trust head or a waiver at the base
#   bad: |
#     publicGateways: [{namespace: "edge", name: "edge", reason: "web"}] # new
#   good: |
#     publicGateways: []
package gatespan.rules.gate["public-gateway-added"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/public-gateway-added")
