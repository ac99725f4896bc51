# METADATA
# title: A request without the token is let through
# description: |
#   The exposure asks for a token beside the client's certificate, and the listener does not: some route of it lets requests
#   through without one, or takes tokens of another issuer, for another audience, or that others sign.
# scope: package
# custom:
#   severity: block
#   remediation: require the token of the exposure's issuer and audiences on the listener and on each of its routes
#   bad: |
#     jwt: {optional: true, providers: [{name: token, issuer: "https://issuer.example.com", audiences: [relay]}]}
#   good: |
#     jwt: {providers: [{name: token, issuer: "https://issuer.example.com", audiences: [relay]}]}
package gatespan.rules.identity["jwt-not-required"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, object.union(entry.jwt, {"value": entry.jwt.value.value}), message) if {
	some entry in scope.terminating
	some want in scope.wanted(entry)
	want.jwt != null
	not required(entry.jwt)
	message := sprintf("%s does not require the token that exposure %s asks for (%s)", [finding.name(entry.subject), want.exposure, entry.jwt.value.value])
}

deny contains finding.of(entry.subject, entry.jwt, message) if {
	some entry in scope.terminating
	some want in scope.wanted(entry)
	want.jwt != null
	required(entry.jwt)
	not same(entry.jwt.value, want.jwt)
	message := sprintf(
		"%s takes tokens of %s for %s, and exposure %s asks for one of %s for %s",
		[
			finding.name(entry.subject), named(entry.jwt.value.issuers), named(entry.jwt.value.audiences),
			want.exposure, want.jwt.issuer, named(want.jwt.audiences),
		],
	)
}

deny contains finding.of(entry.subject, entry.jwt, message) if {
	some entry in scope.terminating
	some want in scope.wanted(entry)
	want.jwt != null
	required(entry.jwt)
	others := [key | some key in entry.jwt.value.keys; key != want.jwt.jwksURI]
	count(others) > 0
	message := sprintf(
		"%s takes tokens that keys of %s sign, and exposure %s asks for those of %s",
		[finding.name(entry.subject), concat(", ", others), want.exposure, want.jwt.jwksURI],
	)
}

required(jwt) if {
	jwt.value.value == "required"
	jwt.enforcer != "none"
}

same(have, want) if {
	have.issuers == [want.issuer]
	count(have.audiences) > 0
	every audience in have.audiences {
		audience in want.audiences
	}
}

named(list) := "anybody" if count(list) == 0

named(list) := concat(", ", list) if count(list) > 0
