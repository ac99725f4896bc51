# METADATA
# title: A listener serves plaintext
# description: |
#   Without TLS there is neither a client certificate nor secrecy. In scope, a plaintext listener may only redirect to
#   https; a listener without routes is waiting for one. On a public gateway it is the owner's business until it reaches an
#   exposed Service.
# scope: package
# custom:
#   severity: block
#   remediation: remove the listener, serve it with HTTPS, or let every route on it only redirect to https
#   bad: |
#     listeners: [{name: http, port: 80, protocol: HTTP}]
#   good: |
#     listeners: [{name: relay, port: 443, protocol: HTTPS, hostname: relay.example.com}]
package gatespan.rules.mtls["plaintext-listener"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.tls, message) if {
	some entry in scope.inside
	entry.tls.value == "none"
	not only_redirects(entry)
	message := sprintf("%s serves plaintext", [finding.name(entry.subject)])
}

deny contains finding.of(entry.subject, entry.tls, message) if {
	some entry in scope.outside
	entry.tls.value == "none"
	some service in (scope.reached(entry) & scope.exposed)
	message := sprintf("%s serves the exposed Service %s in plaintext", [finding.name(entry.subject), service])
}

only_redirects(entry) if {
	count(entry.routes) > 0
	every route in entry.routes {
		route.redirectOnly
	}
}
