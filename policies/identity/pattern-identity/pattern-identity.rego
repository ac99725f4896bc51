# METADATA
# title: Identities are matched by a pattern
# description: |
#   A prefix, suffix or regular expression accepts names that nobody has listed, and everybody who can get a certificate for
#   one of them. Identities are matched exactly.
# scope: package
# custom:
#   severity: block
#   remediation: list the identities, each matched exactly
#   bad: |
#     subjectAltNames: {dnsNames: [{type: Suffix, value: example.com}]}
#   good: |
#     subjectAltNames: {dnsNames: [{type: Exact, value: orders.example.com}]}
package gatespan.rules.identity["pattern-identity"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains found if {
	some entry in scope.terminating
	some identity in entry.identities.value.accepted
	identity.match != "exact"
	message := sprintf("%s accepts every client whose %s matches the %s %q", [finding.name(entry.subject), identity.type, identity.match, identity.value])
	found := object.union(finding.of(entry.subject, entry.identities, message), {"value": concat(" ", [identity.type, identity.match, identity.value])})
}
