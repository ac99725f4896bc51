# METADATA
# title: What a cluster is judged by is changed
# description: |
#   Another controller, path, cloud, destination, engine for NetworkPolicies or list of objects outside Git selects other rules
#   or other files than at the base. The base's counts until its owners change it.
# scope: package
# custom:
#   severity: block
#   remediation: have the owners of the gate change it by itself, with --trust head or a waiver at the base
#   bad: |
#     controller: name: "nginx" # was envoy-gateway
#   good: |
#     controller: name: "envoy-gateway"
package gatespan.rules.gate["cluster-changed"]

import data.gatespan.lib.facts

deny contains found if some found in facts.gate("gate/cluster-changed")
