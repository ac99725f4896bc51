# METADATA
# title: Other namespaces may add listeners
# description: |
#   A ListenerSet adds listeners to the gateway, on its address and ports. Where other namespaces may bring one, they bring
#   its policies too: in Envoy Gateway they out-rank the gateway's, in Istio they bring their own CA.
# scope: package
# custom:
#   severity: block
#   remediation: set allowedListeners.namespaces.from to None or Same
#   bad: |
#     kind: Gateway
#     spec: {allowedListeners: {namespaces: {from: All}}}
#   good: |
#     kind: Gateway
#     spec: {allowedListeners: {namespaces: {from: None}}}
package gatespan.rules.bypass["listener-sets-admitted"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.at(gateway, entry.attachment.by, "listeners", message) if {
	some entry in scope.inside
	entry.attachment.value.listeners
	gateway := object.union(entry.gateway, {"listener": ""})
	message := sprintf("%s admits listeners of other namespaces", [finding.name(gateway)])
}
