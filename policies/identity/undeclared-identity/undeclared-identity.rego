# METADATA
# title: A client that no exposure declares
# description: |
#   The listener of an exposure accepts an identity that is not one of its consumers. Matchers are alternatives, so each one
#   more is one more client.
# scope: package
# custom:
#   severity: block
#   remediation: remove the identity from the listener, or declare the consumer in the exposure
#   bad: |
#     subjectAltNames: {uris: [{value: "spiffe://corp.example.com/ns/orders/sa/orders"}, {value: "spiffe://corp.example.com/ns/web/sa/web"}]}
#   good: |
#     subjectAltNames: {uris: [{value: "spiffe://corp.example.com/ns/orders/sa/orders"}]}
package gatespan.rules.identity["undeclared-identity"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains found if {
	some entry in scope.terminating
	some want in scope.wanted(entry)
	some identity in entry.identities.value.accepted
	identity.match == "exact"
	not named(identity) in {named(known) | some known in want.identities}
	message := sprintf("%s accepts %s, which is no consumer of exposure %s", [finding.name(entry.subject), identity.value, want.exposure])
	found := object.union(finding.of(entry.subject, entry.identities, message), {"value": identity.value})
}

# named is the identity as the fleet writes it; a principal is a SPIFFE ID without its scheme.
named(identity) := {"type": "uri", "value": concat("", ["spiffe://", identity.value])} if identity.type == "principal"

named(identity) := {"type": identity.type, "value": identity.value} if identity.type != "principal"
