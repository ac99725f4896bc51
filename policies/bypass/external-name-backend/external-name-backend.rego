# METADATA
# title: A route leads to an ExternalName Service
# description: |
#   An ExternalName Service is a DNS alias: the gateway forwards what it has authenticated to whatever the name resolves to,
#   in this cluster or outside, and no ReferenceGrant is asked for.
# scope: package
# custom:
#   severity: block
#   remediation: refer to the Service that is meant, or make the call an exit with a checked name
#   bad: |
#     kind: Service
#     spec: {type: ExternalName, externalName: relay.other.svc.cluster.local}
#   good: |
#     kind: Service
#     spec: {type: ClusterIP, selector: {app: relay}}
package gatespan.rules.bypass["external-name-backend"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope
import data.gatespan.lib.ways

deny contains finding.at(entry.subject, service.ref, key, message) if {
	some entry in scope.served
	not scope.public(entry.gateway)
	some key in scope.reached(entry)
	some service in input.posture.services
	scope.key(service.subject) == key
	service.type == "ExternalName"
	not called(entry, key)
	message := sprintf("%s leads to Service %s, which is an alias of a DNS name", [finding.name(entry.subject), key])
}

# called: an egress gateway names its destination so. It is an exit, and judged as one by egress/.
called(entry, key) if {
	scope.egress(entry)
	every backend in [backend | some route in entry.routes; some backend in route.backends; scope.key(backend.ref) == key] {
		backend.exitIndex >= 0
	}
}

deny contains found if some found in ways.deny({"external-name"}, "leads")
