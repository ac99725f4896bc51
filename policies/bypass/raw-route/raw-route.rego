# METADATA
# title: A raw TCP or UDP route reaches an exposed Service
# description: |
#   A TCPRoute or UDPRoute forwards bytes: no TLS of the gateway, no client certificate, no identity.
# scope: package
# custom:
#   severity: block
#   remediation: remove the route, and serve the Service over HTTPS or TLS
#   bad: |
#     kind: TCPRoute
#     spec: {rules: [{backendRefs: [{name: relay, port: 8443}]}]}
#   good: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: edge, sectionName: relay}]}
package gatespan.rules.bypass["raw-route"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.at(entry.subject, route.ref, service, message) if {
	some entry in scope.served
	some route in entry.routes
	raw(entry, route)
	some service in (scope.reached({"routes": [route]}) & scope.exposed)
	message := sprintf("%s forwards raw bytes to the exposed Service %s through %s", [finding.name(entry.subject), service, finding.name(route.ref)])
}

raw(_, route) if route.ref.kind in {"TCPRoute", "UDPRoute"}

raw(entry, _) if entry.protocol in {"TCP", "UDP"}
