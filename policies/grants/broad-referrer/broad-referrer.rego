# METADATA
# title: A ReferenceGrant for something else than HTTP or TLS routes
# description: |
#   Grants are for the routes and gateways that are judged. A TCPRoute or UDPRoute reaches the Service below TLS and HTTP,
#   and a controller's own policies may copy what they can refer to. A policy that refers to a Service only warns.
# scope: package
# custom:
#   severity: block
#   remediation: grant HTTPRoute, GRPCRoute, TLSRoute, Gateway, ListenerSet or BackendTLSPolicy only
#   bad: |
#     kind: ReferenceGrant
#     spec: {from: [{group: gateway.networking.k8s.io, kind: TCPRoute, namespace: edge}]}
#   good: |
#     kind: ReferenceGrant
#     spec:
#       from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
#       to: [{group: "", kind: Service, name: relay}]
package gatespan.rules.grants["broad-referrer"]

import data.gatespan.lib.finding

deny contains judge(grant) if {
	some grant in input.posture.grants
	not usual(grant)
	not harmless(grant)
}

deny contains object.union(judge(grant), {"severity": "warn"}) if {
	some grant in input.posture.grants
	harmless(grant)
}

usual(grant) if {
	grant.fromGroup == "gateway.networking.k8s.io"
	grant.fromKind in {"HTTPRoute", "GRPCRoute", "TLSRoute", "Gateway", "ListenerSet", "BackendTLSPolicy"}
}

harmless(grant) if {
	grant.fromGroup != "gateway.networking.k8s.io"
	grant.fromGroup != ""
	grant.toKind == "Service"
}

judge(grant) := finding.at(grant.subject, grant.fromBy, message, message) if {
	message := sprintf("%s lets %s (%s) of namespace %s refer to %s %s", [
		finding.name(grant.subject), grant.fromKind, grant.fromGroup, grant.fromNamespace, grant.toKind, grant.toName,
	])
}
