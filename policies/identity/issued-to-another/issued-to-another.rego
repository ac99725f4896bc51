# METADATA
# title: A certificate with somebody else's identity
# description: |
#   A Certificate names an identity that an exposure of the fleet accepts, and is not the one that the consumer presents: whoever reads
#   its Secret calls the exposure as that consumer. Issuers of a whole cluster sign for every namespace.
# scope: package
# custom:
#   severity: block
#   remediation: take the identity out of the certificate, or declare the workload as a consumer with an identity of its own
#   bad: |
#     metadata: {namespace: debug} # orders' identity, in a namespace that is not its own
#     spec: {uris: [spiffe://corp.example.com/ns/orders/sa/orders]}
#   good: |
#     spec: {uris: [spiffe://corp.example.com/ns/debug/sa/debug]}
package gatespan.rules.identity["issued-to-another"]

import data.gatespan.lib.certificates

# identities are those that the fleet's exposures accept from consumers, as far as this cluster has to do with them.
identities := {{"type": identity.type, "value": identity.value} | some want in input.wanted.entries; some identity in want.identities} | {{"type": want.identity.type, "value": want.identity.value} | some want in input.wanted.exits}

deny contains certificates.judge(certificate, certificate.names, name.value, message) if {
	some certificate in input.posture.certificates
	some name in certificate.names.value
	{"type": name.type, "value": name.value} in identities
	can_call(certificate)
	not name.value in {want.identity.value | some want in certificates.wanted_exits(certificate)}
	message := sprintf("names %s, a consumer of the fleet, who does not present it: its holder can call as that consumer", [name.value])
}

can_call(certificate) if count(certificate.purposes.value) == 0

can_call(certificate) if certificate.ca.value

can_call(certificate) if {
	some purpose in certificate.purposes.value
	purpose in {"client auth", "any"}
}
