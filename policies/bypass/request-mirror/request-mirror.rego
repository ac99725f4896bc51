# METADATA
# title: Requests are copied to another Service
# description: |
#   A mirror sends a decrypted copy of every request, credentials and all, to another backend.
# scope: package
# custom:
#   severity: block
#   remediation: remove the RequestMirror filter
#   bad: |
#     filters: [{type: RequestMirror, requestMirror: {backendRef: {name: tap, port: 80}}}]
#   good: |
#     filters: []
package gatespan.rules.bypass["request-mirror"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.at(entry.subject, mirror.from, finding.name(mirror.ref), message) if {
	some entry in scope.terminating
	some route in entry.routes
	some mirror in route.mirrors
	message := sprintf("%s: %s copies decrypted requests to %s", [finding.name(entry.subject), finding.name(route.ref), finding.name(mirror.ref)])
}
