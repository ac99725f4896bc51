# METADATA
# title: A Service of another namespace under its DNS name
# description: |
#   A backend that is a DNS name of the cluster reaches a Service of any namespace, and no ReferenceGrant is asked for.
#   Policies that protect the hop to the Service do not apply to the name either.
# scope: package
# custom:
#   severity: block
#   remediation: refer to the Service itself, with a ReferenceGrant
#   bad: |
#     kind: Backend
#     spec: {endpoints: [{fqdn: {hostname: relay.relay.svc.cluster.local, port: 8443}}]}
#   good: |
#     backendRefs: [{name: relay, namespace: relay, port: 8443}]
package gatespan.rules.grants["service-by-name"]

import data.gatespan.lib.finding
import data.gatespan.lib.references
import data.gatespan.lib.scope

deny contains finding.at(references.subject(route.ref), backend.from, backend.host, message) if {
	some entry in input.posture.entries
	some route in entry.routes
	some backend in array.concat(route.backends, route.mirrors)
	scope.local_name(backend.host)
	namespace := split(backend.host, ".")[1]
	namespace != route.ref.namespace
	message := sprintf("%s reaches %s by its DNS name, past the ReferenceGrants of namespace %s", [finding.name(route.ref), backend.host, namespace])
}
