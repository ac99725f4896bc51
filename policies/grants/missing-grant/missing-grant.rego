# METADATA
# title: A reference across namespaces without a ReferenceGrant
# description: |
#   What refers to an object of another namespace needs a ReferenceGrant there that names it. Some controllers do not ask
#   for one, and others stop serving; gatespan requires it of all, so that the owner of the target has agreed.
# scope: package
# custom:
#   severity: block
#   remediation: add a ReferenceGrant in the namespace of the target that names it
#   bad: |
#     kind: HTTPRoute # in namespace edge, and no ReferenceGrant in namespace relay
#     spec: {rules: [{backendRefs: [{name: relay, namespace: relay, port: 8443}]}]}
#   good: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
#       to: [{group: "", kind: Service, name: relay}]
package gatespan.rules.grants["missing-grant"]

import data.gatespan.lib.finding
import data.gatespan.lib.references

deny contains finding.at(references.subject(reference.from), reference.from, finding.name(reference.to), finding.because(message, reference.ignored)) if {
	some reference in input.posture.references
	reference.crossNamespace
	not reference.granted
	message := sprintf("%s refers to %s without a ReferenceGrant", [finding.name(reference.from), finding.name(reference.to)])
}

deny contains finding.at(references.subject(route.ref), backend.from, finding.name(backend.ref), message) if {
	some entry in input.posture.entries
	some route in entry.routes
	some backend in array.concat(route.backends, route.mirrors)
	not backend.granted
	not recorded(backend)
	message := sprintf("%s refers to %s without a ReferenceGrant", [finding.name(route.ref), finding.name(backend.ref)])
}

# recorded: the reader lists the backend among the references, where the first rule finds it.
recorded(backend) if {
	some reference in input.posture.references
	reference.from == backend.from
}
