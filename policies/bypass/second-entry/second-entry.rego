# METADATA
# title: An exposed Service has a second entry
# description: |
#   An exposed Service is reached through its own listener. A public gateway that leads to it needs no client certificate,
#   and any other listener, with client certificates of its own, knows neither the consumers nor the floor of the exposure.
# scope: package
# custom:
#   severity: block
#   remediation: remove the parentRef or the route, or declare the second entry as an exposure
#   bad: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: edge, sectionName: relay}, {name: public-web}]}
#   good: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: edge, sectionName: relay}]}
package gatespan.rules.bypass["second-entry"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains judge(entry, route, service, "without a client certificate") if {
	some entry in scope.outside
	entry.tls.value != "none"
	entry.clientAuth.value != "required"
	some route in entry.routes
	some service in (leads(route) & scope.exposed)
	not declared(entry, service)
}

deny contains judge(entry, route, service, "and is not the listener of its exposure") if {
	some entry in scope.served
	entry.clientAuth.value == "required"
	some route in entry.routes
	some service in (leads(route) & scope.declared)
	not declared(entry, service)
}

leads(route) := scope.reached({"routes": [route]})

declared(entry, service) if {
	some want in scope.wanted(entry)
	scope.key(want.service) == service
}

judge(entry, route, service, how) := finding.at(entry.subject, by(route, service), service, message) if {
	message := sprintf("%s reaches the exposed Service %s through %s %s", [finding.name(entry.subject), service, finding.name(route.ref), how])
}

# by is the backendRef that leads there: routes, not gateways, choose where they attach.
by(route, service) := [backend.from | some backend in route.backends; scope.key(backend.ref) == service][0]
