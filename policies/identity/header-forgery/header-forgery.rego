# METADATA
# title: A client can forge its identity header
# description: |
#   The gateway tells the pods who calls in a header (x-forwarded-client-cert and the like). If it forwards or appends to
#   what the client sent, or a route sets, adds or removes it, pods believe whatever is in it.
# scope: package
# custom:
#   severity: block
#   remediation: let the gateway sanitize the header, and remove the filter that changes it
#   bad: |
#     filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-forwarded-client-cert, value: "URI=spiffe://corp.example.com/ns/orders/sa/orders"}]}}]
#   good: |
#     filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-team, value: relay}]}}]
package gatespan.rules.identity["header-forgery"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.forwarding, message) if {
	some entry in scope.terminating
	entry.forwarding.value != "sanitize"
	message := sprintf("%s passes on the identity header that a client sends (%s)", [finding.name(entry.subject), entry.forwarding.value])
}

deny contains finding.at(entry.subject, header.by, header.name, message) if {
	some entry in scope.terminating
	some route in entry.routes
	some header in route.headers
	message := sprintf("%s: %s does %s the identity header %s", [finding.name(entry.subject), finding.name(route.ref), header.does, header.name])
}
